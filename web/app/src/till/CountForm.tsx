import { type SubmitEvent, useState } from "react";
import { change } from "../api/client";
import { useDeed, wrongAt } from "../api/refusal";
import { type CashTaker, CloseTillDocument } from "../gql/graphql";
import { Button } from "../parts/Button";
import { Choice, TextField } from "../parts/Field";
import { Notice } from "../parts/Notice";
import { Sheet } from "../parts/Sheet";
import { useWords } from "../words/language";
import { paiseOf, rupees, writtenRupees } from "../words/money";
import type { Till } from "./TillPage";

const TAKERS: CashTaker[] = ["BANK", "OWNER"];

/** Close the till: what was counted, what stays in it, and why it is not what was expected. */
export function CountForm({ till, done }: { till: Till; done: () => void }) {
  const words = useWords();
  const deed = useDeed(words.desk.unreachable);
  const [counted, setCounted] = useState("");
  const [left, setLeft] = useState(writtenRupees(Math.max(till.opening.paise, 0)));
  const [taker, setTaker] = useState<CashTaker>("BANK");
  const [reason, setReason] = useState("");
  const [asked, setAsked] = useState(false);
  const [count, rest] = [paiseOf(counted), paiseOf(left)];
  const difference = count === null ? 0 : count - till.expected.paise;
  const missing = asked && difference !== 0 && !reason.trim() ? words.till.reasonMissing : undefined;

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setAsked(true);
    if (count === null || rest === null || (difference !== 0 && !reason.trim())) return;
    const given = { counted: count, left: rest, takenTo: taker, reason: reason.trim() || null, day: till.day };
    const closed = await deed.run(
      async (operation) => (await change(CloseTillDocument, { operation, till: given })).closeTill,
      "TillClosed",
    );
    if (closed) done();
  }

  const elsewhere = deed.refused && !wrongAt(deed.refused, "counted", "left", "reason");
  return (
    <form onSubmit={submit} noValidate>
      <Sheet title={words.till.close}>
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={words.till.counted}
            inputMode="decimal"
            required
            wrong={asked && count === null ? words.payment.amountWrong : wrongAt(deed.refused, "counted")}
            value={counted}
            onChange={(event) => setCounted(event.target.value)}
          />
          <TextField
            label={words.till.left}
            hint={words.till.leftHint}
            inputMode="decimal"
            required
            wrong={asked && rest === null ? words.payment.amountWrong : wrongAt(deed.refused, "left")}
            value={left}
            onChange={(event) => setLeft(event.target.value)}
          />
        </div>
        <Choice label={words.till.taker} value={taker} onChange={(event) => setTaker(event.target.value as CashTaker)}>
          {TAKERS.map((one) => <option key={one} value={one}>{words.till.takers[one]}</option>)}
        </Choice>
        {difference !== 0 && (
          <>
            <Notice tone="warn">{words.till.differs(rupees(Math.abs(difference)), difference > 0)}</Notice>
            <TextField
              label={words.till.reason}
              required
              dir="auto"
              maxLength={500}
              wrong={missing ?? wrongAt(deed.refused, "reason")}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          </>
        )}
        <div role="alert">{elsewhere && <Notice tone="danger">{deed.refused!.message}</Notice>}</div>
        <Button type="submit" disabled={deed.busy} className="w-full">{words.till.go}</Button>
      </Sheet>
    </form>
  );
}
