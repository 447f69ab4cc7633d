import { type SubmitEvent, useState } from "react";
import { useLocation } from "wouter";
import { useStore } from "../api/store";
import { PossibleDanger } from "../hazards/PossibleDanger";
import type { Report } from "../outbox/operations";
import { keepDeed } from "../outbox/outbox";
import { PhoneFull, phoneFull } from "../outbox/room";
import { PhotoField } from "../files/PhotoField";
import { Button } from "../parts/Button";
import { TextArea, TextField } from "../parts/Field";
import { Page } from "../parts/Page";
import { Sheet } from "../parts/Sheet";
import { person } from "../people/person";
import { openKept } from "../replica/kept";
import { syncNow } from "../replica/sync";
import { useWords } from "../words/language";
import { type Draft, dropDraft, keepDraft, openDraft } from "./draft";

const MOST_TEXT = 10_000;
const ABOUT = 80;

/** Take in a failure: what the rider says is enough. */
export default function ReportPage() {
  const who = useStore(person)!;
  const words = useWords();
  const [, go] = useLocation();
  const [draft, setDraft] = useState(() => openDraft(who.key));
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const wrong = wrongOf(draft, words.report);

  function write(part: Partial<Draft>) {
    const next = { ...draft, ...part };
    setDraft(next);
    keepDraft(who.key, next);
  }

  function photosCome(reading: boolean) {
    setBusy(reading);
    // They are found again by the id of the draft.
    if (reading) keepDraft(who.key, draft);
  }

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setAsked(true);
    if (Object.keys(wrong).length > 0) return;
    const said = { id: draft.id, garage: who.garage?.key ?? "", about: draft.text.slice(0, ABOUT) };
    try {
      const kept = await openKept(who.key);
      await keepDeed(kept, { type: "reportFailure", data: { report: reportOf(draft) } }, said);
    } catch (error) {
      if (!(error instanceof PhoneFull)) throw error;
      phoneFull.set(true);
      return;
    }
    phoneFull.set(false);
    dropDraft(who.key);
    void syncNow();
    go(`/t/${draft.id}`);
  }

  const field = (name: keyof Draft) => ({
    value: draft[name],
    wrong: asked ? wrong[name] : undefined,
    onChange: (event: { target: { value: string } }) => write({ [name]: event.target.value }),
  });
  return (
    <Page title={words.report.title} back="/bench">
      <form onSubmit={submit} noValidate className="space-y-4">
        <Sheet>
          <TextArea
            label={words.report.text}
            hint={words.report.textHint}
            required
            rows={6}
            dir="auto"
            {...field("text")}
          />
          <div role="alert">
            <PossibleDanger text={draft.text} />
          </div>
          <TextField
            label={words.report.codes}
            hint={words.report.codesHint}
            autoCapitalize="characters"
            autoComplete="off"
            {...field("codes")}
          />
        </Sheet>
        <PhotoField owner={draft.id} tell={photosCome} />
        <Sheet title={words.report.vehicle}>
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField label={words.report.make} autoComplete="off" {...field("make")} />
            <TextField label={words.report.model} autoComplete="off" {...field("model")} />
          </div>
          <TextField label={words.report.year} inputMode="numeric" autoComplete="off" {...field("year")} />
        </Sheet>
        <Button type="submit" className="w-full" disabled={busy}>
          {words.report.send}
        </Button>
      </form>
    </Page>
  );
}

type Wrong = Partial<Record<keyof Draft, string>>;

function wrongOf(draft: Draft, words: ReturnType<typeof useWords>["report"]): Wrong {
  const wrong: Wrong = {};
  const over = draft.text.length - MOST_TEXT;
  if (!draft.text.trim()) wrong.text = words.textMissing;
  else if (over > 0) wrong.text = words.textLong(over);
  if (draft.model.trim() && !draft.make.trim()) wrong.make = words.makeMissing;
  if (draft.year.trim() && !/^(19|20)\d\d$/.test(draft.year.trim())) wrong.year = words.yearWrong;
  return wrong;
}

function reportOf(draft: Draft): Report {
  const [make, model, year] = [draft.make.trim(), draft.model.trim(), draft.year.trim()];
  const vehicle = make
    ? { make, ...(model && { model }), ...(year && { year: Number(year) }) }
    : undefined;
  return {
    text: draft.text.trim(),
    codes: draft.codes.split(/[\s,;]+/).filter(Boolean),
    ...(vehicle && { vehicle }),
  };
}
