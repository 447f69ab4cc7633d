import { SearchX } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { operationId } from "../api/operation-id";
import { Button } from "../parts/Button";
import { Empty, Sheet, Skeleton } from "../parts/Sheet";
import { useWords } from "../words/language";
import { doDeeds, named } from "./deeds";
import type { Foreseen } from "./foreseen";
import { Suggestion } from "./Suggestion";

/** The cards that may tell of this failure, best first, or why there are none. */
export function Suggestions({ ticket }: { ticket: Foreseen }) {
  const words = useWords();
  const [, go] = useLocation();
  const [id] = useState(() => operationId());
  const { cards } = ticket.suggestions;
  const begun = ticket.ticketStatus === "IN_PROGRESS";

  async function start(card: string | null) {
    const kept = await doDeeds(ticket, [[id, { type: "startRepair", data: { ...named(ticket), card } }]]);
    if (kept && card) go(`/t/${ticket.key}/steps`);
  }

  if (ticket.matching === "PENDING") {
    return (
      <Sheet title={words.ticket.suggestions}>
        <p role="status" className="text-quiet">
          {ticket.waits > 0 ? words.ticket.searchLater : words.ticket.searching}
        </p>
        <Skeleton lines={4} />
        {!begun && <OwnWay start={start} />}
      </Sheet>
    );
  }
  return (
    <section className="space-y-3">
      <h2 className="pt-2 text-lg font-semibold">{words.ticket.suggestions}</h2>
      {cards.length === 0 && (
        <Empty sign={<SearchX />} title={words.ticket.none}>{words.ticket.noneHint}</Empty>
      )}
      {cards.length > 0 && (
        <ol className="space-y-3">
          {cards.map((one) => (
            <li key={one.rank}>
              <Suggestion suggestion={one} ticket={ticket} start={start} />
            </li>
          ))}
        </ol>
      )}
      {!begun && <OwnWay start={start} />}
    </section>
  );
}

function OwnWay({ start }: { start: (card: null) => void }) {
  const words = useWords();
  return (
    <Button look="plain" className="w-full" onClick={() => start(null)}>
      {words.ticket.startOwnWay}
    </Button>
  );
}
