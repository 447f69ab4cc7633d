import { type SubmitEvent, useState } from "react";
import { change } from "../api/client";
import { useDeed, wrongAt } from "../api/refusal";
import { type PaymentMethod, RecordPaymentDocument } from "../gql/graphql";
import { Button } from "../parts/Button";
import { Choice, TextField } from "../parts/Field";
import { Notice } from "../parts/Notice";
import { Sheet } from "../parts/Sheet";
import { useWords } from "../words/language";
import { paiseOf, writtenRupees } from "../words/money";
import type { Invoice } from "./InvoicePage";

interface Part {
  amount: string;
  method: PaymentMethod;
  reference: string;
}

const MOST_PARTS = 10;
const METHODS: PaymentMethod[] = ["UPI", "CASH", "CARD", "TRANSFER", "TDS"];

/** Give where the API says that a part stands. */
const placeOf = (n: number) => (n === 0 ? "payment" : `also.${n - 1}`);

/** Write down what came in; one visit may pay by several methods. */
export function PaymentForm({ invoice, close }: { invoice: Invoice; close: (done: boolean) => void }) {
  const words = useWords();
  const deed = useDeed(words.desk.unreachable);
  const [parts, setParts] = useState<Part[]>([
    { amount: writtenRupees(invoice.due?.paise ?? 0), method: "UPI", reference: "" },
  ]);
  const [asked, setAsked] = useState(false);
  const amounts = parts.map(({ amount }) => paiseOf(amount));

  const write = (at: number, part: Partial<Part>) =>
    setParts(parts.map((one, n) => (n === at ? { ...one, ...part } : one)));

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setAsked(true);
    if (amounts.some((paise) => !paise)) return;
    const [payment, ...also] = parts.map(({ method, reference }, n) => ({
      amount: amounts[n]!,
      method,
      ...(reference.trim() && { reference: reference.trim() }),
    }));
    const given = { invoice: invoice.key, payment: payment!, also: also.length > 0 ? also : null };
    const done = await deed.run(
      async (operation) => (await change(RecordPaymentDocument, { operation, ...given })).recordPayment,
      "PaymentRecorded",
    );
    if (done) close(true);
  }

  const elsewhere = deed.refused && !wrongAt(deed.refused, "amount", "reference");
  return (
    <form onSubmit={submit} noValidate>
      <Sheet title={words.payment.title}>
        {parts.map((part, n) => (
          <fieldset key={n} className="grid gap-4 sm:grid-cols-3">
            <legend className="sr-only">{words.payment.part(n + 1)}</legend>
            <TextField
              label={words.payment.amount}
              inputMode="decimal"
              required
              wrong={asked && !amounts[n] ? words.payment.amountWrong : wrongAt(deed.refused, `${placeOf(n)}.amount`)}
              value={part.amount}
              onChange={(event) => write(n, { amount: event.target.value })}
            />
            <Choice
              label={words.payment.method}
              value={part.method}
              onChange={(event) => write(n, { method: event.target.value as PaymentMethod })}
            >
              {METHODS.map((method) => <option key={method} value={method}>{words.methods[method]}</option>)}
            </Choice>
            <TextField
              label={words.payment.reference}
              maxLength={64}
              wrong={wrongAt(deed.refused, `${placeOf(n)}.reference`)}
              value={part.reference}
              onChange={(event) => write(n, { reference: event.target.value })}
            />
          </fieldset>
        ))}
        {parts.length < MOST_PARTS && (
          <Button look="plain" onClick={() => setParts([...parts, { amount: "", method: "CASH", reference: "" }])}>
            {words.payment.also}
          </Button>
        )}
        <div role="alert">{elsewhere && <Notice tone="danger">{deed.refused!.message}</Notice>}</div>
        <div className="grid gap-3 sm:grid-cols-2">
          <Button type="submit" disabled={deed.busy}>{words.payment.go}</Button>
          <Button look="plain" onClick={() => close(false)}>{words.app.close}</Button>
        </div>
      </Sheet>
    </form>
  );
}
