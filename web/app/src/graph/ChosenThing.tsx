import { LinkButton } from "../parts/Button";
import { Sheet } from "../parts/Sheet";
import { useWords } from "../words/language";
import { graphOf, type Link, pathTo, type Thing } from "./paths";

/** The thing that was touched: how one comes to it, and where one can go from it. */
export function ChosenThing({ thing, shown }: { thing: Thing; shown: { things: Thing[]; links: Link[] } }) {
  const words = useWords();
  const way = pathTo(thing.id, shown);
  return (
    <Sheet title={words.kinds[thing.kind]}>
      <p className="font-semibold [overflow-wrap:anywhere]" dir="auto">{thing.caption}</p>
      {way.length > 0 && (
        <>
          <h3 className="text-sm text-quiet">{words.graph.path}</h3>
          <ol className="space-y-1">
            <li dir="auto">{shown.things[0]?.caption}</li>
            {way.map(({ link, to }) => (
              <li key={to.id} dir="auto">
                <span className="text-quiet">{link.target === to.id ? "→" : "←"} {words.linkVerbs[link.says] ?? link.says}</span> {to.caption}
              </li>
            ))}
          </ol>
        </>
      )}
      <div className="grid gap-3 sm:grid-cols-2">
        {thing.steps > 0 && <LinkButton to={graphOf(thing.id)} look="plain">{words.graph.goOn}</LinkButton>}
        {thing.kind === "FAILURE_CARD" && <LinkButton to={`/cards/${thing.key}`} look="plain">{words.graph.openCard}</LinkButton>}
      </div>
    </Sheet>
  );
}
