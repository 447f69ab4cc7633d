import { Button } from "../parts/Button";
import { Notice } from "../parts/Notice";
import { useWords } from "../words/language";
import type { Said } from "./content";
import { type FieldName, shown } from "./differences";
import { useNaming } from "./naming";

/** What I wrote beside what somebody else wrote meanwhile: one of both is chosen, neither is lost before. */
export function TornFields(props: {
  mine: Said;
  theirs: Said;
  torn: FieldName[];
  settle: (name: FieldName, theirsWins: boolean) => void;
}) {
  const { mine, theirs, torn, settle } = props;
  const words = useWords();
  const naming = useNaming();
  return (
    <section role="alert" className="space-y-4 rounded-2xl border-2 border-warn bg-sheet p-4">
      <Notice tone="warn" title={words.fates.CONFLICT}>{torn.length > 0 ? words.cardForm.torn : words.cardForm.joined}</Notice>
      {torn.map((name) => (
        <fieldset key={name} className="space-y-3">
          <legend className="font-semibold">{words.cardFields[name]}</legend>
          <div className="grid gap-3 sm:grid-cols-2">
            <Side name={words.outbox.mine} said={shown(mine, name, naming)} button={words.cardForm.keepMine} choose={() => settle(name, false)} />
            <Side name={words.outbox.theirs} said={shown(theirs, name, naming)} button={words.cardForm.takeTheirs} choose={() => settle(name, true)} />
          </div>
        </fieldset>
      ))}
    </section>
  );
}

function Side(props: { name: string; said: string; button: string; choose: () => void }) {
  const { name, said, button, choose } = props;
  return (
    <div className="flex flex-col gap-2 rounded-xl bg-paper p-3">
      <p className="text-sm font-semibold text-quiet">{name}</p>
      <p dir="auto" className="grow whitespace-pre-line [overflow-wrap:anywhere]">{said}</p>
      <Button look="plain" onClick={choose}>{button}</Button>
    </div>
  );
}
