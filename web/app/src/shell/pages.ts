// The pages, each loaded when it is first opened or when nothing else is to do. A feature adds its line.
import { type ComponentType, createElement, lazy, useState } from "react";
import { person } from "../people/person";
import { HOMES } from "./homes";

type Shown = ComponentType<Record<string, string>>;
type Load = () => Promise<{ default: Shown }>;

interface AppPage {
  path: string;
  page: Shown;
  load: Load;
}

// A page that is loaded is shown at once: React holds back for a third of a second what was awaited.
function at(path: string, bring: Load): AppPage {
  let ready: Shown | undefined;
  const load: Load = async () => {
    const found = await bring();
    ready = found.default;
    return found;
  };
  const awaited = lazy(load);
  function Held(given: Record<string, string>) {
    // As it was first shown: another component in its place would begin anew.
    const [Page] = useState(() => ready ?? awaited);
    return createElement(Page, given);
  }
  return { path, page: Held, load };
}

export const PAGES: AppPage[] = [
  at("/bench", () => import("../tickets/BenchPage")),
  at("/report", () => import("../reports/ReportPage")),
  at("/t/:ticket", () => import("../tickets/TicketPage")),
  at("/t/:ticket/steps", () => import("../tickets/StepsPage")),
  at("/t/:ticket/try", () => import("../tickets/TryPage")),
  at("/t/:ticket/close", () => import("../tickets/ClosePage")),
  at("/outbox", () => import("../outbox/OutboxPage")),
  at("/me", () => import("../people/MePage")),
  at("/drafts", () => import("../drafts/DraftsPage")),
  at("/drafts/:ticket", () => import("../drafts/DraftPage")),
  at("/invoices", () => import("../invoices/InvoicesPage")),
  at("/invoices/:invoice", () => import("../invoices/InvoicePage")),
  at("/dues", () => import("../invoices/DuesPage")),
  at("/till", () => import("../till/TillPage")),
  at("/month", () => import("../month/MonthPage")),
  at("/unassigned", () => import("../desk/UnassignedPage")),
  at("/review", () => import("../reviews/ReviewPage")),
  at("/cards", () => import("../cards/CardsPage")),
  at("/cards/new", () => import("../cards/WritePage")),
  at("/cards/mine", () => import("../cards/OwnCardsPage")),
  at("/cards/:card", () => import("../cards/CardPage")),
  at("/cards/:card/edit", () => import("../cards/WritePage")),
  at("/graph", () => import("../graph/GraphPage")),
  at("/soon", () => import("./SoonPage")),
];

/** Load the page that is opened now before anything is drawn, so that nothing stands in its place. */
export async function openFirst(): Promise<void> {
  const who = person.get();
  if (!who) return;
  const path = window.location.pathname.replace(/^\/app/, "").replace(/^\/$/, "") || HOMES[who.role];
  await PAGES.find((one) => one.path === path)?.load().catch(() => undefined);
}

/** Load the other pages one by one while nothing else is to do: a touch then opens them at once. */
export function warmPages(): void {
  const idle = window.requestIdleCallback ?? ((work: () => void) => window.setTimeout(work, 200));
  const next = (n: number) => {
    const page = PAGES[n];
    if (page) idle(() => void page.load().finally(() => next(n + 1)));
  };
  next(0);
}
