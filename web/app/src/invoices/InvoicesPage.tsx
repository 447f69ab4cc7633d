import { ReceiptIndianRupee } from "lucide-react";
import { useState } from "react";
import { useAnswer } from "../api/answer";
import { type InvoiceRowFragment, InvoicesDocument, type InvoiceStatus } from "../gql/graphql";
import { LinkButton } from "../parts/Button";
import { Choice, TextField } from "../parts/Field";
import { Failed } from "../parts/Failed";
import { More } from "../parts/More";
import { Page } from "../parts/Page";
import { RowLink } from "../parts/RowLink";
import { Empty, Sheet, Skeleton } from "../parts/Sheet";
import { useLanguage, useWords } from "../words/language";
import { calendarDay } from "../words/moments";
import { rupees } from "../words/money";

interface Chosen {
  status?: InvoiceStatus;
  since?: string;
  until?: string;
  number?: string;
}

/** What was billed, the newest first. */
export default function InvoicesPage() {
  const words = useWords();
  const [chosen, setChosen] = useState<Chosen>({});
  const [after, setAfter] = useState<(string | null)[]>([null]);
  const { data, failed, again } = useAnswer(InvoicesDocument, { filter: chosen, after: after.at(-1) ?? null });

  function choose(part: Chosen) {
    const next = Object.entries({ ...chosen, ...part }).filter(([, value]) => value);
    setChosen(Object.fromEntries(next));
    setAfter([null]);
  }

  const found = data?.invoices.edges.map(({ node }) => node);
  return (
    <Page title={words.invoices.title} aside={<LinkButton to="/month" look="plain">{words.month.open}</LinkButton>}>
      <Sheet>
        <div className="grid grid-cols-2 gap-4 [&>*]:min-w-0">
          <Choice
            label={words.invoices.status}
            value={chosen.status ?? ""}
            onChange={(event) => choose({ status: (event.target.value || undefined) as InvoiceStatus })}
          >
            <option value="">{words.invoices.any}</option>
            {Object.entries(words.invoiceStatuses).map(([status, name]) => (
              <option key={status} value={status}>{name}</option>
            ))}
          </Choice>
          <TextField
            label={words.invoices.number}
            maxLength={16}
            value={chosen.number ?? ""}
            onChange={(event) => choose({ number: event.target.value.trim() })}
          />
          <TextField
            label={words.invoices.since}
            type="date"
            onChange={(event) => choose({ since: event.target.value })}
          />
          <TextField
            label={words.invoices.until}
            type="date"
            onChange={(event) => choose({ until: event.target.value })}
          />
        </div>
      </Sheet>
      {failed && <Failed again={again} />}
      {!found && !failed && <Skeleton lines={8} />}
      {found?.length === 0 && (
        <Empty sign={<ReceiptIndianRupee />} title={words.invoices.empty}>{words.invoices.emptyHint}</Empty>
      )}
      <ul className="space-y-3">
        {found?.map((one) => <li key={one.key}><InvoiceRow invoice={one} /></li>)}
      </ul>
      <More places={after} go={setAfter} page={data?.invoices.pageInfo} />
    </Page>
  );
}

function InvoiceRow({ invoice }: { invoice: InvoiceRowFragment }) {
  const words = useWords();
  const language = useLanguage();
  return (
    <RowLink to={`/invoices/${invoice.key}`}>
      <span className="flex items-center justify-between gap-3 text-sm text-quiet">
        <InvoiceState invoice={invoice} />
        <time dateTime={invoice.day} className="shrink-0">{calendarDay(invoice.day, language)}</time>
      </span>
      <span className="mt-2 flex items-baseline justify-between gap-3 text-lg font-semibold">
        <span className="truncate" dir="auto">{invoice.customer.name}</span>
        <span className="shrink-0 tabular-nums">{rupees(invoice.totals.payable.paise)}</span>
      </span>
      <span className="mt-1 flex justify-between gap-3 text-sm text-quiet">
        {invoice.number}
        {invoice.due && invoice.due.paise > 0 && (
          <span className="font-semibold text-warn">{words.invoices.dueOf(rupees(invoice.due.paise))}</span>
        )}
      </span>
    </RowLink>
  );
}

export function InvoiceState({ invoice }: { invoice: Pick<InvoiceRowFragment, "kind" | "invoiceStatus"> }) {
  const words = useWords();
  const said = invoice.invoiceStatus ? words.invoiceStatuses[invoice.invoiceStatus] : words.papers[invoice.kind];
  const owed = invoice.invoiceStatus === "ISSUED" || invoice.invoiceStatus === "PARTLY_PAID";
  return (
    <span className={`shrink-0 rounded-md px-2 py-0.5 font-semibold ${owed ? "bg-warn-soft text-warn" : "bg-accent-soft text-accent"}`}>
      {said}
    </span>
  );
}
