// Who is signed in: the access token lives in memory alone, and is renewed by a cookie.
import { RefreshDocument, type SignInMutation } from "../sign-in/gql/graphql";
import { askDoor } from "./door";
import { operationId } from "./operation-id";
import { createStore } from "./store";

export type Entry = Extract<SignInMutation["signIn"], { __typename: "SignedIn" }>;

/** `in`: there is a token; `out`: the door refused; `unknown`: nobody could be asked yet. */
export type Standing = "in" | "out" | "unknown";

// A token is renewed before it ends: a request takes a while.
const SPARE_MS = 60_000;

export const standing = createStore<Standing>("unknown");
let entry: Entry | null = null;
let goodUntil = 0;
let renewal: Promise<string> | null = null;
let owner: string | null = null;

export class SignedOut extends Error {}

/** Say whose pages these are, by their key: they use nobody else's token. Null: nobody's yet. */
export function belongTo(person: string | null): void {
  owner = person;
}

/** Whose token it is. */
export function holderOf(accessToken: string): string {
  return claimsOf(accessToken).sub;
}

export function begin(found: Entry): void {
  entry = found;
  goodUntil = performance.now() + lifetimeOf(found.accessToken) - SPARE_MS;
  standing.set("in");
}

export function end(): void {
  entry = null;
  standing.set("out");
}

/** Give a token that is good for a while; many who ask at once use one refresh token up. */
export function token(): Promise<string> {
  if (entry && performance.now() < goodUntil) {
    return Promise.resolve(entry.accessToken);
  }
  renewal ??= alone(renew).finally(() => {
    renewal = null;
  });
  return renewal;
}

/** Have the next question bring a fresh token: the one that we hold was refused. */
export function distrust(): void {
  entry = null;
}

/** How long a token holds, by its own two moments: a phone's clock may be a day off. */
function lifetimeOf(accessToken: string): number {
  const { iat, exp } = claimsOf(accessToken);
  return (exp - iat) * 1000;
}

function claimsOf(accessToken: string): { sub: string; iat: number; exp: number } {
  const [, claims = ""] = accessToken.split(".");
  return JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/")));
}

async function renew(): Promise<string> {
  const { refresh } = await askDoor(RefreshDocument, { operation: operationId() });
  if (refresh.__typename !== "SignedIn") {
    end();
    throw new SignedOut(refresh.message);
  }
  if (owner !== null && holderOf(refresh.accessToken) !== owner) {
    // The cookie is one for the whole browser: somebody else signed in by another page.
    end();
    throw new SignedOut("Somebody else has signed in.");
  }
  begin(refresh);
  return refresh.accessToken;
}

// Two pages of one browser share the cookie: a token that both used would end their session.
function alone<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request("battwheels-refresh", work) : work();
}
