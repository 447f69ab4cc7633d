import type { KnowledgeKind } from "../gql/graphql";
import { useWords } from "../words/language";
import LOOKS from "./looks.json";
import type { Thing } from "./paths";

interface Given {
  things: Thing[];
  kinds: KnowledgeKind[];
  hidden: ReadonlySet<KnowledgeKind>;
  setHidden: (hidden: ReadonlySet<KnowledgeKind>) => void;
}

/** Which kinds are drawn, each with its colour and how many there are. */
export function KindChoice({ things, kinds, hidden, setHidden }: Given) {
  const words = useWords();
  const turn = (kind: KnowledgeKind) => {
    const next = new Set(hidden);
    if (!next.delete(kind)) next.add(kind);
    setHidden(next);
  };
  return (
    <fieldset className="flex flex-wrap gap-x-5">
      <legend className="font-semibold">{words.graph.kinds}</legend>
      {kinds.map((kind) => (
        <label key={kind} className="flex min-h-12 items-center gap-2">
          <input type="checkbox" className="size-5 accent-accent" checked={!hidden.has(kind)} onChange={() => turn(kind)} />
          <svg aria-hidden viewBox="0 0 10 10" className="size-3"><circle cx="5" cy="5" r="5" fill={LOOKS[kind].color} /></svg>
          {words.kinds[kind]} <span className="text-quiet tabular-nums">{things.filter((one) => one.kind === kind).length}</span>
        </label>
      ))}
    </fieldset>
  );
}
