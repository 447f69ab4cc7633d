import { CloudUpload, TriangleAlert } from "lucide-react";
import { useLanguage, useWords } from "../words/language";
import { ago } from "../words/moments";
import type { Foreseen } from "./foreseen";

/** A ticket in a list: what is wrong, with what, where it stands. */
export function TicketRow({ ticket }: { ticket: Foreseen }) {
  const words = useWords();
  const language = useLanguage();
  return (
    <>
      <span className="flex items-center justify-between gap-3 text-sm text-quiet">
        <span className="flex items-center gap-2">
          <Status ticket={ticket} />
          <Vehicle ticket={ticket} />
        </span>
        <time dateTime={ticket.openedAt} className="shrink-0">
          {ago(ticket.openedAt, language)}
        </time>
      </span>
      <span className="mt-2 line-clamp-2 text-lg leading-snug font-semibold" dir="auto">
        {ticket.text}
      </span>
      {(ticket.safety || ticket.waits > 0) && (
        <span className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm font-semibold">
          {ticket.safety && (
            <span className="flex items-center gap-1.5 text-danger">
              <TriangleAlert aria-hidden className="size-4" />
              {ticket.safety.hazards.map((one) => words.hazards[one]).join(", ")}
            </span>
          )}
          {ticket.waits > 0 && (
            <span className="flex items-center gap-1.5 text-warn">
              <CloudUpload aria-hidden className="size-4" />
              {words.outbox.waiting(ticket.waits)}
            </span>
          )}
        </span>
      )}
    </>
  );
}

export function Status({ ticket }: { ticket: Foreseen }) {
  const words = useWords();
  const busy = ticket.ticketStatus === "IN_PROGRESS";
  return (
    <span
      className={`shrink-0 rounded-md px-2 py-0.5 font-semibold ${
        busy ? "bg-accent text-on-accent" : "bg-accent-soft text-accent"
      }`}
    >
      {words.statuses[ticket.ticketStatus]}
    </span>
  );
}

export function Vehicle({ ticket }: { ticket: Foreseen }) {
  const { make, model, year } = ticket.vehicle;
  const said = [make, model, year].filter(Boolean).join(" ");
  return said ? <span className="truncate">{said}</span> : null;
}
