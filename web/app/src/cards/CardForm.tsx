import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { change } from "../api/client";
import { useDeed, wrongAt } from "../api/refusal";
import { useStore } from "../api/store";
import { ChangeCardDocument, WriteCardDocument } from "../gql/graphql";
import { Button } from "../parts/Button";
import { Choice, TextArea, TextField } from "../parts/Field";
import { Notice } from "../parts/Notice";
import { Sheet } from "../parts/Sheet";
import { Tick } from "../parts/Tick";
import { person } from "../people/person";
import { useWords } from "../words/language";
import { dropCardDraft, keepCardDraft, openCardDraft } from "./card-draft";
import { type Content, inputOf, type Said, saidOf } from "./content";
import { type FieldName, rebase, take } from "./differences";
import { Options, PartFields } from "./PartFields";
import { StepFields } from "./StepFields";
import { TornFields } from "./TornFields";
import { useVocabulary } from "./vocabulary";
import { faultsIn } from "./faults";

/** A card by its fields. What is written outlives the tab; what somebody else wrote meanwhile stands beside it. */
export function CardForm({ card }: { card: Content | null }) {
  const words = useWords();
  const who = useStore(person)!;
  const [, go] = useLocation();
  const [draft, setDraft] = useState(() => openCardDraft(who.key, card));
  const [torn, setTorn] = useState<FieldName[]>([]);
  const [met, setMet] = useState(false);
  const [asked, setAsked] = useState(false);
  const vocabulary = useVocabulary();
  const deed = useDeed(words.desk.unreachable, draft.operation, (operation) => setDraft((now) => ({ ...now, operation })));
  const { base, said } = draft;
  const wrong = asked ? faultsIn(said, words) : {};
  useKeptDraft(() => keepCardDraft(who.key, draft), draft);

  const write = (part: Partial<Said>) => setDraft((now) => ({ ...now, said: { ...now.said, ...part } }));

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setAsked(true);
    if (Object.keys(faultsIn(said, words)).length > 0) return;
    const done = base ? await changeCard(base) : await writeCard();
    if (!done) return;
    dropCardDraft(who.key, base?.key ?? null);
    go(`/cards/${done}`, { replace: true });
  }

  async function writeCard(): Promise<string | null> {
    const told = await deed.run(
      async (operation) => (await change(WriteCardDocument, { operation, card: inputOf(said, null) })).createCard,
      "CardCreated",
    );
    return told?.__typename === "CardCreated" ? told.card.key : null;
  }

  async function changeCard(from: Content): Promise<string | null> {
    let theirs: Content | null = null;
    const told = await deed.run(async (operation) => {
      const asked = { operation, id: from.key, version: from.version, card: inputOf(said, from) };
      const { updateCard } = await change(ChangeCardDocument, asked);
      if (updateCard.__typename === "StaleVersion") theirs = updateCard.current ?? null;
      return updateCard;
    }, "CardUpdated");
    if (theirs) meet(from, theirs);
    return told?.__typename === "CardUpdated" ? told.card.key : null;
  }

  function meet(from: Content, theirs: Content) {
    const found = rebase(saidOf(from), said, saidOf(theirs));
    setTorn(found.torn);
    setMet(true);
    setDraft((now) => ({ ...now, base: theirs, said: found.said }));
  }

  const field = (name: Exclude<FieldName, "highVoltage" | "steps" | "parts">, ...paths: string[]) => ({
    label: words.cardFields[name],
    value: said[name],
    wrong: wrong[name] ?? wrongAt(deed.refused, ...paths),
    onChange: (event: { target: { value: string } }) => write({ [name]: event.target.value }),
  });
  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      {base && met && (
        <TornFields
          mine={said}
          theirs={saidOf(base)}
          torn={torn}
          settle={(name, theirsWins) => {
            if (theirsWins) setDraft((now) => ({ ...now, said: taken(now.said, saidOf(base), name) }));
            setTorn(torn.filter((one) => one !== name));
          }}
        />
      )}
      <Sheet>
        <TextField required dir="auto" maxLength={200} autoComplete="off" {...field("title", "title")} />
        <TextArea required dir="auto" maxLength={10_000} hint={words.cardForm.textHint} {...field("text", "signature.text")} />
        <TextField autoCapitalize="characters" autoComplete="off" hint={words.report.codesHint} {...field("codes", "errorCodes", "code")} />
        <div className="grid gap-4 sm:grid-cols-2 [&>*]:min-w-0">
          <Choice {...field("component", "component")}>
            <option value="" />
            <Options known={vocabulary.components} chosen={said.component} />
          </Choice>
          <Choice {...field("severity", "severity")}>
            {Object.entries(words.severities).map(([key, name]) => <option key={key} value={key}>{name}</option>)}
          </Choice>
        </div>
      </Sheet>
      <Sheet title={words.report.vehicle}>
        <div className="grid gap-4 sm:grid-cols-3 [&>*]:min-w-0">
          <TextField autoComplete="off" maxLength={80} {...field("make", "make")} />
          <TextField autoComplete="off" maxLength={80} {...field("model", "model")} />
          <TextField autoComplete="off" inputMode="numeric" {...field("year", "year")} />
        </div>
      </Sheet>
      <Sheet>
        <TextArea required dir="auto" maxLength={2_000} {...field("cause", "cause.primary")} />
        <TextArea dir="auto" hint={words.cardForm.lineEach} {...field("lookalikes", "differential")} />
      </Sheet>
      <Sheet title={words.steps.title}>
        <div className="grid gap-4 sm:grid-cols-2 [&>*]:min-w-0">
          <Choice {...field("kind", "resolution.type")}>
            {Object.entries(words.solutionTypes).map(([key, name]) => <option key={key} value={key}>{name}</option>)}
          </Choice>
          <TextField inputMode="numeric" autoComplete="off" {...field("minutes", "labourMinutes")} />
        </div>
        <Tick label={words.cardFields.highVoltage} checked={said.highVoltage} tick={(highVoltage) => write({ highVoltage })} />
        <div role="alert">
          {(wrong.steps ?? wrongAt(deed.refused, "steps")) && (
            <Notice tone="danger">{wrong.steps ?? wrongAt(deed.refused, "steps")}</Notice>
          )}
        </div>
        <StepFields
          steps={said.steps}
          wrong={(n) => wrongAt(deed.refused, `steps.${n}.action`, `steps.${n}.minutes`, `steps.${n}.tools`)}
          write={(steps) => write({ steps })}
        />
      </Sheet>
      <Sheet title={words.cards.parts}>
        <PartFields
          parts={said.parts}
          known={vocabulary.parts}
          wrong={(n) => wrongAt(deed.refused, `parts.${n}.part`, `parts.${n}.quantity`)}
          write={(parts) => write({ parts })}
        />
      </Sheet>
      <div role="alert">
        {deed.refused && !met && <Notice tone="danger">{deed.refused.message}</Notice>}
        {asked && Object.keys(wrong).length > 0 && <Notice tone="danger">{words.cardForm.lookAbove}</Notice>}
      </div>
      <Button type="submit" className="w-full" disabled={deed.busy || torn.length > 0}>
        {torn.length > 0 ? words.cardForm.chooseFirst(torn.length) : base ? words.cardForm.keep : words.cardForm.go}
      </Button>
      {!base && <p className="text-center text-quiet">{words.cardForm.goHint}</p>}
    </form>
  );
}

/** Keep what is written after each change, not when the form opens. */
function useKeptDraft(keep: () => void, draft: unknown): void {
  const first = useRef(draft);
  useEffect(() => {
    if (first.current !== draft) keep();
    // Each draft is another value.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [draft]);
}

function taken(said: Said, from: Said, name: FieldName): Said {
  const next = { ...said };
  take(next, from, name);
  return next;
}
