// What is around a thing, narrowed to some kinds, and how one comes from it to another.
import type { AroundQuery, KnowledgeKind } from "../gql/graphql";

export type Around = NonNullable<AroundQuery["neighbourhood"]>;
export type Thing = Around["things"][number];
export type Link = Around["links"][number];

/** One step of a way: over a link, in its direction or against it, to a thing. */
export interface Step {
  link: Link;
  to: Thing;
}

/** Give the address of the page of a thing: in the part after "?", since ids hold what a path cannot. */
export function graphOf(id: string): string {
  return `/graph?${new URLSearchParams({ of: id })}`;
}

/** Leave out what is of another kind; what one started from always stays. */
export function narrowed({ things, links }: Around, kinds: ReadonlySet<KnowledgeKind>): { things: Thing[]; links: Link[] } {
  const kept = things.filter(({ kind, steps }) => steps === 0 || kinds.has(kind));
  const ids = new Set(kept.map(({ id }) => id));
  return { things: kept, links: links.filter(({ source, target }) => ids.has(source) && ids.has(target)) };
}

/** Give a shortest way from the first thing to another; none where it leads over what is left out. */
export function pathTo(wanted: string, { things, links }: { things: Thing[]; links: Link[] }): Step[] {
  const byId = new Map(things.map((one) => [one.id, one]));
  const beside = new Map<string, [string, Link][]>();
  for (const link of links) {
    beside.set(link.source, [...(beside.get(link.source) ?? []), [link.target, link]]);
    beside.set(link.target, [...(beside.get(link.target) ?? []), [link.source, link]]);
  }
  const from = things[0];
  if (!from) return [];
  const came = new Map<string, { before: string; step: Step } | null>([[from.id, null]]);
  for (const id of came.keys()) {
    if (id === wanted) break;
    for (const [other, link] of beside.get(id) ?? []) {
      const to = byId.get(other);
      if (to && !came.has(other)) came.set(other, { before: id, step: { link, to } });
    }
  }
  const way: Step[] = [];
  for (let at = came.get(wanted); at; at = came.get(at.before)) way.unshift(at.step);
  return way;
}
