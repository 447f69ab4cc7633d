// Who works on this phone: remembered, so that the pages open with no network.
import { read } from "../api/client";
import { belongTo } from "../api/session";
import { createStore } from "../api/store";
import { MeDocument, type MeQuery } from "../gql/graphql";

export type Person = NonNullable<MeQuery["me"]>;

const KEPT = "battwheels-person";

export const person = createStore<Person | null>(remembered());

// What waits for one person is never handed in by the token of another.
const belong = () => belongTo(person.get()?.key ?? null);
person.follow(belong);
belong();

// Another page of this browser let somebody else in, or nobody: what stands here is not theirs.
window.addEventListener("storage", ({ key }) => {
  if (key === KEPT && remembered()?.key !== person.get()?.key) window.location.reload();
});

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
