import { useState } from "react";
import { useAnswer } from "../api/answer";
import { CardBetweenDocument } from "../gql/graphql";
import { Button } from "../parts/Button";
import { Failed } from "../parts/Failed";
import { Sheet, Skeleton } from "../parts/Sheet";
import { useLanguage, useWords } from "../words/language";
import { clock } from "../words/moments";
import type { Card } from "./CardPage";
import { type Difference, differencesOf } from "./differences";
import { useNaming } from "./naming";

const AT_ONCE = 10;

/** How a card came to say what it says: each version, and what it changed, when one asks. */
export function CardHistory({ card }: { card: Card }) {
  const words = useWords();
  const language = useLanguage();
  const [shown, setShown] = useState(AT_ONCE);
  const { author, createdAt } = card.provenance;
  const versions = Array.from({ length: Math.min(shown, card.version - 1) }, (_, n) => card.version - n);
  return (
    <Sheet title={words.cards.history}>
      <p className="text-quiet">
        {words.cards.writtenAt(clock(createdAt, language))} <span className="[overflow-wrap:anywhere]">{author}</span>
      </p>
      {card.verification && <p className="text-quiet">{words.cards.verifiedAt(clock(card.verification.at, language))}</p>}
      {versions.map((version) => <Change key={`${version} of ${card.version}`} card={card} version={version} />)}
      {card.version - 1 > shown && (
        <Button look="plain" className="w-full" onClick={() => setShown(shown + AT_ONCE)}>{words.cards.older}</Button>
      )}
    </Sheet>
  );
}

function Change({ card, version }: { card: Card; version: number }) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)} className="border-t border-line">
      <summary className="flex min-h-12 items-center font-semibold text-accent">{words.cards.changedIn(version)}</summary>
      {open && <Between id={card.key} version={version} />}
    </details>
  );
}

function Between({ id, version }: { id: string; version: number }) {
  const words = useWords();
  const { data, failed, again } = useAnswer(CardBetweenDocument, { id, is: version, was: version - 1 });
  const naming = useNaming();
  if (failed) return <Failed again={again} />;
  if (!data) return <Skeleton lines={2} />;
  const { is, was } = data;
  if (!was || !is) return <p className="pb-3 text-quiet">{words.cards.versionGone}</p>;
  const told = differencesOf(was, is, naming);
  return (
    <ul className="space-y-3 pb-3">
      {told.length === 0 && <li className="text-quiet">{words.cards.unchanged}</li>}
      {told.map((one) => <li key={one.name}><Shown change={one} /></li>)}
    </ul>
  );
}

function Shown({ change: { name, was, is } }: { change: Difference }) {
  const words = useWords();
  const of = (said: string) => (name === "status" ? words.cardStatuses[said as keyof typeof words.cardStatuses] : said);
  return (
    <>
      <p className="font-semibold">{words.cardFields[name]}</p>
      {was && <p dir="auto" className="whitespace-pre-line [overflow-wrap:anywhere] text-quiet line-through">{of(was)}</p>}
      {is && <p dir="auto" className="whitespace-pre-line [overflow-wrap:anywhere]">{of(is)}</p>}
    </>
  );
}
