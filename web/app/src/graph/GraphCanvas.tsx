import { useEffect, useRef, useState } from "react";
import { useWords } from "../words/language";
import type { Drawing } from "./drawing";
import { type Link, pathTo, type Thing } from "./paths";

interface Given {
  shown: { things: Thing[]; links: Link[] };
  chosen: Thing | null;
  choose: (thing: Thing | null) => void;
  ready: (drawing: Drawing | null) => void;
}

/** The drawing. Whoever does not see it has the list below it, which says the same. */
export function GraphCanvas({ shown, chosen, choose, ready }: Given) {
  const words = useWords();
  const box = useRef<HTMLDivElement>(null);
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const choosing = useRef<(id: string) => void>(() => undefined);
  choosing.current = (id) => choose(shown.things.find((one) => one.id === id) ?? null);

  useEffect(() => {
    let opened: Drawing | null = null;
    let wanted = true;
    void import("./drawing").then(({ draw }) => {
      if (!wanted || !box.current) return;
      opened = draw(box.current, (id) => choosing.current(id));
      setDrawing(opened);
      ready(opened);
    });
    return () => {
      wanted = false;
      ready(null);
      opened?.close();
    };
  }, [ready]);

  useEffect(() => drawing?.show(shown.things, shown.links), [drawing, shown]);
  useEffect(() => {
    const from = shown.things[0];
    if (!drawing || !from) return;
    const way = chosen ? pathTo(chosen.id, shown).map(({ to }) => to.id) : [];
    drawing.mark(chosen ? [from.id, chosen.id, ...way] : []);
  }, [drawing, shown, chosen]);

  return (
    <div
      role="img"
      aria-label={words.graph.drawn(shown.things.length)}
      className="h-[60vh] min-h-80 overflow-hidden rounded-2xl border border-line bg-sheet text-ink"
    >
      <div ref={box} className="relative size-full border-quiet bg-sheet" />
    </div>
  );
}
