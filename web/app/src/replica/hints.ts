// Hears over a socket that a ticket changed elsewhere. A hint that is lost costs time alone.
import { type DocumentInput, stringifyDocument } from "@urql/core";
import { createClient } from "graphql-ws";
import { token } from "../api/session";
import { TicketHintsDocument } from "../gql/graphql";

const AGAIN_MS = 15_000;

/** Follow hints until told to stop; after each the phone catches up. */
export function followHints(told: () => void): () => void {
  const address = new URL("/v1/graphql", window.location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const client = createClient({
    url: address.href,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: () => new Promise((again) => window.setTimeout(again, AGAIN_MS)),
    connectionParams: async () => ({ authorization: `Bearer ${await token()}` }),
  });
  let stop: () => void = () => undefined;
  let over = false;
  const begin = () => {
    if (over) return;
    const again = () => void window.setTimeout(begin, AGAIN_MS);
    stop = client.subscribe(asked(TicketHintsDocument), { next: told, error: again, complete: again });
  };
  begin();
  return () => {
    over = true;
    stop();
    void client.dispose();
  };
}

/** A document by its id where the build left nothing else, else by its text. */
function asked(document: DocumentInput) {
  const id = (document as { documentId?: string }).documentId;
  return id ? { query: "", extensions: { documentId: id } } : { query: stringifyDocument(document) };
}
