// The role decides the home: where somebody is led who opens the app.
import type { Role } from "../gql/graphql";

export const HOMES: Record<Role, string> = {
  TECHNICIAN: "/bench",
  MANAGER: "/bench",
  ADMIN: "/bench",
  ACCOUNTANT: "/soon",
  CUSTOMER_SUPPORT: "/soon",
};
