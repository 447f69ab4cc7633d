import { type SubmitEvent, useState } from "react";
import { change } from "../api/client";
import { useDeed, wrongAt } from "../api/refusal";
import { IssueCreditNoteDocument } from "../gql/graphql";
import { Button } from "../parts/Button";
import { TextField } from "../parts/Field";
import { Notice } from "../parts/Notice";
import { Sheet } from "../parts/Sheet";
import { useWords } from "../words/language";
import type { Invoice } from "./InvoicePage";

/** Take back what is left of an invoice. */
export function CreditForm({ invoice, close }: { invoice: Invoice; close: (done: boolean) => void }) {
  const words = useWords();
  const deed = useDeed(words.desk.unreachable);
  const [reason, setReason] = useState("");
  const [asked, setAsked] = useState(false);
  const missing = asked && !reason.trim() ? words.credit.reasonMissing : undefined;

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setAsked(true);
    if (!reason.trim()) return;
    const given = { invoice: invoice.key, reason: reason.trim() };
    const done = await deed.run(
      async (operation) => (await change(IssueCreditNoteDocument, { operation, ...given })).issueCreditNote,
      "CreditNoteIssued",
    );
    if (done) close(true);
  }

  const at = wrongAt(deed.refused, "reason");
  return (
    <form onSubmit={submit} noValidate>
      <Sheet title={words.credit.title}>
        <p>{words.credit.lead}</p>
        <TextField
          label={words.credit.reason}
          required
          dir="auto"
          maxLength={200}
          wrong={missing ?? at}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <div role="alert">{deed.refused && !at && <Notice tone="danger">{deed.refused.message}</Notice>}</div>
        <div className="grid gap-3 sm:grid-cols-2">
          <Button type="submit" look="danger" disabled={deed.busy}>{words.credit.go}</Button>
          <Button look="plain" onClick={() => close(false)}>{words.app.close}</Button>
        </div>
      </Sheet>
    </form>
  );
}
