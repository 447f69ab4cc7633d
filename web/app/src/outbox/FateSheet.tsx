import { useLocation } from "wouter";
import { useStore } from "../api/store";
import { Button } from "../parts/Button";
import { Notice } from "../parts/Notice";
import { person } from "../people/person";
import { openKept } from "../replica/kept";
import { keepDraft, openDraft } from "../reports/draft";
import { useWords } from "../words/language";
import type { Fate } from "./operations";
import { beginPhotosAnew } from "../files/photos";
import { markSeen } from "./outbox";

/** A deed that was refused, or met somebody else's: with why, and with both words. */
export function FateSheet({ fate }: { fate: Fate }) {
  const words = useWords();
  const who = useStore(person)!;
  const [, go] = useLocation();
  const { record, about, answer } = fate;

  async function seen() {
    await markSeen(await openKept(who.key), record.operationId);
  }

  async function again() {
    if (record.type !== "reportFailure") return;
    const { text, codes, vehicle } = record.data.report;
    const { make = "", model = "", year = "" } = vehicle ?? {};
    const draft = openDraft(who.key);
    await beginPhotosAnew(await openKept(who.key), record.operationId, draft.id);
    keepDraft(who.key, { ...draft, text, codes: codes.join(" "), make, model, year: String(year) });
    await seen();
    go("/report");
  }

  return (
    <section className="space-y-3 rounded-2xl border border-line bg-sheet p-4">
      <Notice tone={answer.state === "REFUSED" ? "danger" : "warn"} title={words.fates[answer.state]}>
        {answer.reason && <p>{answer.reason}</p>}
        {answer.field && <p className="text-sm">{answer.field}</p>}
      </Notice>
      <p className="font-semibold">{words.deeds[record.type]}</p>
      <p dir="auto" className="[overflow-wrap:anywhere] text-quiet">{about}</p>
      {answer.state === "CONFLICT" && (
        <div className="grid gap-3 sm:grid-cols-2">
          <Said name={words.outbox.mine} value={answer.mine} />
          <Said name={words.outbox.theirs} value={answer.theirs} />
        </div>
      )}
      <div className="flex flex-wrap gap-3">
        {record.type === "reportFailure" && answer.state === "REFUSED" && (
          <Button className="grow" onClick={again}>{words.outbox.again}</Button>
        )}
        <Button look="plain" className="grow" onClick={seen}>{words.outbox.seen}</Button>
      </div>
    </section>
  );
}

/** One side of a conflict, a line for each thing that it says. */
function Said({ name, value }: { name: string; value: unknown }) {
  const lines = flatten(value);
  return (
    <div className="rounded-xl bg-paper p-3">
      <p className="font-semibold">{name}</p>
      <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-sm">
        {lines.map(([path, said]) => (
          <div key={path} className="contents">
            <dt className="text-quiet">{path}</dt>
            <dd className="[overflow-wrap:anywhere]">{said}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function flatten(value: unknown, path = ""): [string, string][] {
  if (value === null || value === undefined) return [];
  if (typeof value !== "object") return [[path, String(value)]];
  return Object.entries(value).flatMap(([name, part]) => flatten(part, path ? `${path}.${name}` : name));
}
