import { Zap } from "lucide-react";
import type { CardStatus, FoundCardFragment } from "../gql/graphql";
import { RowLink } from "../parts/RowLink";
import { useWords } from "../words/language";
import { Title } from "./Title";

/** A card in a list: what fails, why, how it went. */
export function CardRow({ card }: { card: FoundCardFragment }) {
  const words = useWords();
  const { used, successes } = card.usage;
  const models = card.vehicles.edges.map(({ node }) => [node.make, node.model].filter(Boolean).join(" "));
  const shown = [...new Set(models)].slice(0, 3).filter(Boolean);
  return (
    <RowLink to={`/cards/${card.key}`}>
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-quiet">
        <Stand status={card.cardStatus} />
        {used === 0 ? words.ticket.untried : words.ticket.worksIn(successes, used)}
        {card.resolution.highVoltage && (
          <span className="flex items-center gap-1 font-semibold text-danger">
            <Zap aria-hidden className="size-4" />
            {words.ticket.highVoltage}
          </span>
        )}
      </span>
      <span className="mt-2 block text-lg leading-snug font-semibold [overflow-wrap:anywhere]" dir="auto">
        <Title card={card} />
      </span>
      <span className="mt-1 line-clamp-2 text-quiet" dir="auto">{card.cause.primary}</span>
      <span className="mt-2 flex flex-wrap gap-2 text-sm">
        {card.signature.errorCodes.slice(0, 4).map(({ key, code }) => (
          <span key={key} className="rounded-lg bg-accent-soft px-2 py-0.5 font-medium">{code}</span>
        ))}
        {shown.length > 0 && <span className="text-quiet">{shown.join(" · ")}</span>}
        {card.synthetic && <span className="text-quiet">{words.cards.synthetic}</span>}
      </span>
    </RowLink>
  );
}

export function Stand({ status }: { status: CardStatus }) {
  const words = useWords();
  const good = status === "VERIFIED";
  return (
    <span className={`shrink-0 rounded-md px-2 py-0.5 font-semibold ${good ? "bg-accent-soft text-accent" : "bg-warn-soft text-warn"}`}>
      {words.cardStatuses[status]}
    </span>
  );
}
