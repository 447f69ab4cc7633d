"""Walking the knowledge graph from one thing: at most two steps and 5,000 things."""

from collections.abc import Mapping, Sequence

from domain.access import Viewer
from domain.neighbourhoods import KnowledgeKind, Neighbourhood, NeighbourLink, NeighbourThing
from graph.database import Graph, Row
from graph.queries import named_queries
from graph.visibility import viewer_parameters

QUERIES = named_queries("neighbourhoods.cypher")
KINDS = sorted(KnowledgeKind)
# What is read of one thing's links: those that lie between things found before count too.
LINKS_FOR_EACH_PLACE = 4


class NeighbourhoodReader:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def around(
        self, kind: KnowledgeKind, key: str, viewer: Viewer, *, steps: int, most: int
    ) -> Neighbourhood | None:
        """Give what is up to `steps` away, at most `most` things; None: it is not theirs to see."""
        seen = viewer_parameters(viewer)
        start = await self._start(kind, key, seen)
        if start is None:
            return None
        walk = KnowledgeWalk(start, most)
        for step in range(1, steps + 1):
            found = await self._graph.entries(
                QUERIES["step"],
                **{"from": walk.frontier},
                kinds=KINDS,
                each=most,
                most=LINKS_FOR_EACH_PLACE * most,
                **seen,
            )
            walk.advance(found, step, read_all=len(found) < LINKS_FOR_EACH_PLACE * most)
        return walk.neighbourhood()

    async def _start(self, kind: KnowledgeKind, key: str, seen: Mapping[str, object]) -> Row | None:
        named = {KnowledgeKind.FAILURE_CARD: "card", KnowledgeKind.CAUSE: "cause"}
        query = QUERIES[named.get(kind, "word")]
        asked = {} if kind in named else {"kind": kind}
        found = await self._graph.entries(query, key=key, kinds=KINDS, **asked, **seen)
        return found[0] if found else None


class KnowledgeWalk:
    """What was met so far, by the graph's own names of things."""

    def __init__(self, start: Row, most: int) -> None:
        self._things = {start["element"]: _thing_of(start, 0)}
        self._links: dict[tuple[str, str, str], NeighbourLink] = {}
        self._most = most
        self._cut = False
        self.frontier: list[str] = [start["element"]]

    def advance(self, found: Sequence[Row], step: int, *, read_all: bool) -> None:
        """Take in what one step met; what has no place any more is left out with its links."""
        self._cut |= not read_all
        self.frontier = []
        for row in found:
            thing = row["thing"]
            if thing["element"] not in self._things:
                if len(self._things) >= self._most:
                    self._cut = True
                    continue
                self._things[thing["element"]] = _thing_of(thing, step)
                self.frontier.append(thing["element"])
            self._take_link(row)

    def _take_link(self, row: Row) -> None:
        one, other = self._things[row["source"]], self._things[row["target"]]
        self._links[row["source"], row["says"], row["target"]] = NeighbourLink(
            source=(one.kind, one.key), target=(other.kind, other.key), says=row["says"]
        )

    def neighbourhood(self) -> Neighbourhood:
        return Neighbourhood(
            things=tuple(self._things.values()),
            links=tuple(self._links.values()),
            cut=self._cut,
        )


def _thing_of(row: Row, steps: int) -> NeighbourThing:
    return NeighbourThing(
        kind=KnowledgeKind(row["kind"]), key=row["key"], caption=row["caption"], steps=steps
    )
