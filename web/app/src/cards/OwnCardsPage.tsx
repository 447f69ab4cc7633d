import { PenLine } from "lucide-react";
import { useStore } from "../api/store";
import { LinkButton } from "../parts/Button";
import { Failed } from "../parts/Failed";
import { Page } from "../parts/Page";
import { RowLink } from "../parts/RowLink";
import { Empty, Skeleton } from "../parts/Sheet";
import { person } from "../people/person";
import { useLanguage, useWords } from "../words/language";
import { ago } from "../words/moments";
import { Stand } from "./CardRow";
import { type OwnCard, useOwnCards } from "./own-cards";
import { Title } from "./Title";

/** What became of the cards that one wrote: how often the network followed them, and with what end. */
export default function OwnCardsPage() {
  const words = useWords();
  const who = useStore(person)!;
  const { cards, failed, again } = useOwnCards(who);
  const used = cards?.reduce((sum, { usage }) => sum + usage.used, 0) ?? 0;
  const helped = cards?.reduce((sum, { usage }) => sum + usage.successes, 0) ?? 0;
  return (
    <Page title={words.ownCards.title} back="/cards">
      {failed && <Failed again={again} />}
      {!cards && !failed && <Skeleton lines={8} />}
      {cards?.length === 0 && (
        <Empty sign={<PenLine />} title={words.ownCards.empty}>
          <p className="pb-4">{words.ownCards.emptyHint}</p>
          <LinkButton to="/cards/new">{words.cards.write}</LinkButton>
        </Empty>
      )}
      {cards && cards.length > 0 && <p role="status" className="text-lg">{words.ownCards.sum(cards.length, used, helped)}</p>}
      <ul className="space-y-3">
        {cards?.map((card) => <li key={card.key}><Row card={card} /></li>)}
      </ul>
    </Page>
  );
}

function Row({ card }: { card: OwnCard }) {
  const words = useWords();
  const language = useLanguage();
  const { lastUsed, matched, successes, used } = card.usage;
  return (
    <RowLink to={`/cards/${card.key}`}>
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-quiet">
        <Stand status={card.cardStatus} />
        {lastUsed && words.ownCards.last(ago(lastUsed, language))}
      </span>
      <span className="mt-2 block text-lg leading-snug font-semibold [overflow-wrap:anywhere]" dir="auto"><Title card={card} /></span>
      <span className="mt-1 block text-quiet">
        {words.ownCards.shown(matched)} · {used === 0 ? words.ticket.untried : words.ticket.worksIn(successes, used)}
      </span>
    </RowLink>
  );
}
