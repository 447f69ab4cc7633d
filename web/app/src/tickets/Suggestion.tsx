import { Check, X, Zap } from "lucide-react";
import { Button } from "../parts/Button";
import { Notice } from "../parts/Notice";
import type { Card } from "../replica/kept";
import { useLanguage, useWords } from "../words/language";
import { percent } from "../words/moments";
import type { Foreseen } from "./foreseen";

type Shown = Foreseen["suggestions"]["cards"][number];
type Rate = NonNullable<NonNullable<Shown["reasons"]>[number]["outcomes"]>;

/** One card: why it is suggested, what fits, how it went elsewhere, and the way to begin. */
export function Suggestion(props: {
  suggestion: Shown;
  ticket: Foreseen;
  start: (card: string) => void;
}) {
  const { suggestion, ticket, start } = props;
  const words = useWords();
  const language = useLanguage();
  const { card, reasons, standing, rank, chance } = suggestion;
  const sentence = language === "hi" ? suggestion.sentenceHi : suggestion.sentence;
  if (!card) return <Notice tone="calm">{words.ticket.hidden}</Notice>;
  const outcomes = reasons?.find((one) => one.outcomes)?.outcomes;
  const tried = ticket.attempts.some((one) => one.card?.key === card.key && !one.worked);
  const followed = ticket.card?.key === card.key;
  return (
    <article className="space-y-3 rounded-2xl border border-line bg-sheet p-4">
      <p className="flex flex-wrap items-center gap-2 text-sm">
        <span className="rounded-md bg-accent-soft px-2 py-0.5 font-semibold text-accent">
          {standing ? words.standings[standing] : rank}
        </span>
        {chance != null && <span className="font-semibold">{words.ticket.chance(percent(chance, language))}</span>}
        {outcomes && <Outcomes rate={outcomes} />}
        {card.resolution.highVoltage && (
          <span className="flex items-center gap-1 font-semibold text-danger">
            <Zap aria-hidden className="size-4" />
            {words.ticket.highVoltage}
          </span>
        )}
      </p>
      <h3 className="text-lg leading-snug font-semibold">
        <CardTitle card={card} />
      </h3>
      {sentence && <p className="text-quiet">{sentence}</p>}
      {tried && <Notice tone="warn">{words.ticket.triedBefore}</Notice>}
      <details className="group">
        <summary className="flex min-h-12 items-center font-semibold text-accent">{words.ticket.why}</summary>
        <ul className="space-y-2 pb-2">
          {reasons?.map(({ kind, fits, text, textHi }) => (
            <li key={`${kind}${text}`} className="flex gap-2">
              {fits ? (
                <Check aria-label={words.ticket.fits} className="mt-1 size-4 shrink-0 text-accent" />
              ) : (
                <X aria-label={words.ticket.atOdds} className="mt-1 size-4 shrink-0 text-danger" />
              )}
              {language === "hi" ? textHi : text}
            </li>
          ))}
        </ul>
        <dl className="space-y-2 border-t border-line pt-3">
          <dt className="font-semibold">{words.ticket.cause}</dt>
          <dd>{card.cause.primary}</dd>
          {card.cause.differential.length > 0 && (
            <>
              <dt className="font-semibold">{words.ticket.lookalikes}</dt>
              {card.cause.differential.map((one) => (
                <dd key={one}>{one}</dd>
              ))}
            </>
          )}
        </dl>
      </details>
      <Button look={rank === 1 && !tried ? "main" : "plain"} className="w-full" onClick={() => start(card.key)}>
        {followed ? words.ticket.goOn : words.ticket.start(card.resolution.labourMinutes)}
      </Button>
    </article>
  );
}

function Outcomes({ rate }: { rate: Rate }) {
  const words = useWords();
  if (rate.value == null || rate.n === 0) return <span className="text-quiet">{words.ticket.untried}</span>;
  return <span className="text-quiet">{words.ticket.worksIn(Math.round(rate.value * rate.n), rate.n)}</span>;
}

/** A card's title in the reader's language; what a machine translated says so. */
export function CardTitle({ card }: { card: Card }) {
  const language = useLanguage();
  const words = useWords();
  if (language === "en" || !card.titleIn) return <span lang="en">{card.title}</span>;
  return (
    <>
      {card.titleIn.text}
      {card.titleIn.machineWritten && (
        <span className="block text-sm font-normal text-quiet">{words.ticket.machineWritten}</span>
      )}
    </>
  );
}
