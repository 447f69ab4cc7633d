// The outbox: what is done goes in with the id its form was opened with, and leaves when answered.
import { operationId } from "../api/operation-id";
import { dropPhotosOf, isAnswered, type Photo } from "../files/photos";
import type { Kept } from "../replica/kept";
import { tellWritten } from "../replica/news";
import { PhoneFull } from "./room";
import type { Answer, Deed, Queued, QueueRecord } from "./operations";
import { ANSWERED, ticketOf, withFiles } from "./operations";

const USUAL = 5;

/** Keep what was done. The same id twice is kept once: a double tap is harmless. */
export async function keepDeed(
  kept: Kept,
  deed: Deed,
  said: { id: string; garage: string; about: string },
): Promise<void> {
  const now = Date.now();
  const work = kept.transaction(["outbox", "fates", "notes"], "readwrite");
  const notes = work.objectStore("notes");
  const [waiting, answered, node, last] = await Promise.all([
    work.objectStore("outbox").get(said.id),
    work.objectStore("fates").get(said.id),
    notes.get("node"),
    notes.get("count"),
  ]);
  if (waiting || answered) return;
  const count = Number(last ?? 0) + 1;
  const name = String(node ?? `phone_${operationId().replaceAll("-", "").slice(-10)}`);
  const record = {
    ...deed,
    operationId: said.id,
    timestamp: `${now}.${count % 100_000}.${name}`,
    garageId: said.garage,
    priority: USUAL,
  } as QueueRecord;
  const queued: Queued = { record, about: said.about, doneAt: now, tried: 0 };
  try {
    await Promise.all([
      work.objectStore("outbox").add(queued),
      notes.put(count, "count"),
      notes.put(name, "node"),
      work.done,
    ]);
  } catch (error) {
    if ((error as Error).name === "QuotaExceededError") throw new PhoneFull();
    throw error;
  }
  tellWritten();
}

/** What waits, in the order in which it was done. */
export async function waiting(kept: Kept): Promise<Queued[]> {
  const found = await kept.getAll("outbox");
  return found.sort((one, other) => one.doneAt - other.doneAt || order(one, other));
}

/** What can be handed in now, in that order: a deed waits for its photos, and what comes after it on the
 * same ticket waits with it. */
export async function ready(kept: Kept): Promise<QueueRecord[]> {
  const [queued, photos, fates] = await Promise.all([waiting(kept), kept.getAll("photos"), kept.getAll("fates")]);
  const keys = new Map(fates.map(({ record, answer }) => [record.operationId, answer.key]));
  const held = new Set<string>();
  return queued.flatMap(({ record }) => {
    const ticket = keys.get(ticketOf(record)) ?? ticketOf(record);
    const mine = photos.filter(({ owner }) => owner === record.operationId);
    if (!held.has(ticket) && mine.every(isAnswered)) return [withFiles(record, filesOf(mine))];
    held.add(ticket);
    return [];
  });
}

/** What the service did not take of deeds that went without it. */
export async function refusedPhotos(kept: Kept): Promise<Photo[]> {
  const [photos, fates] = await Promise.all([kept.getAll("photos"), kept.getAll("fates")]);
  const gone = new Set(fates.filter(({ seen }) => seen).map(({ record }) => record.operationId));
  return photos.filter(({ owner, refused }) => refused !== undefined && gone.has(owner));
}

function filesOf(photos: Photo[]): string[] {
  const sent = photos.sort((one, other) => (one.id < other.id ? -1 : 1));
  return sent.flatMap(({ file }) => file ?? []);
}

/** Write down what became of records; only those that are answered leave. */
export async function settle(kept: Kept, answers: readonly Answer[], now: number): Promise<void> {
  const work = kept.transaction(["outbox", "fates", "photos"], "readwrite");
  const [outbox, fates, photos] = [work.objectStore("outbox"), work.objectStore("fates"), work.objectStore("photos")];
  for (const answer of answers) {
    const queued = answer.operationId ? await outbox.get(answer.operationId) : undefined;
    if (!queued) continue;
    if (ANSWERED.has(answer.state)) {
      const { record, about } = queued;
      const seen = answer.state === "APPLIED" || answer.state === "REPEATED";
      await fates.put({ record, about, answer, at: now, seen });
      await outbox.delete(record.operationId);
      // What the service has with its deed goes; a photo that it refused stays until somebody saw that.
      const owned = seen ? await photos.index("owner").getAll(record.operationId) : [];
      for (const photo of owned) if (photo.refused === undefined) await photos.delete(photo.id);
    } else {
      await outbox.put({ ...queued, tried: queued.tried + 1 });
    }
  }
  await work.done;
  tellWritten();
}

export async function markSeen(kept: Kept, id: string): Promise<void> {
  const fate = await kept.get("fates", id);
  if (fate) await kept.put("fates", { ...fate, seen: true });
  await dropPhotosOf(kept, id);
  tellWritten();
}

function order(one: Queued, other: Queued): number {
  return one.record.operationId < other.record.operationId ? -1 : 1;
}
