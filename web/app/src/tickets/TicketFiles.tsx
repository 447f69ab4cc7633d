import { useEffect, useRef } from "react";
import { useAnswer } from "../api/answer";
import { photosOf } from "../files/photos";
import { StoredPhotos } from "../files/StoredPhotos";
import { Thumb } from "../files/Thumb";
import { FilesOfTicketDocument } from "../gql/graphql";
import { Sheet } from "../parts/Sheet";
import { useKept } from "../replica/news";
import { useWords } from "../words/language";
import type { Foreseen } from "./foreseen";

/** Photos of the report and of what was tried: from the phone while they wait, from the service then. */
export function TicketFiles({ ticket }: { ticket: Foreseen }) {
  if (ticket.unread) return <Waiting report={ticket.key} />;
  // Another version may have other files, and so what was handed in just now.
  return <Stored id={ticket.key} state={`${ticket.version} ${ticket.waits}`} />;
}

function Waiting({ report }: { report: string }) {
  const words = useWords();
  const photos = useKept((kept) => photosOf(kept, report), report) ?? [];
  if (photos.length === 0) return null;
  return (
    <Sheet title={words.photos.title}>
      <ul className="grid grid-cols-3 gap-2 sm:grid-cols-4">
        {photos.map((photo, n) => (
          <li key={photo.id} className="overflow-hidden rounded-xl border border-line">
            <Thumb photo={photo} name={words.files.photo(n + 1)} />
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function Stored({ id, state }: { id: string; state: string }) {
  const words = useWords();
  const { data, again } = useAnswer(FilesOfTicketDocument, { id });
  const asked = useRef(state);
  useEffect(() => {
    if (asked.current !== state) again();
    asked.current = state;
  }, [state, again]);
  const all = [...(data?.ticket?.files ?? []), ...(data?.ticket?.attempts ?? []).flatMap(({ files }) => files)];
  const photos = all.filter(({ kind }) => kind === "PHOTO");
  if (photos.length === 0) return null;
  return <Sheet title={words.photos.title}><StoredPhotos photos={photos} /></Sheet>;
}
