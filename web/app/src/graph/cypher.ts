// What is drawn, as a query for Neo4j Browser: an engineer goes on there.
import type { KnowledgeKind } from "../gql/graphql";
import LOOKS from "./looks.json";
import type { Link, Thing } from "./paths";

/** Give a query that finds what is around a thing, over the links and kinds that are drawn. */
export function writeCypher(from: Thing, links: Link[], kinds: KnowledgeKind[], steps: number, most: number): string {
  const look = LOOKS[from.kind];
  const types = [...new Set(links.map(({ says }) => says))].sort();
  const walked = types.length > 0 ? `:${types.join("|")}` : "";
  const labels = kinds.map((kind) => `m:${LOOKS[kind].label}`).join(" OR ");
  return [
    `MATCH (n:${look.label} {${look.key}: ${quoted(from.key)}})`,
    `MATCH p = (n)-[${walked}*1..${steps}]-(m)`,
    ...(labels ? [`WHERE ${labels}`] : []),
    `RETURN p LIMIT ${most}`,
  ].join("\n");
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
