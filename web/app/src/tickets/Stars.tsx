import { Star } from "lucide-react";
import { useWords } from "../words/language";

const GIVEN = [1, 2, 3, 4, 5];

/** The customer's word, if they give one. */
export function Stars({ chosen, choose }: { chosen: number | null; choose: (stars: number) => void }) {
  const words = useWords();
  return (
    <fieldset className="rounded-2xl border border-line bg-sheet p-4">
      <legend className="float-left mb-2 flex w-full justify-between font-semibold">
        {words.close.stars}{" "}
        <span className="text-sm font-normal text-quiet">{words.app.optional}</span>
      </legend>
      <div className="clear-both flex gap-1">
        {GIVEN.map((stars) => (
          <label
            key={stars}
            className="grid size-14 place-items-center rounded-xl text-accent has-focus-visible:outline-3 has-focus-visible:outline-accent active:bg-accent-soft"
          >
            <input
              type="radio"
              name="stars"
              className="sr-only"
              checked={chosen === stars}
              onChange={() => choose(stars)}
              aria-label={words.close.star(stars)}
            />
            <Star aria-hidden className="size-8" fill={chosen && stars <= chosen ? "currentColor" : "none"} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
