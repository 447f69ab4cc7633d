import { CircleCheckBig } from "lucide-react";
import { useStore } from "../api/store";
import { Button } from "../parts/Button";
import { Notice } from "../parts/Notice";
import { Page } from "../parts/Page";
import { Empty, Sheet, Skeleton } from "../parts/Sheet";
import type { Kept } from "../replica/kept";
import { useKept } from "../replica/news";
import { link, syncNow } from "../replica/sync";
import { useLanguage, useWords } from "../words/language";
import { ago } from "../words/moments";
import { FateSheet } from "./FateSheet";
import { refusedPhotos, waiting } from "./outbox";
import { RefusedPhotos } from "./RefusedPhotos";

const SHOWN = 30;

async function all(kept: Kept) {
  const fates = (await kept.getAll("fates")).sort((one, other) => other.at - one.at);
  return { queued: await waiting(kept), fates, refused: await refusedPhotos(kept) };
}

/** What waits on this phone, and what became of all that was handed in. */
export default function OutboxPage() {
  const words = useWords();
  const language = useLanguage();
  const { reached, said } = useStore(link);
  const found = useKept(all);
  if (!found) return <Skeleton lines={6} />;
  const toSee = found.fates.filter(({ seen }) => !seen);
  const over = found.fates.filter(({ seen }) => seen).slice(0, SHOWN);
  return (
    <Page title={words.outbox.title}>
      {!reached && <Notice tone="warn" title={words.app.offline}>{words.outbox.offline}</Notice>}
      {said && <Notice tone="danger" title={words.outbox.notTaken}>{said}</Notice>}
      {toSee.map((fate) => (
        <FateSheet key={fate.record.operationId} fate={fate} />
      ))}
      {found.refused.length > 0 && <RefusedPhotos photos={found.refused} />}
      {found.queued.length === 0 && toSee.length === 0 && found.refused.length === 0 && (
        <Empty sign={<CircleCheckBig />} title={words.outbox.empty}>{words.outbox.emptyHint}</Empty>
      )}
      {found.queued.length > 0 && (
        <Sheet title={words.outbox.waiting(found.queued.length)}>
          <ul className="divide-y divide-line">
            {found.queued.map(({ record, about, doneAt, tried }) => (
              <li key={record.operationId} className="py-3">
                <p className="font-semibold">{words.deeds[record.type]}</p>
                <p className="truncate text-quiet" dir="auto">{about}</p>
                <p className="text-sm text-quiet">
                  {ago(doneAt, language)}
                  {tried > 0 && ` · ${words.outbox.deferred}`}
                </p>
              </li>
            ))}
          </ul>
          <Button look="plain" className="w-full" onClick={() => syncNow()}>{words.outbox.now}</Button>
        </Sheet>
      )}
      {over.length > 0 && (
        <Sheet title={words.outbox.handedIn}>
          <ul className="divide-y divide-line">
            {over.map(({ record, about, answer, at }) => (
              <li key={record.operationId} className="py-3">
                <p className="flex justify-between gap-3">
                  <span className="font-semibold">{words.deeds[record.type]}</span>
                  <span className="text-sm text-quiet">{words.fates[answer.state]}</span>
                </p>
                <p className="truncate text-quiet" dir="auto">{about}</p>
                <p className="text-sm text-quiet">{ago(at, language)}</p>
              </li>
            ))}
          </ul>
        </Sheet>
      )}
    </Page>
  );
}
