import { useEffect } from "react";
import { useLocation } from "wouter";
import { PossibleDanger } from "../hazards/PossibleDanger";
import { LinkButton } from "../parts/Button";
import { Page } from "../parts/Page";
import { Sheet, Skeleton } from "../parts/Sheet";
import { useKept } from "../replica/news";
import { useLanguage, useWords } from "../words/language";
import { clock } from "../words/moments";
import { Attempts } from "./Attempts";
import { Danger } from "./Danger";
import { type Foreseen, foreseenTicket, isOpen } from "./foreseen";
import { TicketFiles } from "./TicketFiles";
import { Suggestions } from "./Suggestions";
import { Status, Vehicle } from "./TicketRow";

/** A ticket: its danger, what was said, and what comes next. */
export default function TicketPage({ ticket: key = "" }: { ticket?: string }) {
  const words = useWords();
  const [, go] = useLocation();
  const ticket = useKept((kept) => foreseenTicket(kept, key), key);
  useEffect(() => {
    // A report that was handed in has its ticket's key from then on.
    if (ticket && ticket.key !== key) go(`/t/${ticket.key}`, { replace: true });
  }, [ticket, key, go]);
  if (ticket === undefined) return <Skeleton lines={8} />;
  if (ticket === null) return <Page title={words.ticket.missing} back="/bench">{words.ticket.missingHint}</Page>;
  return (
    <Page title={words.ticket.title} back="/bench">
      {ticket.unread ? <PossibleDanger text={ticket.text} /> : <Danger safety={ticket.safety} />}
      <Sheet>
        <p className="flex flex-wrap items-center gap-2 text-sm text-quiet">
          <Status ticket={ticket} />
          <Vehicle ticket={ticket} />
        </p>
        <p className="text-lg leading-snug whitespace-pre-line [overflow-wrap:anywhere]" dir="auto">
          {ticket.text}
        </p>
        <Codes ticket={ticket} />
      </Sheet>
      <TicketFiles ticket={ticket} />
      <Next ticket={ticket} />
      <Attempts ticket={ticket} />
      {isOpen(ticket) && <Suggestions ticket={ticket} />}
      <Ended ticket={ticket} />
    </Page>
  );
}

function Codes({ ticket }: { ticket: Foreseen }) {
  const told = [
    ...ticket.errorCodes.map(({ code, description }) => ({ code, text: description })),
    ...ticket.symptoms.map(({ code, symptom }) => ({ code: symptom?.text ?? code, text: null })),
  ];
  if (told.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-2">
      {told.map(({ code, text }) => (
        <li key={code} title={text ?? undefined} className="rounded-lg bg-accent-soft px-2.5 py-1 text-sm font-medium">
          {code}
        </li>
      ))}
    </ul>
  );
}

/** What one does next, as a button that cannot be missed. */
function Next({ ticket }: { ticket: Foreseen }) {
  const words = useWords();
  const at = `/t/${ticket.key}`;
  if (ticket.ticketStatus === "RESOLVED") {
    return <LinkButton to={`${at}/close`} className="w-full">{words.ticket.handBack}</LinkButton>;
  }
  if (ticket.ticketStatus !== "IN_PROGRESS") return null;
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      {ticket.card && (
        <LinkButton to={`${at}/steps`} className="sm:col-span-2">{words.ticket.steps}</LinkButton>
      )}
      <LinkButton to={`${at}/try`} look="plain">{words.ticket.failed}</LinkButton>
      <LinkButton to={`${at}/close`} look={ticket.card ? "plain" : "main"}>{words.ticket.fixed}</LinkButton>
    </div>
  );
}

function Ended({ ticket }: { ticket: Foreseen }) {
  const words = useWords();
  const language = useLanguage();
  const { outcome } = ticket;
  if (!outcome) return null;
  return (
    <Sheet title={outcome.worked ? words.ticket.worked : words.ticket.notWorked}>
      {outcome.cause && <p dir="auto">{outcome.cause}</p>}
      {outcome.notes && <p dir="auto" className="whitespace-pre-line">{outcome.notes}</p>}
      <p className="text-quiet">
        {words.ticket.minutes(outcome.minutes)}
        {ticket.resolvedAt && ` · ${clock(ticket.resolvedAt, language)}`}
        {outcome.stars && ` · ${"★".repeat(outcome.stars)}`}
      </p>
    </Sheet>
  );
}
