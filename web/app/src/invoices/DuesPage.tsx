import { BadgeCheck } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import { useAnswer } from "../api/answer";
import { type DueAge, DueNowDocument } from "../gql/graphql";
import { Failed } from "../parts/Failed";
import { More } from "../parts/More";
import { Page } from "../parts/Page";
import { Empty, Sheet, Skeleton } from "../parts/Sheet";
import { useWords } from "../words/language";
import { rupees } from "../words/money";

/** What customers owe, by its age. */
export default function DuesPage() {
  const words = useWords();
  const [age, setAge] = useState<DueAge | null>(null);
  const [after, setAfter] = useState<(string | null)[]>([null]);
  const { data, failed, again } = useAnswer(DueNowDocument, { age, after: after.at(-1) ?? null });
  const choose = (chosen: DueAge) => {
    setAge(age === chosen ? null : chosen);
    setAfter([null]);
  };
  return (
    <Page title={words.dues.title}>
      {failed && <Failed again={again} />}
      {!data && !failed && <Skeleton lines={8} />}
      {data && (
        <>
          <Sheet>
            <p className="text-quiet">{words.dues.owed}</p>
            <p className="text-3xl font-bold tabular-nums">{rupees(data.dues.owed.paise)}</p>
            <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
              {data.dues.ages.map((one) => (
                <button
                  key={one.age}
                  type="button"
                  aria-pressed={age === one.age}
                  onClick={() => choose(one.age)}
                  className={`min-h-12 rounded-xl border p-3 text-left ${age === one.age ? "border-accent bg-accent-soft" : "border-line"}`}
                >
                  <span className="block text-sm text-quiet">{words.ages[one.age]}</span>
                  <span className="block font-semibold tabular-nums">{rupees(one.amount.paise)}</span>
                </button>
              ))}
            </div>
          </Sheet>
          {data.dueInvoices.edges.length === 0 && (
            <Empty sign={<BadgeCheck />} title={words.dues.empty}>{words.dues.emptyHint}</Empty>
          )}
          <ul className="space-y-3">
            {data.dueInvoices.edges.map(({ node: { invoice, days, amount } }, n) => (
              <li key={invoice?.key ?? n}>
                <Link
                  href={`/invoices/${invoice?.key}`}
                  className="flex justify-between gap-3 rounded-2xl border border-line bg-sheet p-4 hover:border-accent active:bg-accent-soft"
                >
                  <span className="min-w-0">
                    <span className="block truncate text-lg font-semibold" dir="auto">{invoice?.customer.name}</span>
                    <span className="text-sm text-quiet">{invoice?.number} · {words.dues.days(days)}</span>
                  </span>
                  <span className="shrink-0 text-lg font-semibold tabular-nums">{rupees(amount.paise)}</span>
                </Link>
              </li>
            ))}
          </ul>
          <More places={after} go={setAfter} page={data.dueInvoices.pageInfo} />
        </>
      )}
    </Page>
  );
}
