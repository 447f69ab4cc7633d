// Sends the photos that wait, one at a time, each to an address of its own.
import { change, Unreachable } from "../api/client";
import { AskForUploadDocument, CompleteUploadDocument } from "../gql/graphql";
import type { Kept } from "../replica/kept";
import { isAnswered, notePhoto, onTheWay, type Photo } from "./photos";
import { ownPath } from "./paths";

// A photo that does not arrive though the service answers is told of, so that its report can go.
const TRIES = 5;
const MEDIA: Record<string, string> = { JPEG: "image/jpeg", HEIC: "image/heic" };

/** The address did not take it now; the next try asks for another. */
class NotNow extends Error {}

/** Send the next photo that waits: those of deeds that wait for it first. Gives whether the service has
 * answered about one.
 *
 * Throws Unreachable or SignedOut. */
export async function sendNextPhoto(kept: Kept): Promise<boolean> {
  const photo = await nextPhoto(kept);
  if (!photo) return false;
  try {
    await notePhoto(kept, photo.id, await send(photo));
  } catch (error) {
    if (!(error instanceof NotNow)) throw error;
    const tried = photo.tried + 1;
    await notePhoto(kept, photo.id, { tried, ...(tried >= TRIES && { refused: error.message }) });
    return tried >= TRIES;
  } finally {
    onTheWay.set(null);
  }
  return true;
}

async function nextPhoto(kept: Kept): Promise<Photo | undefined> {
  const waiting = (await kept.getAll("photos")).filter((photo) => !isAnswered(photo));
  const deeds = new Set(await kept.getAllKeys("outbox"));
  const [first] = waiting.sort((one, other) => Number(deeds.has(other.owner)) - Number(deeds.has(one.owner)) || one.tried - other.tried);
  return first;
}

async function send(photo: Photo): Promise<Partial<Photo>> {
  const { id: operation, length, sha256, type } = photo;
  const { requestUpload: asked } = await change(AskForUploadDocument, { operation, file: { length, sha256, type } });
  if (asked.__typename !== "UploadRequested") return { refused: asked.message };
  const { file, upload } = asked;
  if (upload) {
    const headers = upload.headers.map(({ name, value }): [string, string] => [name, value]);
    // Our own door is at this very host, whatever the service calls itself.
    await put(upload.resumable ? ownPath(upload.url) : upload.url, upload.method, headers, photo);
  }
  if (file.state === "STORED") return { file: file.key };
  const { completeUpload: done } = await change(CompleteUploadDocument, { operation: completing(photo), file: file.key });
  if (done.__typename === "UploadCompleted") return { file: done.file.key };
  if (done.__typename === "InvalidInput") return { refused: done.reason };
  throw new NotNow(done.message);
}

/** Each try to complete has an id of its own, which follows from the photo's: the last digit is another. */
function completing({ id, tried }: Photo): string {
  const last = (Number.parseInt(id.slice(-1), 16) + 1 + tried) % 16;
  return `${id.slice(0, -1)}${last.toString(16)}`;
}

function put(url: string, method: string, headers: [string, string][], photo: Photo): Promise<void> {
  return new Promise((arrived, failed) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of headers) request.setRequestHeader(name, value);
    if (headers.every(([name]) => name.toLowerCase() !== "content-type")) {
      request.setRequestHeader("Content-Type", MEDIA[photo.type] ?? photo.blob.type);
    }
    request.upload.onprogress = ({ loaded, total }) => onTheWay.set({ id: photo.id, part: total ? loaded / total : 0 });
    request.onload = () => (request.status < 300 ? arrived() : failed(new NotNow(request.responseText.slice(0, 200))));
    request.onerror = () => failed(navigator.onLine ? new NotNow() : new Unreachable());
    request.send(photo.blob);
  });
}
