import { useState } from "react";
import type { KnowledgeKind } from "../gql/graphql";
import { Button } from "../parts/Button";
import { Sheet } from "../parts/Sheet";
import { useWords } from "../words/language";
import type { Thing } from "./paths";

const PAGE = 20;

/** All that is drawn, as a list: for keys, for readers of the screen, for whoever looks for a name. */
export function ThingList({ things, choose }: { things: Thing[]; choose: (thing: Thing) => void }) {
  const words = useWords();
  const kinds = [...new Set(things.map(({ kind }) => kind))].sort();
  return (
    <Sheet title={words.graph.list}>
      {kinds.map((kind) => <OneKind key={kind} kind={kind} things={things.filter((one) => one.kind === kind)} choose={choose} />)}
    </Sheet>
  );
}

function OneKind({ kind, things, choose }: { kind: KnowledgeKind; things: Thing[]; choose: (thing: Thing) => void }) {
  const words = useWords();
  const [most, setMost] = useState(PAGE);
  return (
    <details>
      <summary className="flex min-h-12 items-center font-semibold">{words.kinds[kind]} ({things.length})</summary>
      <ul>
        {things.slice(0, most).map((one) => (
          <li key={one.id}>
            <button type="button" onClick={() => choose(one)} className="min-h-12 w-full py-2 text-left underline-offset-4 hover:underline" dir="auto">
              {one.caption}
            </button>
          </li>
        ))}
      </ul>
      {things.length > most && <Button look="plain" onClick={() => setMost(most + 5 * PAGE)}>{words.graph.more}</Button>}
    </details>
  );
}
