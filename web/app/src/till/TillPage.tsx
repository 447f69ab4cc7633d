import { useState } from "react";
import { useAnswer } from "../api/answer";
import { TillNowDocument, type TillNowQuery } from "../gql/graphql";
import { Failed } from "../parts/Failed";
import { More } from "../parts/More";
import { Page } from "../parts/Page";
import { Sheet, Skeleton } from "../parts/Sheet";
import { Sums } from "../parts/Sums";
import { useLanguage, useWords } from "../words/language";
import { calendarDay } from "../words/moments";
import { rupees } from "../words/money";
import { Closings } from "./Closings";
import { CountForm } from "./CountForm";

export type Till = TillNowQuery["till"];

/** The cash of the day against its payments, and the closings before. */
export default function TillPage() {
  const words = useWords();
  const [after, setAfter] = useState<(string | null)[]>([null]);
  const { data, failed, said, again } = useAnswer(TillNowDocument, { after: after.at(-1) ?? null });
  const closings = data?.tillClosings.edges.map(({ node }) => node);
  return (
    <Page title={words.till.title}>
      {failed && <Failed again={again} said={said} />}
      {!data && !failed && <Skeleton lines={10} />}
      {data && <Today till={data.till} />}
      {data && !data.till.closing && <CountForm key={`${data.till.since} ${data.till.expected.paise}`} till={data.till} done={again} />}
      {closings && closings.length > 0 && <Closings closings={closings} newest={after.length === 1} done={again} />}
      <More places={after} go={setAfter} page={data?.tillClosings.pageInfo} />
    </Page>
  );
}

function Today({ till }: { till: Till }) {
  const words = useWords();
  const language = useLanguage();
  const moved = till.methods.filter(({ came, went }) => came.paise || went.paise);
  return (
    <Sheet title={words.till.from(calendarDay(till.since, language), calendarDay(till.day, language))}>
      {moved.length === 0 && <p className="text-quiet">{words.till.nothing}</p>}
      <dl className="space-y-1 tabular-nums">
        {moved.map(({ method, came, went }) => (
          <div key={method} className="flex justify-between gap-3">
            <dt>{words.methods[method]}</dt>
            <dd>
              {rupees(came.paise)}
              {went.paise > 0 && <span className="text-quiet"> − {rupees(went.paise)}</span>}
            </dd>
          </div>
        ))}
      </dl>
      <Sums of={[[words.till.opening, till.opening.paise], [words.till.expected, till.expected.paise]]} />
    </Sheet>
  );
}
