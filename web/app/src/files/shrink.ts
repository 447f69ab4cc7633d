// A photo made small before it is kept: a cheap phone's line carries 300 KB, not ten megabytes.
import type { FileType } from "../gql/graphql";

export interface ShrunkPhoto {
  blob: Blob;
  type: FileType;
  length: number;
  sha256: string;
}

/** It is no photo that this phone or the service reads. */
export class NoPhoto extends Error {}

/** It is more than the service takes, and this phone cannot make it smaller. */
export class LargePhoto extends Error {}

const LONGER_SIDE = 1_600;
const ENOUGH = 300 * 1024;
const MOST = 25 * 1024 * 1024;
const TRIES: [side: number, quality: number][] = [
  [LONGER_SIDE, 0.8],
  [LONGER_SIDE, 0.65],
  [1_280, 0.6],
  [1_024, 0.5],
];
// What an iPhone writes, by its first bytes; most browsers cannot draw it, the service reads it.
const HEIC = new Set(["heic", "heix", "heif", "hevc", "mif1", "msf1"]);

/** Give a photo as it is sent, upright and without what it tells of its place.
 *
 * Throws NoPhoto or LargePhoto. */
export async function shrink(file: Blob): Promise<ShrunkPhoto> {
  const drawn = await draw(file);
  if (drawn) return described(drawn, "JPEG");
  if (!(await isHeic(file))) throw new NoPhoto();
  if (file.size > MOST) throw new LargePhoto();
  // A copy: what a picker gave may be gone when the tab comes back.
  return described(new Blob([await file.arrayBuffer()], { type: "image/heic" }), "HEIC");
}

async function draw(file: Blob): Promise<Blob | null> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (!picture) return null;
  try {
    let made: Blob | null = null;
    for (const [side, quality] of TRIES) {
      made = await drawn(picture, side, quality);
      if (made && made.size <= ENOUGH) break;
    }
    return made;
  } finally {
    picture.close();
  }
}

function drawn(picture: ImageBitmap, side: number, quality: number): Promise<Blob | null> {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const paper = canvas.getContext("2d");
  if (!paper) return Promise.resolve(null);
  // What is clear in a picture would be black in a JPEG.
  paper.fillStyle = "#fff";
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((made) => canvas.toBlob(made, "image/jpeg", quality));
}

async function isHeic(file: Blob): Promise<boolean> {
  const head = new TextDecoder("latin1").decode(await file.slice(4, 12).arrayBuffer());
  return head.startsWith("ftyp") && HEIC.has(head.slice(4));
}

async function described(blob: Blob, type: FileType): Promise<ShrunkPhoto> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  const sha256 = Array.from(hash, (one) => one.toString(16).padStart(2, "0")).join("");
  return { blob, type, length: blob.size, sha256 };
}
