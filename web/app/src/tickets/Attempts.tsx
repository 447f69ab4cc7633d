import { Check, X } from "lucide-react";
import { Sheet } from "../parts/Sheet";
import { useLanguage, useWords } from "../words/language";
import { clock } from "../words/moments";
import type { Foreseen } from "./foreseen";

/** What was tried already: nobody tries the same twice. */
export function Attempts({ ticket }: { ticket: Foreseen }) {
  const words = useWords();
  const language = useLanguage();
  if (ticket.attempts.length === 0) return null;
  return (
    <Sheet title={words.ticket.tried}>
      <ol className="space-y-3">
        {ticket.attempts.map(({ at, worked, card, notes, minutes }) => (
          <li key={at} className="flex gap-3">
            {worked ? (
              <Check aria-label={words.ticket.worked} className="mt-0.5 size-5 shrink-0 text-accent" />
            ) : (
              <X aria-label={words.ticket.notWorked} className="mt-0.5 size-5 shrink-0 text-danger" />
            )}
            <div className="min-w-0">
              <p className="font-medium">{card?.title ?? words.ticket.ownWay}</p>
              {notes && <p dir="auto" className="whitespace-pre-line [overflow-wrap:anywhere]">{notes}</p>}
              <p className="text-sm text-quiet">
                {clock(at, language)}
                {minutes != null && ` · ${words.ticket.minutes(minutes)}`}
              </p>
            </div>
          </li>
        ))}
      </ol>
    </Sheet>
  );
}
