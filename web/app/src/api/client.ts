// The API: registered documents by their id, as whoever is signed in.
import {
  cacheExchange,
  Client,
  type CombinedError,
  fetchExchange,
  type TypedDocumentNode,
} from "@urql/core";
import { distrust, SignedOut, token } from "./session";

const API = "/v1/graphql";
// Busy or not well: the same may be asked again later.
const LATER = new Set([408, 425, 429, 500, 502, 503, 504]);

export const client = new Client({
  url: API,
  exchanges: [cacheExchange, fetchExchange],
  preferGetMethod: false,
  fetch: asSignedIn,
});

/** Nobody answered, or not now: what was asked may be asked again. */
export class Unreachable extends Error {}

/** Read past all caches. */
export async function read<Result, Variables extends object>(
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const found = await client.query(document, variables, { requestPolicy: "network-only" }).toPromise();
  return answered(found.data, found.error);
}

/** Do what a document says. */
export async function change<Result, Variables extends object>(
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const found = await client.mutation(document, variables).toPromise();
  return answered(found.data, found.error);
}

function answered<Result>(data: Result | undefined, error: CombinedError | undefined): Result {
  if (!error && data !== undefined) return data;
  const status = (error?.response as Response | undefined)?.status;
  if (error?.networkError instanceof SignedOut) throw error.networkError;
  if (error?.networkError || (status && LATER.has(status))) throw new Unreachable(error?.message);
  throw new Error(error?.graphQLErrors[0]?.message ?? "No answer.");
}

async function asSignedIn(url: RequestInfo | URL, asked?: RequestInit): Promise<Response> {
  const first = await send(url, asked);
  if (first.status !== 401) return first;
  distrust();
  return send(url, asked);
}

async function send(url: RequestInfo | URL, asked?: RequestInit): Promise<Response> {
  const headers = new Headers(asked?.headers);
  headers.set("Authorization", `Bearer ${await token()}`);
  headers.set("GraphQL-Require-Preflight", "1");
  return fetch(url, { ...asked, headers });
}
