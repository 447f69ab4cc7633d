import { Camera, ImagePlus, X } from "lucide-react";
import { type ChangeEvent, type ReactNode, useState } from "react";
import { useStore } from "../api/store";
import { PhoneFull, phoneFull } from "../outbox/room";
import { Sheet } from "../parts/Sheet";
import { person } from "../people/person";
import { openKept } from "../replica/kept";
import { useKept } from "../replica/news";
import { syncNow } from "../replica/sync";
import { useWords } from "../words/language";
import { dropPhoto, keepPhoto, MOST_PHOTOS, onTheWay, type Photo, photosOf } from "./photos";
import { LargePhoto, shrink } from "./shrink";
import { Thumb } from "./Thumb";

interface Unread {
  name: string;
  why: string;
}

/** Photos of a form: taken or chosen, made small, kept on the phone, sent when there is a network. */
export function PhotoField({ owner, tell }: { owner: string; tell: (busy: boolean) => void }) {
  const words = useWords();
  const who = useStore(person)!;
  const photos = useKept((kept) => photosOf(kept, owner), owner) ?? [];
  const [unread, setUnread] = useState<Unread[]>([]);
  const [reading, setReading] = useState(0);
  const room = MOST_PHOTOS - photos.length;

  async function add(event: ChangeEvent<HTMLInputElement>) {
    const chosen = [...(event.target.files ?? [])];
    event.target.value = "";
    const wrong: Unread[] = chosen.slice(room).map(({ name }) => ({ name, why: words.photos.most(MOST_PHOTOS) }));
    tell(true);
    // One after the other: a phone has no room for ten at once.
    for (const [n, file] of chosen.slice(0, room).entries()) {
      setReading(Math.min(chosen.length, room) - n);
      const why = await keep(file);
      if (why) wrong.push({ name: file.name, why });
    }
    setReading(0);
    setUnread(wrong);
    tell(false);
    void syncNow();
  }

  async function keep(file: File): Promise<string | null> {
    try {
      const small = await shrink(file);
      await keepPhoto(await openKept(who.key), owner, small);
    } catch (error) {
      if (!(error instanceof PhoneFull)) return error instanceof LargePhoto ? words.photos.large : words.photos.none;
      phoneFull.set(true);
      return words.photos.full;
    }
    return null;
  }

  return (
    <Sheet title={words.photos.title}>
      {photos.length > 0 && (
        <ul className="grid grid-cols-2 gap-3 sm:grid-cols-3">
          {photos.map((photo, n) => (
            <li key={photo.id}>
              <Kept photo={photo} number={n + 1} drop={async () => dropPhoto(await openKept(who.key), photo.id)} />
            </li>
          ))}
        </ul>
      )}
      <p role="status" className="text-quiet">{reading > 0 ? words.photos.reading(reading) : ""}</p>
      <div role="alert" className="space-y-1 text-sm text-danger">
        {unread.map(({ name, why }, n) => (
          <p key={n} className="[overflow-wrap:anywhere]"><bdi>{name}</bdi>: {why}</p>
        ))}
      </div>
      {room > 0 && (
        <div className="grid grid-cols-2 gap-3">
          <Picker name={words.photos.take} sign={<Camera aria-hidden className="size-5" />} camera add={add} busy={reading > 0} />
          <Picker name={words.photos.choose} sign={<ImagePlus aria-hidden className="size-5" />} add={add} busy={reading > 0} />
        </div>
      )}
      <p className="text-sm text-quiet">{words.photos.hint}</p>
    </Sheet>
  );
}

function Picker(props: {
  name: string;
  sign: ReactNode;
  camera?: boolean;
  busy: boolean;
  add: (event: ChangeEvent<HTMLInputElement>) => void;
}) {
  const { name, sign, camera, busy, add } = props;
  return (
    <label className="inline-flex min-h-12 items-center justify-center gap-2 rounded-xl border border-line bg-sheet px-3 py-2 text-center font-semibold has-disabled:opacity-60 has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent active:bg-accent-soft">
      <input
        type="file"
        accept="image/*,.heic,.heif"
        className="sr-only"
        disabled={busy}
        onChange={add}
        {...(camera ? { capture: "environment" as const } : { multiple: true })}
      />
      {sign}
      {name}
    </label>
  );
}

/** One that is kept: how far it is, and the way to take it away. */
function Kept({ photo, number, drop }: { photo: Photo; number: number; drop: () => void }) {
  const words = useWords();
  const going = useStore(onTheWay);
  const part = going?.id === photo.id ? going.part : null;
  return (
    <figure className="space-y-1">
      <div className="relative overflow-hidden rounded-xl border border-line bg-paper">
        <Thumb photo={photo} name={words.files.photo(number)} />
        <button
          type="button"
          aria-label={words.photos.drop(number)}
          onClick={drop}
          className="absolute top-0 right-0 grid size-12 place-items-center rounded-bl-xl bg-sheet text-ink active:bg-danger-soft"
        >
          <X aria-hidden />
        </button>
      </div>
      {part !== null && <progress value={part} aria-label={words.photos.going} className="h-2 w-full accent-(--color-accent)" />}
      <figcaption className={`text-sm ${photo.refused === undefined ? "text-quiet" : "text-danger"}`}>
        {photo.refused !== undefined ? words.photos.refused(photo.refused) : photo.file ? words.photos.sent : words.photos.waits}
      </figcaption>
    </figure>
  );
}
