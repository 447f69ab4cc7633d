import { Check, ChevronLeft, Clock, ShieldAlert, Wrench } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { Button, LinkButton } from "../parts/Button";
import { Page } from "../parts/Page";
import { Skeleton } from "../parts/Sheet";
import { useKept } from "../replica/news";
import { useLanguage, useWords } from "../words/language";
import { clock } from "../words/moments";
import { Danger } from "./Danger";
import { keepProgress, readRepair, type Repair } from "./repair";
import { isSafe, SafetyGate } from "./SafetyGate";

const SETTLE_MS = 400;

/** The steps of the card that is followed, one a screen; high voltage is made safe first. */
export default function StepsPage({ ticket: key = "" }: { ticket?: string }) {
  const words = useWords();
  const repair = useKept((kept) => readRepair(kept, key), key);
  if (repair === undefined) return <Skeleton lines={8} />;
  const card = repair?.card;
  if (!repair || !card) {
    return (
      <Page title={words.steps.title} back={`/t/${key}`}>
        <p>{words.steps.none}</p>
        <LinkButton to={`/t/${key}`}>{words.app.back}</LinkButton>
      </Page>
    );
  }
  const gated = card.resolution.highVoltage && !isSafe(repair.progress);
  return (
    <Page title={words.steps.title} back={`/t/${key}`}>
      <Danger safety={repair.ticket.safety} short />
      {gated ? <SafetyGate progress={repair.progress} /> : <Steps repair={repair} />}
    </Page>
  );
}

function Steps({ repair }: { repair: Repair }) {
  const words = useWords();
  const language = useLanguage();
  const [, go] = useLocation();
  const { progress, ticket } = repair;
  const steps = repair.card!.resolution.steps;
  const first = steps.findIndex(({ number }) => progress.done[number] === undefined);
  const [at, setAt] = useState(first === -1 ? steps.length - 1 : first);
  const [settled, setSettled] = useState(true);
  const step = steps[at];
  if (!step) return <LinkButton to={`/t/${ticket.key}/close`}>{words.ticket.fixed}</LinkButton>;
  const doneAt = progress.done[step.number];

  function show(next: number) {
    setAt(next);
    // A second tap of a double tap is meant for the step before.
    setSettled(false);
    window.setTimeout(() => setSettled(true), SETTLE_MS);
  }

  async function tick() {
    if (!settled) return;
    if (doneAt === undefined) {
      await keepProgress({ ...progress, done: { ...progress.done, [step!.number]: Date.now() } });
    }
    if (at + 1 < steps.length) show(at + 1);
    else go(`/t/${ticket.key}/close`);
  }

  return (
    <>
      <p className="text-quiet" id="where">
        {words.steps.where(at + 1, steps.length)}
      </p>
      <div aria-hidden className="flex gap-1">
        {steps.map(({ number }, n) => (
          <span
            key={number}
            className={`h-2 grow rounded-full ${progress.done[number] ? "bg-accent" : n === at ? "bg-ink" : "bg-line"}`}
          />
        ))}
      </div>
      <section aria-labelledby="where" aria-live="polite" className="min-h-64 space-y-4 rounded-2xl border border-line bg-sheet p-5">
        {step.safety && (
          <p className="flex items-center gap-2 font-bold text-danger">
            <ShieldAlert aria-hidden /> {words.steps.safety}
          </p>
        )}
        <p className="text-xl leading-relaxed font-medium">
          {language === "hi" && step.actionIn ? step.actionIn.text : <span lang="en">{step.action}</span>}
        </p>
        {step.tools.length > 0 && (
          <p className="flex items-start gap-2 text-quiet">
            <Wrench aria-label={words.steps.tools} className="mt-1 size-4 shrink-0" />
            {step.tools.map((tool) => tool.replaceAll("_", " ")).join(", ")}
          </p>
        )}
        <p className="flex items-center gap-2 text-quiet">
          <Clock aria-hidden className="size-4" />
          {words.ticket.minutes(step.minutes)}
        </p>
        {doneAt !== undefined && (
          <p className="flex items-center gap-2 font-semibold text-accent">
            <Check aria-hidden className="size-5" /> {words.steps.doneAt(clock(doneAt, language))}
          </p>
        )}
      </section>
      <div className="grid grid-cols-[auto_1fr] gap-3">
        <Button look="plain" aria-label={words.steps.before} disabled={at === 0} onClick={() => show(at - 1)}>
          <ChevronLeft aria-hidden />
        </Button>
        <Button aria-disabled={!settled} onClick={tick}>{at + 1 < steps.length ? words.steps.next : words.steps.last}</Button>
      </div>
      <LinkButton to={`/t/${ticket.key}/try`} look="plain" className="w-full">
        {words.ticket.failed}
      </LinkButton>
    </>
  );
}
