import { FilePen } from "lucide-react";
import { useState } from "react";
import { useAnswer } from "../api/answer";
import { DraftsDocument } from "../gql/graphql";
import { Failed } from "../parts/Failed";
import { More } from "../parts/More";
import { Page } from "../parts/Page";
import { RowLink } from "../parts/RowLink";
import { Empty, Skeleton } from "../parts/Sheet";
import { useLanguage, useWords } from "../words/language";
import { ago } from "../words/moments";

/** What waits to be billed, the newest first. */
export default function DraftsPage() {
  const words = useWords();
  const language = useLanguage();
  const [after, setAfter] = useState<(string | null)[]>([null]);
  const { data, failed, again } = useAnswer(DraftsDocument, { after: after.at(-1) ?? null });
  const found = data?.drafts.edges.map(({ node }) => node);
  return (
    <Page title={words.drafts.title}>
      {failed && <Failed again={again} />}
      {!found && !failed && <Skeleton lines={8} />}
      {found?.length === 0 && (
        <Empty sign={<FilePen />} title={words.drafts.empty}>{words.drafts.emptyHint}</Empty>
      )}
      <ul className="space-y-3">
        {found?.map((draft) => {
          const { make, model, year } = draft.ticket?.vehicle ?? {};
          return (
            <li key={draft.ticketKey}>
              <RowLink to={`/drafts/${draft.ticketKey}`}>
                <span className="flex justify-between gap-3 text-sm text-quiet">
                  <span className="truncate">{[make, model, year].filter(Boolean).join(" ")}</span>
                  <time dateTime={draft.changedAt} className="shrink-0">{ago(draft.changedAt, language)}</time>
                </span>
                <span className="mt-1 block truncate text-lg font-semibold" dir="auto">
                  {draft.customer?.name ?? words.drafts.nobody}
                </span>
                <span className="line-clamp-2 text-quiet" dir="auto">{draft.ticket?.text}</span>
              </RowLink>
            </li>
          );
        })}
      </ul>
      <More places={after} go={setAfter} page={data?.drafts.pageInfo} />
    </Page>
  );
}
