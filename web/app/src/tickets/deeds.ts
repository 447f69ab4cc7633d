// What is done to a ticket on its pages: kept on the phone first, handed in behind.
import { type Deed } from "../outbox/operations";
import { keepDeed } from "../outbox/outbox";
import { PhoneFull, phoneFull } from "../outbox/room";
import { person } from "../people/person";
import { openKept } from "../replica/kept";
import { syncNow } from "../replica/sync";
import type { Foreseen } from "./foreseen";

const ABOUT = 80;

/** Keep deeds with the ids that their form was opened with, and hand them in when one can.
 *
 * False: the phone is full and nothing was kept; every page says so, and the form stays as it is. */
export async function doDeeds(ticket: Foreseen, deeds: [id: string, deed: Deed][]): Promise<boolean> {
  const who = person.get();
  if (!who) return false;
  const kept = await openKept(who.key);
  const said = { garage: who.garage?.key ?? "", about: ticket.text.slice(0, ABOUT) };
  try {
    for (const [id, deed] of deeds) await keepDeed(kept, deed, { id, ...said });
  } catch (error) {
    if (!(error instanceof PhoneFull)) throw error;
    phoneFull.set(true);
    return false;
  }
  phoneFull.set(false);
  void syncNow();
  return true;
}

/** Name a ticket to the queue as it stands once `behind` more deeds are done. */
export function named(ticket: Foreseen, behind = 0): { id: string; expectedVersion: number } {
  return { id: ticket.key, expectedVersion: ticket.version + behind };
}
