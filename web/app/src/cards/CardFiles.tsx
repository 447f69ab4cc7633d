import { FileText, Film } from "lucide-react";
import { Sheet } from "../parts/Sheet";
import { StoredPhotos } from "../files/StoredPhotos";
import { ownPath } from "../files/paths";
import { useWords } from "../words/language";
import type { Card } from "./CardPage";

/** What shows the failure: readings, photos, videos, logs. */
export function CardFiles({ card: { evidence } }: { card: Card }) {
  const words = useWords();
  const photos = evidence.photos.flatMap(({ file }) => (file ? [file] : []));
  const others = [...evidence.videos, ...evidence.sensorLogs].flatMap(({ file }) => (file?.url ? [file] : []));
  if (photos.length === 0 && others.length === 0 && evidence.readings.length === 0) return null;
  return (
    <Sheet title={words.cards.evidence}>
      {evidence.readings.length > 0 && (
        <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 tabular-nums">
          {evidence.readings.map(({ name, value, unit }, n) => (
            <div key={n} className="contents">
              <dt className="text-quiet" dir="auto">{name}</dt>
              <dd className="text-right">{[value, unit].filter((one) => one != null).join(" ")}</dd>
            </div>
          ))}
        </dl>
      )}
      <StoredPhotos photos={photos} />
      {others.map(({ key, url, length }, n) => (
        <a key={key} href={ownPath(url!)} className="flex min-h-12 items-center gap-3 font-semibold text-accent">
          {n < evidence.videos.length ? <Film aria-hidden /> : <FileText aria-hidden />}
          {words.files.fetch(Math.ceil(length / 1024))}
        </a>
      ))}
    </Sheet>
  );
}
