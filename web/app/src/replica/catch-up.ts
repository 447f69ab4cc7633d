// Fill the phone's copy by `changes`: each page of it and its cursor in one transaction.
import { read } from "../api/client";
import {
  ChangesDocument,
  type ChangesQuery,
  KnownCardsDocument,
  type KnownCardsQuery,
  MyTicketsDocument,
  type MyTicketsQuery,
} from "../gql/graphql";
import type { Card, Kept, Ticket } from "./kept";
import { tellWritten } from "./news";

// So many pages of 50 are kept of the newest tickets, and of cards beside theirs: phones are small.
const PAGES = 10;

export async function catchUp(kept: Kept): Promise<void> {
  let cursor = await kept.get("notes", "cursor");
  if (cursor === undefined) cursor = await beginAnew(kept);
  for (let more = true; more; ) {
    const { changes }: ChangesQuery = await read(ChangesDocument, { after: String(cursor) });
    if (changes.__typename === "Resync") {
      cursor = await beginAnew(kept);
      continue;
    }
    if (changes.__typename !== "Changes") throw new Error(changes.message);
    const work = kept.transaction(["tickets", "cards", "notes"], "readwrite");
    const [tickets, cards] = [work.objectStore("tickets"), work.objectStore("cards")];
    for (const entry of changes.entries) {
      const shelf = entry.kind === "ticket" ? tickets : cards;
      if (entry.gone) void shelf.delete(entry.key);
      else if (entry.ticket) void putTicket(tickets, cards, entry.ticket);
      else if (entry.card) void cards.put(entry.card);
    }
    void work.objectStore("notes").put(changes.cursor, "cursor");
    void work.objectStore("notes").put(Date.now(), "caughtUpAt");
    await work.done;
    if (changes.entries.length > 0 || more) tellWritten();
    ({ more, cursor } = changes);
  }
}

/** Read everything that is one's own, and say where the changes that follow begin. */
async function beginAnew(kept: Kept): Promise<string> {
  const { changes } = await read(ChangesDocument, { after: null });
  if (changes.__typename !== "Resync") throw new Error("The changes have no beginning.");
  const [tickets, cards] = [await newestTickets(), await someCards()];
  const work = kept.transaction(["tickets", "cards", "notes"], "readwrite");
  const [ticketShelf, cardShelf] = [work.objectStore("tickets"), work.objectStore("cards")];
  void ticketShelf.clear();
  void cardShelf.clear();
  for (const card of cards) void cardShelf.put(card);
  for (const ticket of tickets) void putTicket(ticketShelf, cardShelf, ticket);
  void work.objectStore("notes").put(changes.cursor, "cursor");
  await work.done;
  return changes.cursor;
}

interface Shelf<T> {
  put(value: T): Promise<unknown>;
}

/** Keep a ticket, and apart from it the cards that it suggests: one card may stand in many. */
function putTicket(tickets: Shelf<Ticket>, cards: Shelf<Card>, ticket: Ticket): Promise<unknown> {
  const found = ticket.suggestions.cards.flatMap(({ card }) => (card ? [card] : []));
  return Promise.all([tickets.put(ticket), ...found.map((card) => cards.put(card))]);
}

async function newestTickets(): Promise<Ticket[]> {
  const found: Ticket[] = [];
  let after: string | null | undefined = null;
  for (let page = 0; page < PAGES; page++) {
    const { tickets }: MyTicketsQuery = await read(MyTicketsDocument, { after });
    found.push(...tickets.edges.map(({ node }) => node));
    if (!tickets.pageInfo.hasNextPage) break;
    after = tickets.pageInfo.endCursor;
  }
  return found;
}

async function someCards(): Promise<Card[]> {
  const found: Card[] = [];
  let after: string | null | undefined = null;
  for (let page = 0; page < PAGES; page++) {
    const { cards }: KnownCardsQuery = await read(KnownCardsDocument, { after });
    found.push(...cards.edges.map(({ node }) => node));
    if (!cards.pageInfo.hasNextPage) break;
    after = cards.pageInfo.endCursor;
  }
  return found;
}
