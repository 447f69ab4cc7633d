import { type SubmitEvent, useState } from "react";
import { change } from "../api/client";
import { useDeed, wrongAt } from "../api/refusal";
import { EditDraftDocument } from "../gql/graphql";
import { Button } from "../parts/Button";
import { TextField } from "../parts/Field";
import { Notice } from "../parts/Notice";
import { Sheet } from "../parts/Sheet";
import { useWords } from "../words/language";
import { paiseOf } from "../words/money";
import { CUSTOMER, type Draft, saidIn, type Said, termsOf } from "./terms";

/** Who pays, and what is taken off. */
export function TermsForm({ draft, kept }: { draft: Draft; kept: () => void }) {
  const words = useWords();
  const deed = useDeed(words.desk.unreachable);
  const [said, setSaid] = useState<Said>(() => saidIn(draft));
  const [asked, setAsked] = useState(false);
  const wrong: Partial<Said> = {};
  if (!said.name.trim()) wrong.name = words.drafts.nameMissing;
  if (paiseOf(said.labourDiscount) === null) wrong.labourDiscount = words.payment.amountWrong;

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setAsked(true);
    if (Object.keys(wrong).length > 0) return;
    const given = { ticket: draft.ticketKey, version: draft.version, invoice: termsOf(draft, said) };
    const done = await deed.run(
      async (operation) => (await change(EditDraftDocument, { operation, ...given })).editDraft,
      "DraftEdited",
    );
    if (done) kept();
  }

  const field = (name: keyof Said) => ({
    label: name === "labourDiscount" ? words.drafts.labourDiscount : words.customer[name],
    value: said[name],
    wrong: (asked ? wrong[name] : undefined) ?? wrongAt(deed.refused, name),
    onChange: (event: { target: { value: string } }) => setSaid({ ...said, [name]: event.target.value }),
  });
  const placed = [...CUSTOMER, "labourDiscount"].some((name) => wrongAt(deed.refused, name));
  return (
    <form onSubmit={submit} noValidate>
      <Sheet title={words.drafts.customer}>
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField required dir="auto" autoComplete="off" {...field("name")} />
          <TextField inputMode="tel" autoComplete="off" {...field("phone")} />
          <TextField autoCapitalize="characters" autoComplete="off" {...field("gstin")} />
          <TextField inputMode="email" autoComplete="off" {...field("email")} />
          <TextField dir="auto" autoComplete="off" {...field("address")} />
          <TextField inputMode="numeric" autoComplete="off" {...field("pincode")} />
          <TextField inputMode="numeric" autoComplete="off" {...field("state")} />
          <TextField inputMode="decimal" required autoComplete="off" {...field("labourDiscount")} />
        </div>
        <div role="alert">{deed.refused && !placed && <Notice tone="danger">{deed.refused.message}</Notice>}</div>
        <Button type="submit" look="plain" className="w-full" disabled={deed.busy}>{words.drafts.keep}</Button>
      </Sheet>
    </form>
  );
}
