// What was done on this phone: a record of the offline queue each (docs/offline.md), and its fate.
import type { HandInMutation, OperationState } from "../gql/graphql";

interface Done<Type extends string, Data> {
  type: Type;
  data: Data;
}

interface OnTicket {
  id: string;
  expectedVersion: number;
}

export interface Report {
  text: string;
  codes: string[];
  vehicle?: { make: string; model?: string; year?: number };
  files?: string[];
}

export interface Attempt {
  worked: boolean;
  notes: string;
  card: string | null;
  minutes?: number;
  files?: string[];
}

export interface Outcome extends Attempt {
  minutes: number;
  cause?: string;
}

export type Deed =
  | Done<"reportFailure", { report: Report }>
  | Done<"startRepair", OnTicket & { card: string | null }>
  | Done<"recordAttempt", OnTicket & { attempt: Attempt }>
  | Done<"resolveTicket", OnTicket & { outcome: Outcome }>
  | Done<"closeTicket", OnTicket & { stars: number | null }>;

export type DeedType = Deed["type"];

export type QueueRecord = Deed & {
  operationId: string;
  timestamp: string;
  garageId: string;
  priority: number;
};

type Answers = Extract<HandInMutation["syncOperations"], { __typename: "OperationsAnswered" }>;
export type Answer = Answers["answers"][number];

/** What waits: `about` is the ticket or report it is for, in words; `tried` counts the hand-ins. */
export interface Queued {
  record: QueueRecord;
  about: string;
  doneAt: number;
  tried: number;
}

/** What became of it; `seen` by whoever did it. */
export interface Fate {
  record: QueueRecord;
  about: string;
  answer: Answer;
  at: number;
  seen: boolean;
}

/** States after which a record leaves the queue; DEFERRED stays. */
export const ANSWERED: ReadonlySet<OperationState> = new Set([
  "APPLIED",
  "REPEATED",
  "CONFLICT",
  "REFUSED",
]);

/** Give a record as it is handed in, with the files that the service has of it. */
export function withFiles(record: QueueRecord, files: string[]): QueueRecord {
  if (files.length === 0) return record;
  switch (record.type) {
    case "reportFailure":
      return { ...record, data: { report: { ...record.data.report, files } } };
    case "recordAttempt":
      return { ...record, data: { ...record.data, attempt: { ...record.data.attempt, files } } };
    default:
      return record;
  }
}

/** The ticket that a record is about: its key, or the id of the report that opens it. */
export function ticketOf(record: QueueRecord): string {
  return record.type === "reportFailure" ? record.operationId : record.data.id;
}
