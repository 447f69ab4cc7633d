import { ListChecks } from "lucide-react";
import { useState } from "react";
import { useAnswer } from "../api/answer";
import { change } from "../api/client";
import { useDeed } from "../api/refusal";
import { CloseReviewDocument, ReviewQueueDocument, type ReviewQueueQuery, VerifyCardDocument } from "../gql/graphql";
import { Button } from "../parts/Button";
import { Failed } from "../parts/Failed";
import { Notice } from "../parts/Notice";
import { Page } from "../parts/Page";
import { Empty, Sheet, Skeleton } from "../parts/Sheet";
import { useLanguage, useWords } from "../words/language";
import { ago } from "../words/moments";
import { useKeys } from "./keys";
import { ReviewedCard } from "./ReviewedCard";

type Review = ReviewQueueQuery["reviewQueue"]["edges"][number]["node"];

/** What waits for a second pair of eyes, one at a time, by single keys. */
export default function ReviewPage() {
  const words = useWords();
  const { data, failed, again } = useAnswer(ReviewQueueDocument, { after: null });
  // The queue lets go of an entry a moment after its deed: what was done here is not shown again.
  const [done, setDone] = useState<string[]>([]);
  const found = data?.reviewQueue.edges.map(({ node }) => node).filter(({ id }) => !done.includes(id));
  const dealt = (id: string) => {
    setDone([...done, id]);
    again();
  };
  return (
    <Page title={words.review.title}>
      {failed && <Failed again={again} />}
      {!found && !failed && <Skeleton lines={8} />}
      {found?.length === 0 && (
        <Empty sign={<ListChecks />} title={words.review.empty}>{words.review.emptyHint}</Empty>
      )}
      {found && found.length > 0 && <Queue reviews={found} more={data!.reviewQueue.pageInfo.hasNextPage} dealt={dealt} />}
    </Page>
  );
}

function Queue({ reviews, more, dealt }: { reviews: Review[]; more: boolean; dealt: (id: string) => void }) {
  const words = useWords();
  const language = useLanguage();
  const deed = useDeed(words.desk.unreachable);
  const [place, setPlace] = useState(0);
  const at = Math.min(place, reviews.length - 1);
  const { id, card, other, kind, reason, at: since } = reviews[at]!;
  const mayVerify = card?.cardStatus === "DRAFT" || card?.cardStatus === "PROVISIONAL";

  async function verify() {
    if (!card || !mayVerify || deed.busy) return;
    const asked = { card: card.key, version: card.version };
    const done = await deed.run(
      async (operation) => (await change(VerifyCardDocument, { operation, ...asked })).verifyCard,
      "CardVerified",
    );
    if (done) dealt(id);
  }

  async function close() {
    if (deed.busy) return;
    const done = await deed.run(
      async (operation) => (await change(CloseReviewDocument, { operation, review: id })).closeReview,
      "ReviewClosed",
    );
    if (done) dealt(id);
  }

  const forth = () => setPlace(Math.min(at + 1, reviews.length - 1));
  const back = () => setPlace(Math.max(at - 1, 0));
  useKeys({ j: forth, k: back, v: () => void verify(), c: () => void close() });
  return (
    <>
      <p role="status" className="text-quiet">{words.review.where(at + 1, reviews.length, more)}</p>
      <Sheet title={words.reviewKinds[kind]}>
        <p dir="auto">{reason}</p>
        <p className="text-sm text-quiet">{ago(since, language)}</p>
      </Sheet>
      {card && <ReviewedCard card={card} />}
      {other && <ReviewedCard card={other} title={words.review.other} />}
      <div role="alert">{deed.refused && <Notice tone="danger">{deed.refused.message}</Notice>}</div>
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Keyed letter="K" disabled={at === 0} onClick={back}>{words.review.back}</Keyed>
        <Keyed letter="J" disabled={at === reviews.length - 1} onClick={forth}>{words.review.forth}</Keyed>
        <Keyed letter="C" disabled={deed.busy} onClick={close}>{words.review.close}</Keyed>
        <Keyed letter="V" main disabled={!mayVerify || deed.busy} onClick={verify}>{words.review.verify}</Keyed>
      </div>
    </>
  );
}

function Keyed(props: { letter: string; main?: boolean; disabled: boolean; onClick: () => void; children: string }) {
  return (
    <Button
      look={props.main ? "main" : "plain"}
      aria-keyshortcuts={props.letter}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      {props.children}
      <kbd aria-hidden className="rounded border border-current px-1.5 text-sm">{props.letter}</kbd>
    </Button>
  );
}
