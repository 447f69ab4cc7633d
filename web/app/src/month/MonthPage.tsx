import { CalendarOff } from "lucide-react";
import { useState } from "react";
import { useAnswer } from "../api/answer";
import { MonthReportDocument, type MonthReportQuery } from "../gql/graphql";
import { TextField } from "../parts/Field";
import { Failed } from "../parts/Failed";
import { Page } from "../parts/Page";
import { Empty, Sheet, Skeleton } from "../parts/Sheet";
import { Sums } from "../parts/Sums";
import { useWords } from "../words/language";
import { rupees } from "../words/money";
import { ReturnFiles } from "./ReturnFiles";

type Total = MonthReportQuery["monthReport"][number];

/** What was sold in a month by code and rate, and its GSTR-1 as files. */
export default function MonthPage() {
  const words = useWords();
  const [month, setMonth] = useState(lastMonth);
  const { data, failed, said, again } = useAnswer(MonthReportDocument, { month });
  const totals = data?.monthReport;
  return (
    <Page title={words.month.title} back="/invoices">
      <Sheet>
        <TextField
          label={words.month.which}
          type="month"
          required
          value={month}
          onChange={(event) => event.target.value && setMonth(event.target.value)}
        />
      </Sheet>
      {failed && <Failed again={again} said={said} />}
      {!totals && !failed && <Skeleton lines={6} />}
      {totals?.length === 0 && <Empty sign={<CalendarOff />} title={words.month.empty}>{words.month.emptyHint}</Empty>}
      {totals && totals.length > 0 && <Totals totals={totals} />}
      <ReturnFiles key={month} month={month} />
    </Page>
  );
}

function Totals({ totals }: { totals: Total[] }) {
  const words = useWords();
  const sum = (of: (one: Total) => number) => totals.reduce((all, one) => all + of(one), 0);
  return (
    <Sheet>
      <ul className="divide-y divide-line">
        {totals.map((one) => (
          <li key={`${one.hsn} ${one.rate}`} className="flex justify-between gap-3 py-2 tabular-nums">
            <span>
              {one.hsn} <span className="text-quiet">· {one.rate} % · {words.month.lines(one.lines)}</span>
            </span>
            <span className="shrink-0">{rupees(one.taxable.paise)}</span>
          </li>
        ))}
      </ul>
      <Sums
        of={[
          [words.month.taxable, sum((one) => one.taxable.paise)],
          ["CGST", sum((one) => one.cgst.paise)],
          ["SGST", sum((one) => one.sgst.paise)],
          ["IGST", sum((one) => one.igst.paise)],
          [words.month.total, sum((one) => one.taxable.paise + one.cgst.paise + one.sgst.paise + one.igst.paise)],
        ]}
      />
    </Sheet>
  );
}

/** The month before this one, by India's calendar: the one whose return is due. */
function lastMonth(): string {
  const [year, month] = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Kolkata", year: "numeric", month: "2-digit" })
    .format()
    .split("-")
    .map(Number) as [number, number];
  return month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, "0")}`;
}
