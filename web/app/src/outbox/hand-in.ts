// Hand in what waits. Nothing leaves the outbox before the server has said what became of it.
import { change } from "../api/client";
import { HandInDocument } from "../gql/graphql";
import type { Kept } from "../replica/kept";
import { ready, settle } from "./outbox";

const AT_ONCE = 50;

/** The server takes no queue of this person's at all; what waits stays. */
export class QueueRefused extends Error {}

export async function handIn(kept: Kept): Promise<void> {
  let from = 0;
  for (;;) {
    const operations = (await ready(kept)).slice(from, from + AT_ONCE);
    if (operations.length === 0) return;
    const { syncOperations: said } = await change(HandInDocument, { operations });
    if (said.__typename !== "OperationsAnswered") throw new QueueRefused(said.message);
    await settle(kept, said.answers, Date.now());
    // What is deferred stays in front; the next page begins behind it.
    from += said.answers.filter(({ state }) => state === "DEFERRED").length;
  }
}
