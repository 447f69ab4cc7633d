import { useWords } from "../words/language";
import { ownPath } from "./paths";

interface Photo {
  key: string;
  url?: string | null;
  smallUrl?: string | null;
}

/** Photos that are kept, small; a touch opens one as it is. */
export function StoredPhotos({ photos }: { photos: readonly Photo[] }) {
  const words = useWords();
  const shown = photos.filter(({ url, smallUrl }) => url && smallUrl);
  if (shown.length === 0) return null;
  return (
    <ul className="grid grid-cols-3 gap-2 sm:grid-cols-4">
      {shown.map(({ key, url, smallUrl }, n) => (
        <li key={key}>
          <a href={ownPath(url!)} target="_blank" rel="noreferrer" className="block overflow-hidden rounded-xl border border-line">
            <img src={ownPath(smallUrl!)} alt={words.files.photo(n + 1)} loading="lazy" className="aspect-square w-full object-cover" />
          </a>
        </li>
      ))}
    </ul>
  );
}
