import { dropPhoto, type Photo } from "../files/photos";
import { Thumb } from "../files/Thumb";
import { Button } from "../parts/Button";
import { Notice } from "../parts/Notice";
import { Sheet } from "../parts/Sheet";
import { person } from "../people/person";
import { openKept } from "../replica/kept";
import { useWords } from "../words/language";

/** Photos that the service did not take; what they belonged to went without them. */
export function RefusedPhotos({ photos }: { photos: Photo[] }) {
  const words = useWords();
  return (
    <Sheet>
      <Notice tone="danger" title={words.photos.wentWithout} />
      <ul className="space-y-4">
        {photos.map((photo, n) => (
          <li key={photo.id} className="grid grid-cols-[6rem_1fr] items-center gap-3">
            <Thumb photo={photo} name={words.files.photo(n + 1)} />
            <div className="space-y-2">
              <p className="text-danger">{words.photos.refused(photo.refused ?? "")}</p>
              <Button look="plain" onClick={() => void seen(photo.id)}>{words.outbox.seen}</Button>
            </div>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

async function seen(id: string): Promise<void> {
  await dropPhoto(await openKept(person.get()!.key), id);
}
