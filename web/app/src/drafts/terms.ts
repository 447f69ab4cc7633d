// What a draft says, and what a form of it is handed in as.
import type { DraftOfQuery, InvoiceInput } from "../gql/graphql";
import { paiseOf, writtenRupees } from "../words/money";

export type Draft = NonNullable<DraftOfQuery["draft"]>;

export const CUSTOMER = ["name", "phone", "email", "gstin", "address", "state", "pincode"] as const;

export type Said = Record<(typeof CUSTOMER)[number] | "labourDiscount", string>;

export function saidIn(draft: Draft): Said {
  const customer = CUSTOMER.map((name) => [name, draft.customer?.[name] ?? ""]);
  const said: Partial<Said> = Object.fromEntries(customer);
  return { ...said, labourDiscount: writtenRupees(draft.labourDiscount.paise) } as Said;
}

/** Give what is handed in: what the form does not show stays as the draft says. */
export function termsOf(draft: Draft, said: Said): InvoiceInput {
  const told = CUSTOMER.map((name) => [name, said[name].trim()]).filter(([, value]) => value);
  const { placeOfSupply } = draft;
  const before = saidIn(draft);
  // A record of the book stays the buyer as long as nobody writes another one.
  const same = draft.customerKey !== null && CUSTOMER.every((name) => said[name] === before[name]);
  return {
    ...(same
      ? { customerId: draft.customerKey }
      : { customer: { name: "", ...Object.fromEntries(told), specialZone: draft.specialZone } }),
    labourDiscount: paiseOf(said.labourDiscount) ?? 0,
    discounts: draft.discounts.map(({ part, amount }) => ({ part, amount: amount.paise })),
    tariffs: draft.tariffs.map(({ part, code, goods }) => ({ part, code, goods })),
    placeOfSupply: placeOfSupply && { state: placeOfSupply.state, reason: placeOfSupply.reason },
    day: draft.day,
    supply: draft.supply,
    reverseCharge: draft.reverseCharge,
    undertaking: draft.undertaking,
  };
}
