import { FileText } from "lucide-react";
import { Link } from "wouter";
import { useState } from "react";
import { useAnswer } from "../api/answer";
import { ownPath } from "../files/paths";
import { OneInvoiceDocument, type OneInvoiceQuery } from "../gql/graphql";
import { Button } from "../parts/Button";
import { Failed } from "../parts/Failed";
import { Page } from "../parts/Page";
import { Sheet, Skeleton } from "../parts/Sheet";
import { Sums } from "../parts/Sums";
import { useLanguage, useWords } from "../words/language";
import { calendarDay } from "../words/moments";
import { rupees } from "../words/money";
import { CreditForm } from "./CreditForm";
import { InvoiceState } from "./InvoicesPage";
import { Lines } from "./Lines";
import { PaymentForm } from "./PaymentForm";

export type Invoice = NonNullable<OneInvoiceQuery["invoice"]>;

/** An invoice beside its paper: what it says, what came in, and what can be done. */
export default function InvoicePage({ invoice: key = "" }: { invoice?: string }) {
  const words = useWords();
  const { data, failed, again } = useAnswer(OneInvoiceDocument, { id: key });
  const title = data?.invoice?.number ?? words.invoices.one;
  return (
    <Page title={title} back="/invoices">
      {failed && <Failed again={again} />}
      {!data && !failed && <Skeleton lines={10} />}
      {data && !data.invoice && <p>{words.invoices.missing}</p>}
      {data?.invoice && <Shown invoice={data.invoice} again={again} />}
    </Page>
  );
}

function Shown({ invoice, again }: { invoice: Invoice; again: () => void }) {
  const words = useWords();
  const language = useLanguage();
  const { customer } = invoice;
  return (
    <>
      <Sheet>
        <div className="flex flex-wrap items-center justify-between gap-3 text-sm text-quiet">
          <span className="flex items-center gap-2">
            <InvoiceState invoice={invoice} />
            {words.papers[invoice.kind]}
          </span>
          <time dateTime={invoice.day}>{calendarDay(invoice.day, language)}</time>
        </div>
        <p className="text-lg font-semibold" dir="auto">{customer.name}</p>
        <p className="text-quiet">{[customer.phone, customer.gstin].filter(Boolean).join(" · ")}</p>
        {invoice.reason && <p dir="auto">{invoice.reason}</p>}
        {invoice.original && (
          <Link href={`/invoices/${invoice.original.key}`} className="inline-flex min-h-12 items-center font-semibold text-accent underline">
            {words.invoices.creditOf(invoice.original.number)}
          </Link>
        )}
        <a
          href={ownPath(invoice.pdf)}
          target="_blank"
          rel="noreferrer"
          className="inline-flex min-h-12 items-center gap-2 rounded-xl border border-line px-5 font-semibold active:bg-accent-soft"
        >
          <FileText aria-hidden className="size-5" />
          {words.invoices.paper}
        </a>
      </Sheet>
      <Sheet title={words.invoices.lines}>
        <Lines lines={invoice.lines.edges.map(({ node }) => node)} totals={invoice.totals} />
      </Sheet>
      {invoice.due && <Money invoice={invoice} />}
      <Deeds invoice={invoice} again={again} />
    </>
  );
}

/** What came in, what was taken back, what is owed. */
function Money({ invoice }: { invoice: Invoice }) {
  const words = useWords();
  const language = useLanguage();
  return (
    <Sheet title={words.invoices.money}>
      <ul className="divide-y divide-line">
        {invoice.payments.map((one) => (
          <li key={one.key} className="flex justify-between gap-3 py-2">
            <span>
              {words.paymentKinds[one.paymentKind]} · {words.methods[one.method]}
              <span className="block text-sm text-quiet">{calendarDay(one.day, language)}</span>
            </span>
            <span className="tabular-nums">{rupees(one.amount.paise)}</span>
          </li>
        ))}
        {invoice.creditNotes.map((one) => (
          <li key={one.key} className="flex items-center justify-between gap-3 py-2">
            <Link href={`/invoices/${one.key}`} className="inline-flex min-h-12 items-center font-semibold text-accent underline">
              {words.papers.CREDIT_NOTE} {one.number}
            </Link>
            <span className="tabular-nums">{rupees(one.totals.payable.paise)}</span>
          </li>
        ))}
      </ul>
      <Sums
        of={[
          [words.sums.payable, invoice.totals.payable.paise],
          [words.sums.paid, invoice.paid?.paise ?? 0],
          [words.sums.credited, invoice.credited?.paise ?? 0],
          [words.sums.due, invoice.due?.paise ?? 0],
        ]}
      />
    </Sheet>
  );
}

function Deeds({ invoice, again }: { invoice: Invoice; again: () => void }) {
  const words = useWords();
  const [open, setOpen] = useState<"payment" | "credit" | null>(null);
  const over = invoice.invoiceStatus === "VOID" || invoice.invoiceStatus === "CREDITED";
  if (invoice.kind !== "INVOICE" || over) return null;
  const close = (done: boolean) => {
    setOpen(null);
    if (done) again();
  };
  if (open === "payment") return <PaymentForm invoice={invoice} close={close} />;
  if (open === "credit") return <CreditForm invoice={invoice} close={close} />;
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      {invoice.due && invoice.due.paise > 0 && (
        <Button onClick={() => setOpen("payment")}>{words.payment.title}</Button>
      )}
      <Button look="plain" onClick={() => setOpen("credit")}>{words.credit.title}</Button>
    </div>
  );
}
