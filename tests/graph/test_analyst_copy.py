"""What analysts get of the graph: nothing that is personal, nothing that is withheld."""

from collections import defaultdict
from collections.abc import AsyncIterator

import pytest

from graph.analyst_copy import NODES, GraphCopy, GraphSource, pseudonym
from graph.database import Graph, Row
from tests.access.test_personal_fields import NAMED
from tests.empty_stores import empty_graph
from tests.graph.test_bloom import PERSONAL
from tests.graph.test_nodes import live_in

pytestmark = pytest.mark.row("EX-8")
LABELS = [*NODES]


class ReadBefore:
    """What a graph gave, held while the same graph becomes the copy: one server does for both."""

    def __init__(self) -> None:
        self._nodes = defaultdict[str, list[Row]](list)
        self._edges: list[Row] = []

    async def read(self, graph: Graph) -> None:
        source = GraphSource(graph)
        for label in LABELS:
            self._nodes[label] = [row async for row in source.nodes(label)]
        self._edges = [row async for row in source.edges()]

    async def nodes(self, label: str) -> AsyncIterator[Row]:
        for row in self._nodes[label]:
            yield row

    async def edges(self) -> AsyncIterator[Row]:
        for row in self._edges:
            yield row


@pytest.fixture(scope="module")
async def copied(opened_graph: Graph) -> GraphCopy:
    """A graph in which every store has written something, as analysts get it."""
    await empty_graph(opened_graph)
    await live_in(opened_graph)
    source, copy = ReadBefore(), GraphCopy(opened_graph, b"salt")
    await source.read(opened_graph)
    await empty_graph(opened_graph)
    await copy.fill(source)
    return copy


async def test_a_copy_holds_no_personal_property(copied: GraphCopy) -> None:
    rows = await copied.target.read(
        "MATCH (n) UNWIND labels(n) AS label UNWIND keys(n) AS name RETURN DISTINCT label, name"
    )
    held = {(row["label"], row["name"]) for row in rows}
    assert {one for one in held if NAMED.search(one[1]) or PERSONAL.search(one[1])} == set()
    assert held & {("Ticket", "text"), ("Ticket", "body"), ("Garage", "name")} == set()
    assert {label for label, _ in held} <= {*LABELS, "Migration"}
    edges = await copied.target.read("MATCH ()-[r]->() UNWIND keys(r) AS name RETURN DISTINCT name")
    assert {row["name"] for row in edges} & {"sentence", "reasons", "deleted_by"} == set()
    [people] = await copied.target.read("MATCH (p:Technician) RETURN collect(p.id) AS ids")
    assert not any("tech_" in one for one in people["ids"])


async def test_a_card_for_some_alone_stays_away(copied: GraphCopy) -> None:
    cards = await copied.target.read("MATCH (c:FailureCard) RETURN c.id AS id")
    causes = await copied.target.read(
        "MATCH (c:Cause) WHERE NOT EXISTS { (c)<-[:CAUSED_BY]-() } RETURN c"
    )
    assert "fc_seen" not in {row["id"] for row in cards}
    assert "fc_ather_imbalance" in {row["id"] for row in cards}
    counted = copied.counted
    assert (causes, counted["FailureCard"], counted["TRIED"]) == ([], len(cards), 1)


def test_people_cannot_be_joined_between_copies() -> None:
    assert pseudonym("tech_asha", b"one") == pseudonym("tech_asha", b"one")
    assert pseudonym("tech_asha", b"one") != pseudonym("tech_asha", b"two")
