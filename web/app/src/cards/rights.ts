// Who may do what to cards, so that nobody is offered what the service would refuse.
import type { Person } from "../people/person";
import type { Role } from "../gql/graphql";

const WRITERS: ReadonlySet<Role> = new Set<Role>(["ADMIN", "MANAGER", "TECHNICIAN"]);

interface Found {
  provenance: { garage?: { key: string } | null };
}

export function mayWrite(who: Person | null): boolean {
  return who !== null && WRITERS.has(who.role);
}

/** Whoever leads a garage changes what was found there; an administrator every card. */
export function mayChange(who: Person | null, card: Found): boolean {
  if (who?.role === "ADMIN") return true;
  const garage = card.provenance.garage?.key;
  return who?.role === "MANAGER" && garage !== undefined && garage === who.garage?.key;
}
