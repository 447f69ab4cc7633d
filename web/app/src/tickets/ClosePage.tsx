import { type SubmitEvent, useState } from "react";
import { useLocation } from "wouter";
import { operationId } from "../api/operation-id";
import type { Deed } from "../outbox/operations";
import { Button } from "../parts/Button";
import { TextArea, TextField } from "../parts/Field";
import { Page } from "../parts/Page";
import { Sheet, Skeleton } from "../parts/Sheet";
import { useKept } from "../replica/news";
import { useWords } from "../words/language";
import { Danger } from "./Danger";
import { doDeeds, named } from "./deeds";
import { minutesSince, readRepair, type Repair } from "./repair";
import { Stars } from "./Stars";

const MOST_MINUTES = 1_440;

/** End the repair and hand the vehicle back. */
export default function ClosePage({ ticket: key = "" }: { ticket?: string }) {
  const words = useWords();
  const repair = useKept((kept) => readRepair(kept, key), key);
  if (!repair) return <Skeleton lines={8} />;
  return (
    <Page title={words.close.title} back={`/t/${key}`}>
      <Danger safety={repair.ticket.safety} short />
      <Ending repair={repair} />
    </Page>
  );
}

function Ending({ repair }: { repair: Repair }) {
  const words = useWords();
  const [, go] = useLocation();
  const [ids] = useState(() => [operationId(), operationId()] as const);
  const [minutes, setMinutes] = useState(() => String(minutesSince(repair.progress.beganAt)));
  const [stars, setStars] = useState<number | null>(null);
  const [asked, setAsked] = useState(false);
  const { ticket, card } = repair;
  const resolved = ticket.ticketStatus === "RESOLVED";
  const fits = /^\d{1,4}$/.test(minutes) && Number(minutes) >= 1 && Number(minutes) <= MOST_MINUTES;

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setAsked(true);
    if (!fits && !resolved) return;
    const said = new FormData(event.currentTarget);
    const of = (name: string) => String(said.get(name) ?? "").trim();
    const cause = of("cause");
    const outcome = { worked: true, minutes: Number(minutes), notes: of("notes"), card: card?.key ?? null, ...(cause && { cause }) };
    const ending: [string, Deed][] = resolved
      ? []
      : [[ids[0], { type: "resolveTicket", data: { ...named(ticket), outcome } }]];
    const closing: Deed = { type: "closeTicket", data: { ...named(ticket, ending.length), stars } };
    if (await doDeeds(ticket, [...ending, [ids[1], closing]])) go(`/t/${ticket.key}`);
  }

  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      {!resolved && (
        <Sheet>
          <TextField
            label={words.close.minutes}
            hint={words.close.minutesHint}
            wrong={asked && !fits ? words.close.minutesWrong : undefined}
            inputMode="numeric"
            required
            value={minutes}
            onChange={(event) => setMinutes(event.target.value.trim())}
          />
          <TextField label={words.close.cause} name="cause" maxLength={500} dir="auto" />
          <TextArea label={words.close.notes} name="notes" maxLength={10_000} dir="auto" />
        </Sheet>
      )}
      <Stars chosen={stars} choose={setStars} />
      <Button type="submit" className="w-full">{words.close.go}</Button>
    </form>
  );
}
