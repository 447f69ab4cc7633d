import { ClipboardCheck } from "lucide-react";
import { useState } from "react";
import { Button, LinkButton } from "../parts/Button";
import { Page } from "../parts/Page";
import { RowLink } from "../parts/RowLink";
import { Empty, Skeleton } from "../parts/Sheet";
import { useKept } from "../replica/news";
import { useWords } from "../words/language";
import { type Foreseen, foreseenTickets, isOpen } from "./foreseen";
import { TicketRow } from "./TicketRow";

const FIRST = 20;

/** My tickets: the dangerous first, then what is in hand, then the newest. */
export default function BenchPage() {
  const words = useWords();
  const tickets = useKept(foreseenTickets);
  const [past, setPast] = useState(false);
  const open = tickets?.filter(isOpen).sort(byUrgency);
  const over = tickets?.filter((ticket) => !isOpen(ticket)) ?? [];
  return (
    <Page title={words.bench.title} aside={<LinkButton to="/report">{words.bench.report}</LinkButton>}>
      {open === undefined && [1, 2, 3].map((n) => <Skeleton key={n} lines={3} />)}
      {open?.length === 0 && (
        <Empty sign={<ClipboardCheck />} title={words.bench.empty}>
          {words.bench.emptyHint}
        </Empty>
      )}
      <TicketList tickets={open ?? []} />
      {over.length > 0 && (
        <>
          <Button look="plain" aria-expanded={past} className="w-full" onClick={() => setPast(!past)}>
            {words.bench.over(over.length)}
          </Button>
          {past && <TicketList tickets={over.slice(0, FIRST)} />}
        </>
      )}
    </Page>
  );
}

function TicketList({ tickets }: { tickets: Foreseen[] }) {
  if (tickets.length === 0) return null;
  return (
    <ul className="space-y-3">
      {tickets.map((ticket) => (
        <li key={ticket.key}>
          <RowLink to={`/t/${ticket.key}`}>
            <TicketRow ticket={ticket} />
          </RowLink>
        </li>
      ))}
    </ul>
  );
}

function byUrgency(one: Foreseen, other: Foreseen): number {
  return weight(other) - weight(one) || (one.openedAt < other.openedAt ? 1 : -1);
}

function weight(ticket: Foreseen): number {
  return (ticket.safety ? 2 : 0) + (ticket.ticketStatus === "IN_PROGRESS" ? 1 : 0);
}
