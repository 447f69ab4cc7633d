import { Copy, Download, SearchX } from "lucide-react";
import { useMemo, useState } from "react";
import { useSearch } from "wouter";
import { useAnswer } from "../api/answer";
import { AroundDocument, type KnowledgeKind } from "../gql/graphql";
import { Button } from "../parts/Button";
import { Failed } from "../parts/Failed";
import { TextArea } from "../parts/Field";
import { Notice } from "../parts/Notice";
import { Page } from "../parts/Page";
import { Empty, Sheet, Skeleton } from "../parts/Sheet";
import { useWords } from "../words/language";
import { ChosenThing } from "./ChosenThing";
import { writeCypher } from "./cypher";
import type { Drawing } from "./drawing";
import { GraphCanvas } from "./GraphCanvas";
import { KindChoice } from "./KindChoice";
import { type Around, narrowed, type Thing } from "./paths";
import { ThingList } from "./ThingList";

const MOST = { 1: 1_000, 2: 5_000 } as const;
type Steps = keyof typeof MOST;

/** What stands around a thing of the knowledge graph: drawn, narrowed, walked on, taken away. */
export default function GraphPage() {
  const words = useWords();
  const id = new URLSearchParams(useSearch()).get("of") ?? "";
  const [steps, setSteps] = useState<Steps>(1);
  const { data, failed, said, again } = useAnswer(AroundDocument, { id, steps, most: MOST[steps] });
  const around = data?.neighbourhood;
  // What was asked before stands until the answer is there: another thing's is none of this page.
  const own = around?.things[0]?.id === id;
  return (
    <Page title={words.graph.title} back="/cards">
      {failed && !said && <Failed again={again} />}
      {(said || around === null) && <Empty sign={<SearchX />} title={words.graph.missing}>{said ?? words.graph.missingHint}</Empty>}
      {!own && !failed && around !== null && <Skeleton lines={10} />}
      {own && <Shown key={id} around={around} steps={steps} setSteps={setSteps} />}
    </Page>
  );
}

function Shown({ around, steps, setSteps }: { around: Around; steps: Steps; setSteps: (steps: Steps) => void }) {
  const words = useWords();
  const [hidden, setHidden] = useState<ReadonlySet<KnowledgeKind>>(new Set());
  const [chosen, setChosen] = useState<Thing | null>(null);
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const [cypher, setCypher] = useState<{ said: string; copied: boolean } | null>(null);
  const there = useMemo(() => [...new Set(around.things.map(({ kind }) => kind))].sort(), [around]);
  const kinds = useMemo(() => new Set(there.filter((kind) => !hidden.has(kind))), [there, hidden]);
  const shown = useMemo(() => narrowed(around, kinds), [around, kinds]);
  const from = around.things[0] as Thing;

  async function copy() {
    // Over all links: what is drawn may be reached by way of a kind that is left out.
    const said = writeCypher(from, around.links, [...kinds], steps, MOST[steps]);
    const copied = await navigator.clipboard?.writeText(said).then(() => true, () => false);
    setCypher({ said, copied: copied ?? false });
  }

  async function keepPicture() {
    const picture = await drawing?.picture();
    if (!picture) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(picture);
    link.download = `${from.key}.png`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  return (
    <>
      <Sheet>
        <p className="text-sm text-quiet">{words.kinds[from.kind]}</p>
        <h2 className="text-xl leading-snug font-bold [overflow-wrap:anywhere]" dir="auto">{from.caption}</h2>
        <div role="group" aria-label={words.graph.steps} className="grid grid-cols-2 gap-2">
          {([1, 2] as const).map((one) => (
            <Button key={one} look={one === steps ? "main" : "plain"} aria-pressed={one === steps} onClick={() => setSteps(one)}>
              {words.graph.away(one)}
            </Button>
          ))}
        </div>
        <KindChoice things={around.things} kinds={there} hidden={hidden} setHidden={setHidden} />
      </Sheet>
      {around.cut && <Notice tone="warn">{words.graph.cut(around.things.length)}</Notice>}
      <GraphCanvas shown={shown} chosen={chosen} choose={setChosen} ready={setDrawing} />
      {chosen && <ChosenThing thing={chosen} shown={shown} />}
      <div className="grid gap-3 sm:grid-cols-2">
        <Button look="plain" disabled={!drawing} onClick={keepPicture}><Download aria-hidden /> {words.graph.picture}</Button>
        <Button look="plain" onClick={copy}><Copy aria-hidden /> {cypher?.copied ? words.graph.copied : words.graph.cypher}</Button>
      </div>
      {cypher && !cypher.copied && <TextArea label={words.graph.copyByHand} readOnly required value={cypher.said} />}
      <ThingList things={shown.things} choose={setChosen} />
    </>
  );
}
