import { useLocation } from "wouter";
import { useAnswer } from "../api/answer";
import { change } from "../api/client";
import { useDeed } from "../api/refusal";
import { DraftOfDocument, type DraftOfQuery, IssueInvoiceDocument } from "../gql/graphql";
import { Lines } from "../invoices/Lines";
import { Button } from "../parts/Button";
import { Failed } from "../parts/Failed";
import { Notice } from "../parts/Notice";
import { Page } from "../parts/Page";
import { Sheet, Skeleton } from "../parts/Sheet";
import { useWords } from "../words/language";
import { TermsForm } from "./TermsForm";

/** What a repair's bill will say, who pays it, and its issue. */
export default function DraftPage({ ticket: key = "" }: { ticket?: string }) {
  const words = useWords();
  const { data, failed, again } = useAnswer(DraftOfDocument, { ticket: key });
  const draft = data?.draft;
  return (
    <Page title={words.drafts.one} back="/drafts">
      {failed && <Failed again={again} />}
      {!data && !failed && <Skeleton lines={8} />}
      {data && <Bill estimate={data.estimate} />}
      {draft && !draft.customer?.masked && <TermsForm key={draft.version} draft={draft} kept={again} />}
      {draft && data.estimate.__typename === "Estimate" && <Issue ticket={key} ready={Boolean(draft.customer)} />}
      {data && !draft && <Notice tone="calm">{words.drafts.gone}</Notice>}
    </Page>
  );
}

function Bill({ estimate }: { estimate: DraftOfQuery["estimate"] }) {
  const words = useWords();
  if (estimate.__typename !== "Estimate") return <Notice tone="warn">{estimate.message}</Notice>;
  return (
    <Sheet title={words.invoices.lines}>
      {estimate.unpriced.length > 0 && (
        <Notice tone="warn" title={words.drafts.unpriced}>{estimate.unpriced.join(", ")}</Notice>
      )}
      {estimate.totals && <Lines lines={estimate.lines} totals={estimate.totals} />}
    </Sheet>
  );
}

/** Issue what the draft says: it never changes from then on. */
function Issue({ ticket, ready }: { ticket: string; ready: boolean }) {
  const words = useWords();
  const [, go] = useLocation();
  const deed = useDeed(words.desk.unreachable);

  async function issue() {
    const issued = await deed.run(
      async (operation) => (await change(IssueInvoiceDocument, { operation, ticket })).issueInvoice,
      "InvoiceIssued",
    );
    if (issued?.__typename === "InvoiceIssued") go(`/invoices/${issued.invoice.key}`);
  }

  return (
    <div className="space-y-3">
      <p className="text-quiet">{ready ? words.drafts.issueHint : words.drafts.customerFirst}</p>
      <div role="alert">{deed.refused && <Notice tone="danger">{deed.refused.message}</Notice>}</div>
      <Button className="w-full" disabled={!ready || deed.busy} onClick={issue}>{words.drafts.issue}</Button>
    </div>
  );
}
