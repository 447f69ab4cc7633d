import { useWords } from "../words/language";
import { Button } from "./Button";

type Place = string | null;

/** The page of a list before and after this one. */
export function More(props: {
  places: Place[];
  go: (places: Place[]) => void;
  page?: { hasNextPage: boolean; endCursor?: string | null };
}) {
  const { places, go, page } = props;
  const words = useWords();
  if (places.length === 1 && !page?.hasNextPage) return null;
  return (
    <div className="grid grid-cols-2 gap-3">
      <Button look="plain" disabled={places.length === 1} onClick={() => go(places.slice(0, -1))}>
        {words.desk.newer}
      </Button>
      <Button
        look="plain"
        disabled={!page?.hasNextPage}
        onClick={() => go([...places, page?.endCursor ?? null])}
      >
        {words.desk.older}
      </Button>
    </div>
  );
}
