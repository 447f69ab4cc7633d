import { SearchX } from "lucide-react";
import { useState } from "react";
import { useAnswer } from "../api/answer";
import { BestCardsDocument, type FoundCardFragment, ListCardsDocument, SearchCardsDocument } from "../gql/graphql";
import { Failed } from "../parts/Failed";
import { More } from "../parts/More";
import { Notice } from "../parts/Notice";
import { Empty, Skeleton } from "../parts/Sheet";
import { useWords } from "../words/language";
import { CardRow } from "./CardRow";
import { fits, type Wanted } from "./wanted";

/** What helped most often, before anything is looked for. */
export function BestCards() {
  const words = useWords();
  const { data, failed, again } = useAnswer(BestCardsDocument, {});
  if (failed) return <Failed again={again} />;
  if (!data) return <Skeleton lines={8} />;
  return (
    <>
      <h2 className="text-lg font-semibold">{words.cards.best}</h2>
      <Rows cards={data.bestCards} />
    </>
  );
}

/** What words found, by meaning and by the words themselves. */
export function SearchedCards({ wanted }: { wanted: Wanted }) {
  const words = useWords();
  const { text, make } = wanted;
  const { data, failed, again } = useAnswer(SearchCardsDocument, { text, make: make || null });
  if (failed) return <Failed again={again} />;
  if (!data) return <Skeleton lines={8} />;
  const { search } = data;
  if (search.__typename !== "SearchResult") {
    return <div role="alert"><Notice tone="danger">{search.message}</Notice></div>;
  }
  const found = search.cards.flatMap(({ card }) => (card && fits(card, wanted) ? [card] : []));
  return (
    <>
      {search.degraded && <Notice tone="warn">{words.cards.degraded}</Notice>}
      <p role="status" className="text-quiet">{words.cards.found(found.length)}</p>
      <Rows cards={found} />
    </>
  );
}

/** What has a code, or is of a vehicle. */
export function ListedCards({ wanted: { code, make, model } }: { wanted: Wanted }) {
  const [after, setAfter] = useState<(string | null)[]>([null]);
  const filter = { code: code || null, make: make || null, model: model || null };
  const { data, failed, said, again } = useAnswer(ListCardsDocument, { filter, after: after.at(-1) ?? null });
  if (said) return <div role="alert"><Notice tone="danger">{said}</Notice></div>;
  if (failed) return <Failed again={again} />;
  if (!data) return <Skeleton lines={8} />;
  return (
    <>
      <Rows cards={data.cards.edges.map(({ node }) => node)} />
      <More places={after} go={setAfter} page={data.cards.pageInfo} />
    </>
  );
}

function Rows({ cards }: { cards: FoundCardFragment[] }) {
  const words = useWords();
  if (cards.length === 0) {
    return <Empty sign={<SearchX />} title={words.cards.none}>{words.cards.noneHint}</Empty>;
  }
  return (
    <ul className="space-y-3">
      {cards.map((card) => <li key={card.key}><CardRow card={card} /></li>)}
    </ul>
  );
}
