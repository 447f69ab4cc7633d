// The role decides the home: where somebody is led who opens the app.
import type { Role } from "../gql/graphql";

/** Who works on tickets, and keeps a copy of them: the others' pages ask the service. */
export const AT_BENCH: ReadonlySet<Role> = new Set<Role>(["TECHNICIAN", "MANAGER"]);

export const HOMES: Record<Role, string> = {
  TECHNICIAN: "/bench",
  MANAGER: "/unassigned",
  ADMIN: "/soon",
  ACCOUNTANT: "/drafts",
  CUSTOMER_SUPPORT: "/cards",
};
