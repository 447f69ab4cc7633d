// What a phone keeps of one person's work: cards and tickets as the server has them, what waits to
// be handed in, what became of it, how far each repair has come.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { CardPartsFragment, TicketPartsFragment } from "../gql/graphql";
import type { Fate, Queued } from "../outbox/operations";
import type { Photo } from "../files/photos";
import type { Progress } from "../tickets/progress";

export type Card = CardPartsFragment;
export type Ticket = TicketPartsFragment;

interface Shelves extends DBSchema {
  tickets: { key: string; value: Ticket };
  cards: { key: string; value: Card };
  outbox: { key: string; value: Queued };
  fates: { key: string; value: Fate };
  progress: { key: string; value: Progress };
  photos: { key: string; value: Photo; indexes: { owner: string } };
  notes: { key: Note; value: string | number };
}

/** `cursor`: how far the changes were read; `caughtUpAt`: when; `node`: this phone's name. */
export type Note = "cursor" | "caughtUpAt" | "node" | "count";
export type Kept = IDBPDatabase<Shelves>;

const RELEASE = 2;
const opened = new Map<string, Promise<Kept>>();

/** Open what is kept for somebody; another person of the same phone has a shelf of their own. */
export function openKept(person: string): Promise<Kept> {
  const held = opened.get(person);
  if (held) return held;
  const opening = openDB<Shelves>(`battwheels-${person}`, RELEASE, {
    upgrade(kept, before) {
      if (before < 1) {
        kept.createObjectStore("tickets", { keyPath: "key" });
        kept.createObjectStore("cards", { keyPath: "key" });
        kept.createObjectStore("outbox", { keyPath: "record.operationId" });
        kept.createObjectStore("fates", { keyPath: "record.operationId" });
        kept.createObjectStore("progress", { keyPath: "ticket" });
        kept.createObjectStore("notes");
      }
      kept.createObjectStore("photos", { keyPath: "id" }).createIndex("owner", "owner");
    },
    // A page of the next release waits for this one to let go.
    blocking(_now, _next, event) {
      (event.target as IDBDatabase).close();
      opened.delete(person);
    },
  });
  opened.set(person, opening);
  return opening;
}

/** Take away what the server has anyway; what waits, and what became of it, stays. */
export async function clearCopies(kept: Kept): Promise<void> {
  const work = kept.transaction(["tickets", "cards", "notes"], "readwrite");
  await Promise.all([
    work.objectStore("tickets").clear(),
    work.objectStore("cards").clear(),
    work.objectStore("notes").delete("cursor"),
    work.objectStore("notes").delete("caughtUpAt"),
    work.done,
  ]);
}
