// What stands in the bar: at most five doors a role.
import {
  BookOpen,
  CalendarClock,
  Coins,
  CirclePlus,
  CircleUserRound,
  ClipboardList,
  FilePen,
  ListChecks,
  type LucideIcon,
  ReceiptIndianRupee,
  UserRoundPlus,
} from "lucide-react";
import type { Role } from "../gql/graphql";
import type { Words } from "../words/en";
import { AT_BENCH } from "./homes";

export interface NavDoor {
  to: string;
  name: keyof Words["nav"];
  sign: LucideIcon;
}

const ME: NavDoor = { to: "/me", name: "me", sign: CircleUserRound };
const CARDS: NavDoor = { to: "/cards", name: "cards", sign: BookOpen };
const BENCH: NavDoor[] = [
  { to: "/bench", name: "bench", sign: ClipboardList },
  { to: "/report", name: "report", sign: CirclePlus },
  // What waits has its door at the head of every page.
  CARDS,
  ME,
];
const BOOKS: NavDoor[] = [
  { to: "/drafts", name: "drafts", sign: FilePen },
  { to: "/invoices", name: "invoices", sign: ReceiptIndianRupee },
  { to: "/dues", name: "dues", sign: CalendarClock },
  { to: "/till", name: "till", sign: Coins },
  ME,
];

const LEAD: NavDoor[] = [
  { to: "/unassigned", name: "unassigned", sign: UserRoundPlus },
  { to: "/review", name: "review", sign: ListChecks },
  { to: "/bench", name: "bench", sign: ClipboardList },
  CARDS,
  ME,
];

export function navOf(role: Role): NavDoor[] {
  if (role === "ACCOUNTANT") return BOOKS;
  if (role === "MANAGER") return LEAD;
  return AT_BENCH.has(role) ? BENCH : [CARDS, ME];
}
