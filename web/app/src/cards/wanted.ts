// What is looked for among the cards: it stands in the address, so that the way back leads to it.
import type { FoundCardFragment } from "../gql/graphql";

export interface Wanted {
  text: string;
  code: string;
  make: string;
  model: string;
}

const NAMES = ["text", "code", "make", "model"] as const;

export function wantedIn(search: string): Wanted {
  const said = new URLSearchParams(search);
  return Object.fromEntries(NAMES.map((name) => [name, said.get(name) ?? ""])) as Record<keyof Wanted, string>;
}

/** Give it as an address ends: "?text=…"; nothing where nothing is looked for. */
export function writeWanted(wanted: Wanted): string {
  const said = NAMES.map((name) => [name, wanted[name].trim()]).filter(([, value]) => value);
  return said.length > 0 ? `?${new URLSearchParams(said)}` : "";
}

export function isEmpty(wanted: Wanted): boolean {
  return writeWanted(wanted) === "";
}

/** Whether a card that words found has the code and the model that were named beside them. */
export function fits(card: FoundCardFragment, { code, model }: Wanted): boolean {
  const codes = card.signature.errorCodes.flatMap((one) => [one.key, one.code]);
  const models = card.vehicles.edges.map(({ node }) => node.model ?? "");
  return (!code || codes.some((one) => plain(one) === plain(code))) && (!model || models.some((one) => plain(one) === plain(model)));
}

function plain(said: string): string {
  return said.replaceAll(/[\s-]/g, "").toLowerCase();
}
