// A repair as a phone has it: the ticket, the card it follows, how far it has come.
import type { Card, Kept } from "../replica/kept";
import { tellWritten } from "../replica/news";
import { person } from "../people/person";
import { openKept } from "../replica/kept";
import { type Foreseen, foreseenTicket } from "./foreseen";
import { beginProgress, type Progress } from "./progress";

export interface Repair {
  ticket: Foreseen;
  card: Card | null;
  progress: Progress;
}

export async function readRepair(kept: Kept, key: string): Promise<Repair | null> {
  const ticket = await foreseenTicket(kept, key);
  if (!ticket) return null;
  const named = ticket.card?.key ?? null;
  const [card, held] = await Promise.all([
    named ? kept.get("cards", named) : undefined,
    kept.get("progress", ticket.key),
  ]);
  // What was made safe for one card is asked again for the next.
  const same = held && held.card === named;
  const began = ticket.startedAt ? Date.parse(ticket.startedAt) : Date.now();
  return { ticket, card: card ?? null, progress: same ? held : beginProgress(ticket.key, named, began) };
}

export async function keepProgress(progress: Progress): Promise<void> {
  const who = person.get();
  if (!who) return;
  await (await openKept(who.key)).put("progress", progress);
  tellWritten();
}

export function minutesSince(moment: number, now: number = Date.now()): number {
  return Math.max(1, Math.round((now - moment) / 60_000));
}
