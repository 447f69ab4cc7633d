// The pages, each loaded when it is first opened. A feature adds its line here.
import { type ComponentType, lazy } from "react";

interface AppPage {
  path: string;
  page: ComponentType<Record<string, string>>;
}

export const PAGES: AppPage[] = [
  { path: "/bench", page: lazy(() => import("../tickets/BenchPage")) },
  { path: "/report", page: lazy(() => import("../reports/ReportPage")) },
  { path: "/t/:ticket", page: lazy(() => import("../tickets/TicketPage")) },
  { path: "/t/:ticket/steps", page: lazy(() => import("../tickets/StepsPage")) },
  { path: "/t/:ticket/try", page: lazy(() => import("../tickets/TryPage")) },
  { path: "/t/:ticket/close", page: lazy(() => import("../tickets/ClosePage")) },
  { path: "/outbox", page: lazy(() => import("../outbox/OutboxPage")) },
  { path: "/me", page: lazy(() => import("../people/MePage")) },
  { path: "/soon", page: lazy(() => import("./SoonPage")) },
];
