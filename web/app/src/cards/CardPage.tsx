import { SearchX } from "lucide-react";
import { Link } from "wouter";
import { useAnswer } from "../api/answer";
import { change } from "../api/client";
import { useDeed } from "../api/refusal";
import { useStore } from "../api/store";
import { OneCardDocument, type OneCardQuery, PublishCardDocument } from "../gql/graphql";
import { Button, LinkButton } from "../parts/Button";
import { Failed } from "../parts/Failed";
import { Notice } from "../parts/Notice";
import { Page } from "../parts/Page";
import { Empty, Sheet, Skeleton } from "../parts/Sheet";
import { person } from "../people/person";
import { useLanguage, useWords } from "../words/language";
import { ago } from "../words/moments";
import { CardFiles } from "./CardFiles";
import { CardHistory } from "./CardHistory";
import { Stand } from "./CardRow";
import { PartsUsed } from "./PartsUsed";
import { mayChange } from "./rights";
import { Title } from "./Title";

export type Card = NonNullable<OneCardQuery["card"]>;

/** A card: its danger first, then what to do, on what, how it went, and how it came to be. */
export default function CardPage({ card: key = "" }: { card?: string }) {
  const words = useWords();
  const { data, failed, said, again } = useAnswer(OneCardDocument, { id: key });
  const card = data?.card;
  return (
    <Page title={words.cards.one} back="/cards">
      {failed && !said && <Failed again={again} />}
      {!data && !failed && <Skeleton lines={10} />}
      {(said || card === null) && (
        <Empty sign={<SearchX />} title={words.cards.missing}>{said ?? words.cards.missingHint}</Empty>
      )}
      {card && <Shown card={card} again={again} />}
    </Page>
  );
}

function Shown({ card, again }: { card: Card; again: () => void }) {
  const words = useWords();
  const who = useStore(person);
  const own = who?.key === card.provenance.author;
  return (
    <>
      {card.mergedInto && (
        <Notice tone="warn" title={words.cards.mergedInto}>
          <Link href={`/cards/${card.mergedInto.key}`} className="flex min-h-12 items-center font-semibold underline" dir="auto">
            {card.mergedInto.title}
          </Link>
        </Notice>
      )}
      {card.recheck && <Notice tone="warn" title={words.reviewKinds.RECHECK}>{card.recheck}</Notice>}
      <Safety card={card} />
      <Sheet>
        <p className="flex flex-wrap items-center gap-2 text-sm text-quiet">
          <Stand status={card.cardStatus} />
          {words.cardSources[card.source]}
          {card.synthetic && <span>{words.cards.synthetic}</span>}
        </p>
        <h2 className="text-xl leading-snug font-bold [overflow-wrap:anywhere]" dir="auto"><Title card={card} /></h2>
        <p className="whitespace-pre-line [overflow-wrap:anywhere]" dir="auto">{card.signature.text}</p>
        <Signs card={card} />
      </Sheet>
      <Cause card={card} />
      <Steps card={card} />
      <PartsUsed parts={card.resolution.parts} />
      <Fits card={card} />
      <CardFiles card={card} />
      <Results card={card} own={own} />
      <CardHistory card={card} />
      {mayChange(who, card) && <Changes card={card} again={again} />}
    </>
  );
}

function Safety({ card }: { card: Card }) {
  const words = useWords();
  const hindi = useLanguage() === "hi";
  const steps = card.resolution.steps.filter(({ safety }) => safety);
  if (!card.resolution.highVoltage && steps.length === 0) return null;
  return (
    <Notice tone="danger" title={card.resolution.highVoltage ? words.ticket.highVoltage : words.steps.safety}>
      <ul className="list-disc space-y-1 pl-5">
        {steps.map((step) => (
          <li key={step.number} dir="auto">{(hindi && step.actionIn?.text) || step.action}</li>
        ))}
      </ul>
    </Notice>
  );
}

function Signs({ card: { signature } }: { card: Card }) {
  const told = [
    ...signature.errorCodes.map(({ key, code }) => [key, code] as const),
    ...signature.symptoms.map(({ key, text }) => [key, text] as const),
    ...(signature.component ? [[signature.component.key, signature.component.name] as const] : []),
  ];
  if (told.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-2">
      {told.map(([key, text]) => (
        <li key={key} className="rounded-lg bg-accent-soft px-2.5 py-1 text-sm font-medium" dir="auto">{text}</li>
      ))}
    </ul>
  );
}

