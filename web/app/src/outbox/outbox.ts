// The outbox: what is done goes in with the id its form was opened with, and leaves when answered.
import { operationId } from "../api/operation-id";
import { createStore } from "../api/store";
import type { Kept } from "../replica/kept";
import { tellWritten } from "../replica/news";
import type { Answer, Deed, Queued, QueueRecord } from "./operations";
import { ANSWERED } from "./operations";

const USUAL = 5;

/** There is no room left on the phone; what was being kept is not. */
export class PhoneFull extends Error {}

export const phoneFull = createStore(false);

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

/** Write down what became of records; only those that are answered leave. */
export async function settle(kept: Kept, answers: readonly Answer[], now: number): Promise<void> {
  const work = kept.transaction(["outbox", "fates"], "readwrite");
  const [outbox, fates] = [work.objectStore("outbox"), work.objectStore("fates")];
  for (const answer of answers) {
    const queued = answer.operationId ? await outbox.get(answer.operationId) : undefined;
    if (!queued) continue;
    if (ANSWERED.has(answer.state)) {
      const { record, about } = queued;
      const seen = answer.state === "APPLIED" || answer.state === "REPEATED";
      await fates.put({ record, about, answer, at: now, seen });
      await outbox.delete(record.operationId);
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
  tellWritten();
}

function order(one: Queued, other: Queued): number {
  return one.record.operationId < other.record.operationId ? -1 : 1;
}
