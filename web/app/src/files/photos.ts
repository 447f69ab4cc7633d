// Photos that wait on this phone: kept until the service has the deed that they belong to.
import { operationId } from "../api/operation-id";
import { createStore } from "../api/store";
import { PhoneFull } from "../outbox/room";
import type { Kept } from "../replica/kept";
import { tellWritten } from "../replica/news";
import { type ShrunkPhoto } from "./shrink";

/** How many one deed may name. */
export const MOST_PHOTOS = 10;

/** `owner`: the id of the deed, or of the form that is still open; `file`: the service has it, by this
 * id; `refused`: why the service does not take it; `tried`: how often it did not arrive. */
export interface Photo extends ShrunkPhoto {
  id: string;
  owner: string;
  at: number;
  tried: number;
  file?: string;
  refused?: string;
}

/** How much of a photo has gone, 0 to 1, while it goes. */
export const onTheWay = createStore<{ id: string; part: number } | null>(null);

/** Whether the service has said of a photo what becomes of it. */
export function isAnswered({ file, refused }: Photo): boolean {
  return file !== undefined || refused !== undefined;
}

/** Give those of a deed, in the order in which they were taken. */
export async function photosOf(kept: Kept, owner: string): Promise<Photo[]> {
  return inOrder(await kept.getAllFromIndex("photos", "owner", owner));
}

export async function keepPhoto(kept: Kept, owner: string, photo: ShrunkPhoto): Promise<void> {
  try {
    await kept.add("photos", { ...photo, id: operationId(), owner, at: Date.now(), tried: 0 });
  } catch (error) {
    if ((error as Error).name === "QuotaExceededError") throw new PhoneFull();
    throw error;
  }
  tellWritten();
}

export async function dropPhoto(kept: Kept, id: string): Promise<void> {
  await kept.delete("photos", id);
  tellWritten();
}

/** Write down what became of a photo, unless it was taken away meanwhile. */
export async function notePhoto(kept: Kept, id: string, became: Partial<Photo>): Promise<void> {
  const work = kept.transaction("photos", "readwrite");
  const held = await work.store.get(id);
  if (held) await work.store.put({ ...held, ...became });
  await work.done;
  tellWritten();
}

/** Give a form's photos to the deed that it became. */
export async function handPhotosOver(kept: Kept, from: string, to: string): Promise<void> {
  const work = kept.transaction("photos", "readwrite");
  for (const photo of await work.store.index("owner").getAll(from)) {
    await work.store.put({ ...photo, owner: to });
  }
  await work.done;
}

/** Have the photos of a deed that was refused sent anew with another one. */
export async function beginPhotosAnew(kept: Kept, from: string, to: string): Promise<void> {
  const work = kept.transaction("photos", "readwrite");
  for (const { id, at, blob, length, sha256, type } of await work.store.index("owner").getAll(from)) {
    await work.store.delete(id);
    await work.store.put({ at, blob, length, sha256, type, id: operationId(), owner: to, tried: 0 });
  }
  await work.done;
  tellWritten();
}

/** Let go of all that a deed had. */
export async function dropPhotosOf(kept: Kept, owner: string): Promise<void> {
  const work = kept.transaction("photos", "readwrite");
  for (const { id } of await work.store.index("owner").getAll(owner)) await work.store.delete(id);
  await work.done;
}

function inOrder(photos: Photo[]): Photo[] {
  return photos.sort((one, other) => (one.id < other.id ? -1 : 1));
}
