import { Plus, Trash2 } from "lucide-react";
import { Button } from "../parts/Button";
import { Choice, TextField } from "../parts/Field";
import { useWords } from "../words/language";
import type { SaidPart } from "./content";
import { Sign } from "./StepFields";
import type { Named } from "./vocabulary";

/** The parts that a fix uses up. */
export function PartFields(props: {
  parts: SaidPart[];
  known: Named[];
  wrong: (place: number) => string | undefined;
  write: (parts: SaidPart[]) => void;
}) {
  const { parts, known, wrong, write } = props;
  const words = useWords();
  const put = (at: number, part: Partial<SaidPart>) => write(parts.map((one, n) => (n === at ? { ...one, ...part } : one)));
  return (
    <>
      <ul className="space-y-4">
        {parts.map(({ part, quantity }, n) => (
          <li key={n} className="grid grid-cols-[1fr_5rem_3rem] items-end gap-3 [&>*]:min-w-0">
            <Choice label={words.cardForm.part(n + 1)} value={part} wrong={wrong(n)} onChange={(event) => put(n, { part: event.target.value })}>
              <option value="" />
              <Options known={known} chosen={part} />
            </Choice>
            <TextField
              label={words.cardForm.quantity}
              required
              inputMode="numeric"
              value={quantity}
              onChange={(event) => put(n, { quantity: event.target.value })}
            />
            <Sign name={words.cardForm.dropPart(n + 1)} act={() => write(parts.filter((_, at) => at !== n))}><Trash2 aria-hidden /></Sign>
          </li>
        ))}
      </ul>
      <Button look="plain" className="w-full" disabled={parts.length >= 100} onClick={() => write([...parts, { part: "", quantity: "1" }])}>
        <Plus aria-hidden className="size-5" />
        {words.cardForm.addPart}
      </Button>
    </>
  );
}

/** What is known, and what is chosen though nobody told us of it. */
export function Options({ known, chosen }: { known: Named[]; chosen: string }) {
  return (
    <>
      {chosen && !known.some(({ key }) => key === chosen) && <option value={chosen}>{chosen}</option>}
      {known.map(({ key, name }) => <option key={key} value={key}>{name}</option>)}
    </>
  );
}
