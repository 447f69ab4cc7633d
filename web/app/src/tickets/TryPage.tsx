import { type SubmitEvent, useState } from "react";
import { useLocation } from "wouter";
import { operationId } from "../api/operation-id";
import type { Deed } from "../outbox/operations";
import { Button } from "../parts/Button";
import { TextArea } from "../parts/Field";
import { Page } from "../parts/Page";
import { Sheet, Skeleton } from "../parts/Sheet";
import { useKept } from "../replica/news";
import { useWords } from "../words/language";
import { CardTitle } from "./Suggestion";
import { Danger } from "./Danger";
import { doDeeds, named } from "./deeds";
import { minutesSince, readRepair } from "./repair";

/** Say that what was tried did not help: the next card is then read with that in mind. */
export default function TryPage({ ticket: key = "" }: { ticket?: string }) {
  const words = useWords();
  const [, go] = useLocation();
  const [id] = useState(() => operationId());
  const repair = useKept((kept) => readRepair(kept, key), key);
  if (!repair) return <Skeleton lines={6} />;
  const { ticket, card, progress } = repair;

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const notes = String(new FormData(event.currentTarget).get("notes") ?? "").trim();
    const minutes = minutesSince(progress.beganAt);
    const attempt = { worked: false, notes, card: card?.key ?? null, minutes };
    const deed: Deed = { type: "recordAttempt", data: { ...named(ticket), attempt } };
    if (await doDeeds(ticket, [[id, deed]])) go(`/t/${ticket.key}`);
  }

  return (
    <Page title={words.attempt.title} back={`/t/${key}`}>
      <Danger safety={ticket.safety} short />
      <form onSubmit={submit} className="space-y-4">
        <Sheet title={words.attempt.what}>
          <p>{card ? <CardTitle card={card} /> : words.ticket.ownWay}</p>
          <TextArea label={words.attempt.notes} hint={words.attempt.notesHint} name="notes" maxLength={10_000} dir="auto" />
        </Sheet>
        <Button type="submit" className="w-full">{words.attempt.keep}</Button>
      </form>
    </Page>
  );
}
