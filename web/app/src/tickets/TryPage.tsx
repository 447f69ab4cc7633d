import { type SubmitEvent, useState } from "react";
import { useLocation } from "wouter";
import { operationId } from "../api/operation-id";
import type { Deed } from "../outbox/operations";
import { handPhotosOver } from "../files/photos";
import { PhotoField } from "../files/PhotoField";
import { Button } from "../parts/Button";
import { TextArea } from "../parts/Field";
import { Page } from "../parts/Page";
import { Sheet, Skeleton } from "../parts/Sheet";
import { person } from "../people/person";
import { openKept } from "../replica/kept";
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
  const [busy, setBusy] = useState(false);
  const repair = useKept((kept) => readRepair(kept, key), key);
  if (!repair) return <Skeleton lines={6} />;
  const { ticket, card, progress } = repair;
  // The form has no id that outlives its tab: its photos are found by the ticket.
  const form = `try of ${ticket.key}`;

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const notes = String(new FormData(event.currentTarget).get("notes") ?? "").trim();
    const minutes = minutesSince(progress.beganAt);
    const attempt = { worked: false, notes, card: card?.key ?? null, minutes };
    const deed: Deed = { type: "recordAttempt", data: { ...named(ticket), attempt } };
    const kept = await openKept(person.get()!.key);
    await handPhotosOver(kept, form, id);
    if (await doDeeds(ticket, [[id, deed]])) go(`/t/${ticket.key}`);
    else await handPhotosOver(kept, id, form);
  }

  return (
    <Page title={words.attempt.title} back={`/t/${key}`}>
      <Danger safety={ticket.safety} short />
      <form onSubmit={submit} className="space-y-4">
        <Sheet title={words.attempt.what}>
          <p>{card ? <CardTitle card={card} /> : words.ticket.ownWay}</p>
          <TextArea label={words.attempt.notes} hint={words.attempt.notesHint} name="notes" maxLength={10_000} dir="auto" />
        </Sheet>
        <PhotoField owner={form} tell={setBusy} />
        <Button type="submit" className="w-full" disabled={busy}>{words.attempt.keep}</Button>
      </form>
    </Page>
  );
}
