// Who works on this phone: remembered, so that the pages open with no network.
import { read } from "../api/client";
import { createStore } from "../api/store";
import { MeDocument, type MeQuery } from "../gql/graphql";

export type Person = NonNullable<MeQuery["me"]>;

const KEPT = "battwheels-person";

export const person = createStore<Person | null>(remembered());

/** Ask who is signed in, and remember it. */
export async function learnPerson(): Promise<Person> {
  const { me } = await read(MeDocument, {});
  if (!me) throw new Error("The network's records do not know you.");
  localStorage.setItem(KEPT, JSON.stringify(me));
  person.set(me);
  return me;
}

export function forgetPerson(): void {
  localStorage.removeItem(KEPT);
  person.set(null);
}

function remembered(): Person | null {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "null") as Person | null;
  } catch {
    return null;
  }
}
