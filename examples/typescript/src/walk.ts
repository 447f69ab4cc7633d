// A day of a partner's front end, against a running service; prints what it saw as one JSON object.
// node build/walk.js URL TECHNICIAN_TOKEN ACCOUNTANT_TOKEN GARAGE
import { randomUUID } from "node:crypto";
import { Battwheels } from "./client.js";
import {
  CloseDocument,
  FeedbackDocument,
  IssueDocument,
  MatchDocument,
  MatchReadyDocument,
  NewestDocument,
  ReportDocument,
  ResolveDocument,
  StartDocument,
  SyncDocument,
  TicketChangedDocument,
} from "./generated.js";

const [url, token, accounting, garage] = process.argv.slice(2) as [string, string, string, string];
const technician = new Battwheels(url, token);
const accountant = new Battwheels(url, accounting);
const report = { text: "Scooter switches off on full lock", codes: ["E631"] };

// A union is told apart by __typename; every refusal has a message.
function expected<T extends { __typename: string }, K extends T["__typename"]>(
  answer: T,
  kind: K,
): Extract<T, { __typename: K }> {
  if (answer.__typename !== kind) throw new Error(JSON.stringify(answer));
  return answer as Extract<T, { __typename: K }>;
}

// Report, and wait until the search for cards has run.
const operationId = randomUUID();
const first = await technician.ask(ReportDocument, { operationId, report });
const again = await technician.ask(ReportDocument, { operationId, report });
const opened = expected(first.reportFailure, "FailureReported").ticket;
const repeated = expected(again.reportFailure, "FailureReported").ticket;
const ready = await technician.hear(MatchReadyDocument, { ticket: opened.key }, () => true);
const found = expected((await technician.ask(MatchDocument, { report })).match, "Matches");
const card = ready.matchReady.suggestions.cards[0]?.card?.key ?? found.matches[0]?.cardKey;
if (!card) throw new Error(found.prompt ?? "no card");

// Repair: each step says which version it has in front of it. The reporter has it in hand.
const id = opened.key;
const started = expected(
  (await technician.ask(StartDocument, { operationId: randomUUID(), id, expectedVersion: 1, card })).startRepair,
  "RepairStarted",
).ticket;
const stale = expected(
  (await technician.ask(StartDocument, { operationId: randomUUID(), id, expectedVersion: 1, card: null })).startRepair,
  "StaleVersion",
);
const outcome = { worked: true, minutes: 50, card, parts: [{ part: "controller", quantity: 1 }] };
const resolved = expected(
  (
    await technician.ask(ResolveDocument, {
      operationId: randomUUID(),
      id,
      expectedVersion: started.version,
      outcome,
    })
  ).resolveTicket,
  "TicketResolved",
).ticket;
const closed = expected(
  (
    await technician.ask(CloseDocument, {
      operationId: randomUUID(),
      id,
      expectedVersion: resolved.version,
      stars: 5,
    })
  ).closeTicket,
  "TicketClosed",
).ticket;
const said = expected(
  (
    await technician.ask(FeedbackDocument, {
      operationId: randomUUID(),
      ticket: id,
      feedback: { card, stars: 4, comment: "", correction: "" },
    })
  ).giveFeedback,
  "FeedbackGiven",
).feedback;

// What was done offline, handed in as one queue; the same record twice is done once.
const record = {
  operationId: randomUUID(),
  type: "reportFailure",
  data: { report: { text: "Horn is silent", codes: [] } },
  timestamp: `${Date.now()}.0.browser_1`,
  garageId: garage,
  priority: 1,
};
const wrong = { ...record, operationId: randomUUID(), data: { report: { txt: "x" } } };
// A call works for five seconds: what it did not come to is DEFERRED, and handed in again.
const records = [record, record, wrong];
const handed = new Map<number, [string, string | null]>();
while (handed.size < records.length) {
  const left = records.map((_, place) => place).filter((place) => !handed.has(place));
  const told = expected(
    (await technician.ask(SyncDocument, { operations: left.map((place) => records[place]) })).syncOperations,
    "OperationsAnswered",
  ).answers;
  told.forEach((answer, n) => {
    const place = left[n];
    if (place !== undefined && answer.state !== "DEFERRED") handed.set(place, [answer.state, answer.field]);
  });
}

// Follow tickets, and go on behind a cursor as after a cut.
const change = await technician.hear(TicketChangedDocument, { after: "0" }, (told) => told.ticketChanged.__typename !== "InvalidInput");
const cursor = "cursor" in change.ticketChanged ? change.ticketChanged.cursor : null;
const next = await technician.hear(TicketChangedDocument, { after: cursor }, () => true);
const newest = (await technician.ask(NewestDocument, {})).tickets.edges.map((edge) => edge.node.key);

// Invoice, and its PDF by the link as it stands.
const invoice = { customer: { name: "Meera Joshi", phone: "9800000000" } };
const issued = expected(
  (await accountant.ask(IssueDocument, { operationId: randomUUID(), ticket: id, invoice })).issueInvoice,
  "InvoiceIssued",
).invoice;
const second = (await accountant.ask(IssueDocument, { operationId: randomUUID(), ticket: id, invoice: null })).issueInvoice;
const link = new URL(issued.pdf);
const pdf = await fetch(new URL(link.pathname + link.search, url));

console.log(
  JSON.stringify({
    same: opened.key === repeated.key,
    suggested: ready.matchReady.suggestions.cards.length > 0,
    sentence: ready.matchReady.suggestions.cards[0]?.sentence ?? null,
    stale: { actual: stale.actual, current: stale.currentTicket?.ticketStatus },
    closed: { status: closed.ticketStatus, firstFix: closed.firstFix },
    stars: said.stars,
    handed: records.map((_, place) => handed.get(place)),
    followed: [change.ticketChanged.__typename, next.ticketChanged.__typename],
    newest: newest.length,
    invoice: issued.number,
    second: "message" in second ? second.message : second.__typename,
    pdf: [pdf.status, pdf.headers.get("content-type")],
  }),
);
await technician.close();
await accountant.close();
