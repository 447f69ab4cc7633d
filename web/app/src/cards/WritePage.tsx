import { SearchX } from "lucide-react";
import { useAnswer } from "../api/answer";
import { useStore } from "../api/store";
import { OneCardDocument } from "../gql/graphql";
import { Failed } from "../parts/Failed";
import { Notice } from "../parts/Notice";
import { Page } from "../parts/Page";
import { Empty, Skeleton } from "../parts/Sheet";
import { person } from "../people/person";
import { useWords } from "../words/language";
import { CardForm } from "./CardForm";
import { mayChange, mayWrite } from "./rights";

/** Write a card, or change one. */
export default function WritePage({ card: key }: { card?: string }) {
  const words = useWords();
  const who = useStore(person)!;
  if (key) return <Changed id={key} />;
  return (
    <Page title={words.cardForm.fresh} back="/cards">
      {mayWrite(who) ? <CardForm card={null} /> : <Notice tone="warn">{words.cardForm.notYours}</Notice>}
    </Page>
  );
}

function Changed({ id }: { id: string }) {
  const words = useWords();
  const who = useStore(person)!;
  const { data, failed, said, again } = useAnswer(OneCardDocument, { id });
  const card = data?.card;
  return (
    <Page title={words.cardForm.change} back={`/cards/${id}`}>
      {failed && !said && <Failed again={again} />}
      {!data && !failed && <Skeleton lines={10} />}
      {(said || card === null) && <Empty sign={<SearchX />} title={words.cards.missing}>{said ?? words.cards.missingHint}</Empty>}
      {card && !mayChange(who, card) && <Notice tone="warn">{words.cardForm.notYours}</Notice>}
      {card && card.vehicles.pageInfo.hasNextPage && <Notice tone="warn">{words.cardForm.tooWide}</Notice>}
      {card && mayChange(who, card) && !card.vehicles.pageInfo.hasNextPage && <CardForm card={card} />}
    </Page>
  );
}
