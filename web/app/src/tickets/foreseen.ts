// A ticket as it will stand once all that waits on this phone is handed in.
import type { Attempt, Fate, Queued, QueueRecord } from "../outbox/operations";
import { ticketOf } from "../outbox/operations";
import type { Kept, Ticket } from "../replica/kept";

/** `waits`: how many deeds on it the server has not answered yet. `unread`: nobody read its text for
 * dangers but this phone. */
export interface Foreseen extends Ticket {
  waits: number;
  unread?: true;
}

const NO_VEHICLE = { make: null, model: null, variant: null, year: null };
const NOTHING_YET = {
  startedAt: null,
  resolvedAt: null,
  closedAt: null,
  severity: null,
  safety: null,
  card: null,
  outcome: null,
};
// A report that was taken so long ago and is in no copy is no longer ours to see.
const LATE_MS = 60_000;
const OPEN: ReadonlySet<Ticket["ticketStatus"]> = new Set(["OPEN", "ASSIGNED", "IN_PROGRESS"]);

export function isOpen(ticket: Ticket): boolean {
  return OPEN.has(ticket.ticketStatus);
}

/** Give the tickets that a phone keeps, with what waits done to them, the newest first. */
export async function foreseenTickets(kept: Kept): Promise<Foreseen[]> {
  const [tickets, queued, fates] = await Promise.all([
    kept.getAll("tickets"),
    kept.getAll("outbox"),
    kept.getAll("fates"),
  ]);
  const found = new Map(tickets.map((ticket) => [ticket.key, { ...ticket, waits: 0 }]));
  const keys = keysOf(fates);
  for (const fate of fates.sort((one, other) => one.at - other.at)) addAnswered(found, keys, fate);
  const inOrder = queued.sort((one, other) => one.doneAt - other.doneAt);
  for (const one of inOrder) addQueued(found, keys, one);
  return [...found.values()].sort((one, other) => (one.openedAt < other.openedAt ? 1 : -1));
}

export async function foreseenTicket(kept: Kept, key: string): Promise<Foreseen | null> {
  const fate = await kept.get("fates", key);
  const named = fate?.answer.key ?? key;
  return (await foreseenTickets(kept)).find((ticket) => ticket.key === named) ?? null;
}

/** What was taken and is not in the copy yet stays on the page: nothing flickers between the two. */
function addAnswered(found: Map<string, Foreseen>, keys: Map<string, string>, fate: Fate): void {
  const { record, answer, at } = fate;
  const taken = answer.state === "APPLIED" || answer.state === "REPEATED";
  if (!taken || !answer.key) return;
  if (record.type === "reportFailure") {
    const late = Date.now() - at > LATE_MS;
    if (!late && !found.has(answer.key)) found.set(answer.key, { ...reported(record, at), key: answer.key });
    return;
  }
  const named = ticketOf(record);
  const ticket = found.get(keys.get(named) ?? named);
  if (!ticket || !answer.version || ticket.version >= answer.version) return;
  found.set(ticket.key, { ...done(ticket, record, at), version: answer.version });
}

function keysOf(fates: Fate[]): Map<string, string> {
  return new Map(fates.flatMap(({ record, answer }) => (answer.key ? [[record.operationId, answer.key]] : [])));
}

function addQueued(found: Map<string, Foreseen>, keys: Map<string, string>, queued: Queued): void {
  const { record, doneAt } = queued;
  if (record.type === "reportFailure") {
    found.set(record.operationId, { ...reported(record, doneAt), waits: 1 });
    return;
  }
  const named = ticketOf(record);
  const ticket = found.get(keys.get(named) ?? named);
  if (ticket) found.set(ticket.key, { ...done(ticket, record, doneAt), waits: ticket.waits + 1 });
}

function done(ticket: Foreseen, record: QueueRecord, at: number): Foreseen {
  const moment = new Date(at).toISOString();
  const next = { ...ticket, version: ticket.version + 1 };
  switch (record.type) {
    case "reportFailure":
      return ticket;
    case "startRepair": {
      const card = ticket.suggestions.cards.find((one) => one.card?.key === record.data.card)?.card;
      return { ...next, ticketStatus: "IN_PROGRESS", startedAt: moment, card: card ?? null };
    }
    case "recordAttempt":
      return { ...next, attempts: [...ticket.attempts, attempt(ticket, record.data.attempt, moment)] };
    case "resolveTicket": {
      const { worked, minutes, notes, cause = null } = record.data.outcome;
      const said = { worked, minutes, notes, cause, stars: null, card: ticket.card };
      const outcome = { __typename: "Outcome" as const, ...said };
      return { ...next, ticketStatus: "RESOLVED", resolvedAt: moment, outcome };
    }
    case "closeTicket":
      return { ...next, ticketStatus: "CLOSED", closedAt: moment };
  }
}

function attempt({ card }: Foreseen, said: Attempt, at: string) {
  const { worked, notes, minutes = null } = said;
  return { __typename: "Attempt" as const, at, worked, minutes, notes, card };
}

function reported(record: Extract<QueueRecord, { type: "reportFailure" }>, at: number): Foreseen {
  const { text, codes, vehicle } = record.data.report;
  return {
    __typename: "Ticket",
    ...NOTHING_YET,
    key: record.operationId,
    version: 1,
    ticketStatus: "ASSIGNED",
    text,
    openedAt: new Date(at).toISOString(),
    matching: "PENDING",
    noMatch: false,
    synthetic: false,
    vehicle: { __typename: "Vehicle", ...NO_VEHICLE, ...vehicle },
    errorCodes: codes.map((code) => ({
      __typename: "ErrorCode",
      code,
      description: null,
      illustrative: false,
    })),
    symptoms: [],
    attempts: [],
    suggestions: { __typename: "Suggestions", cards: [] },
    waits: 0,
    unread: true,
  };
}
