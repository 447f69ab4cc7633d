import { type SubmitEvent, useState } from "react";
import { change } from "../api/client";
import { useDeed, wrongAt } from "../api/refusal";
import { ReopenTillDocument, type TillDayFragment } from "../gql/graphql";
import { Button } from "../parts/Button";
import { TextField } from "../parts/Field";
import { Notice } from "../parts/Notice";
import { Sheet } from "../parts/Sheet";
import { useLanguage, useWords } from "../words/language";
import { calendarDay } from "../words/moments";
import { rupees } from "../words/money";

/** The closings, the latest first; the latest one that stands may be undone. */
export function Closings({ closings, newest, done }: { closings: TillDayFragment[]; newest: boolean; done: () => void }) {
  const words = useWords();
  const latest = newest ? closings.find(({ closing }) => closing && !closing.reopening) : undefined;
  return (
    <Sheet title={words.till.closings}>
      <ul className="divide-y divide-line">
        {closings.map((one) => (
          <li key={`${one.day} ${one.closing?.at}`} className="space-y-1 py-3">
            <Closing till={one} />
            {one === latest && <Reopen day={one.day} done={done} />}
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function Closing({ till: { day, closing } }: { till: TillDayFragment }) {
  const words = useWords();
  const language = useLanguage();
  if (!closing) return null;
  return (
    <>
      <p className="flex justify-between gap-3 font-semibold tabular-nums">
        <time dateTime={day}>{calendarDay(day, language)}</time>
        {rupees(closing.counted.paise)}
      </p>
      {closing.taken.paise > 0 && (
        <p className="text-sm text-quiet">
          {words.till.taken(rupees(closing.taken.paise))}
          {closing.takenTo && ` · ${words.till.takers[closing.takenTo]}`}
        </p>
      )}
      {closing.difference.paise !== 0 && (
        <p className="text-sm text-warn" dir="auto">
          {words.till.differs(rupees(Math.abs(closing.difference.paise)), closing.difference.paise > 0)} {closing.reason}
        </p>
      )}
      {closing.reopening && <p className="text-sm text-quiet" dir="auto">{words.till.undone} {closing.reopening.reason}</p>}
    </>
  );
}

function Reopen({ day, done }: { day: string; done: () => void }) {
  const words = useWords();
  const deed = useDeed(words.desk.unreachable);
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [asked, setAsked] = useState(false);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setAsked(true);
    if (!reason.trim()) return;
    const undone = await deed.run(
      async (operation) => (await change(ReopenTillDocument, { operation, day, reason: reason.trim() })).reopenTill,
      "TillReopened",
    );
    if (undone) done();
  }

  if (!open) return <Button look="plain" onClick={() => setOpen(true)}>{words.till.reopen}</Button>;
  const at = wrongAt(deed.refused, "reason");
  return (
    <form onSubmit={submit} noValidate className="space-y-3">
      <TextField
        label={words.till.reopenReason}
        required
        dir="auto"
        maxLength={500}
        wrong={asked && !reason.trim() ? words.till.reasonMissing : at}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <div role="alert">{deed.refused && !at && <Notice tone="danger">{deed.refused.message}</Notice>}</div>
      <div className="grid gap-3 sm:grid-cols-2">
        <Button type="submit" look="danger" disabled={deed.busy}>{words.till.reopen}</Button>
        <Button look="plain" onClick={() => setOpen(false)}>{words.app.close}</Button>
      </div>
    </form>
  );
}