function Cause({ card: { cause } }: { card: Card }) {
  const words = useWords();
  return (
    <Sheet title={words.ticket.cause}>
      <p dir="auto">{cause.primary}</p>
      {cause.secondary.map((one) => <p key={one} dir="auto" className="text-quiet">{one}</p>)}
      {cause.differential.length > 0 && (
        <>
          <h3 className="font-semibold">{words.ticket.lookalikes}</h3>
          <ul className="list-disc space-y-1 pl-5">
            {cause.differential.map((one) => <li key={one} dir="auto">{one}</li>)}
          </ul>
        </>
      )}
      {cause.reasoning && <p dir="auto" className="text-quiet">{cause.reasoning}</p>}
    </Sheet>
  );
}

function Steps({ card: { resolution } }: { card: Card }) {
  const words = useWords();
  const hindi = useLanguage() === "hi";
  const { labourMinutes, steps, type } = resolution;
  return (
    <Sheet title={words.steps.title}>
      <p className="text-quiet">
        {words.solutionTypes[type]}
        {labourMinutes > 0 && ` · ${words.ticket.minutes(labourMinutes)}`}
      </p>
      {steps.length === 0 && <p>{words.cards.noSteps}</p>}
      <ol className="space-y-3">
        {steps.map((step) => (
          <li key={step.number} className="flex gap-3">
            <span
              aria-hidden
              className={`grid size-8 shrink-0 place-items-center rounded-full text-sm font-bold ${step.safety ? "bg-danger text-on-danger" : "bg-accent-soft text-accent"}`}
            >
              {step.number}
            </span>
            <span className="min-w-0 space-y-0.5 pt-1">
              {step.safety && <span className="block text-sm font-semibold text-danger">{words.steps.safety}</span>}
              <span className="block [overflow-wrap:anywhere]" dir="auto">{(hindi && step.actionIn?.text) || step.action}</span>
              {(step.tools.length > 0 || step.minutes > 0) && (
                <span className="block text-sm text-quiet">
                  {[step.minutes > 0 ? words.ticket.minutes(step.minutes) : "", step.tools.join(", ")].filter(Boolean).join(" · ")}
                </span>
              )}
            </span>
          </li>
        ))}
      </ol>
    </Sheet>
  );
}

function Fits({ card }: { card: Card }) {
  const words = useWords();
  const told = card.vehicles.edges.map(({ node: { make, model, variant, year } }) => [make, model, variant, year].filter(Boolean).join(" "));
  const named = [...new Set(told)].filter(Boolean);
  return (
    <Sheet title={words.cards.fits}>
      {named.length === 0 && <p className="text-quiet">{words.cards.anyVehicle}</p>}
      <ul className="flex flex-wrap gap-2">
        {named.map((one) => <li key={one} className="rounded-lg border border-line px-2.5 py-1">{one}</li>)}
      </ul>
      {card.vehicles.pageInfo.hasNextPage && <p className="text-quiet">{words.cards.andMore}</p>}
    </Sheet>
  );
}

function Results({ card: { effectiveness, usage }, own }: { card: Card; own: boolean }) {
  const words = useWords();
  const language = useLanguage();
  const told: [string, string | number][] = [
    [words.cards.shown, usage.matched],
    [words.cards.used, usage.used],
    [words.ticket.worked, usage.successes],
    [words.ticket.notWorked, usage.failures],
    ...(usage.meanStars == null ? [] : [[words.cards.stars, `${usage.meanStars.toFixed(1)} (${usage.ratings})`] as [string, string]]),
    ...(usage.lastUsed ? [[words.cards.lastUsed, ago(usage.lastUsed, language)] as [string, string]] : []),
  ];
  return (
    <Sheet title={own ? words.cards.ownResults : words.cards.results}>
      <p className="text-quiet">{effectiveness.proven ? words.standings.PROVEN : words.standings.UNPROVEN}</p>
      <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 tabular-nums">
        {told.map(([name, said]) => (
          <div key={name} className="contents">
            <dt className="text-quiet">{name}</dt>
            <dd className="text-right font-semibold">{said}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}

/** What whoever leads the garage may do to it. */
function Changes({ card, again }: { card: Card; again: () => void }) {
  const words = useWords();
  const deed = useDeed(words.desk.unreachable);

  async function publish() {
    const done = await deed.run(
      async (operation) => (await change(PublishCardDocument, { operation, id: card.key, version: card.version })).promoteCard,
      "CardPromoted",
    );
    if (done) again();
  }

  return (
    <>
      <div role="alert">{deed.refused && <Notice tone="danger">{deed.refused.message}</Notice>}</div>
      <div className="grid gap-3 sm:grid-cols-2">
        <LinkButton to={`/cards/${card.key}/edit`} look="plain">{words.cards.edit}</LinkButton>
        {card.cardStatus === "DRAFT" && (
          <Button disabled={deed.busy} onClick={publish}>{words.cards.publish}</Button>
        )}
      </div>
    </>
  );
}
