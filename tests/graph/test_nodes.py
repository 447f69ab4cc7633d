"""The database holds what neomodel declares, and nothing that it does not."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from neomodel import StructuredNode

from domain.ids import BayId, GarageId, JobId, PersonId
from domain.jobs import Bay, Job, Slot
from domain.matches import Embedding
from domain.outcomes import Attempt
from domain.technicians import Technician
from domain.tickets import Matching, ShownCard
from graph import nodes
from graph.cards import CardStore
from graph.database import Graph
from graph.garages import Garage, GarageStore
from graph.imports import ImportedEntry, ImportRecord, ImportStore
from graph.jobs import JobStore
from graph.technicians import TechnicianStore
from graph.tickets import TicketStore
from tests.graph.examples import FULL, NOW, card, event, only
from tests.stores.store_set import House
from tests.stores.test_ticket_store import ASSIGNED
from tests.stores.test_vocabulary_store import filled

DECLARED: dict[str, Any] = {
    kind.__label__: kind
    for kind in vars(nodes).values()
    if isinstance(kind, type) and issubclass(kind, StructuredNode) and kind is not StructuredNode
}
NOBODY = PersonId("tech_nobody")
COMPOSITE = {("CardVersion", ("card", "n"))}


def properties(kind: Any) -> dict[str, Any]:  # noqa: ANN401 - neomodel makes them at run time
    found = kind.defined_properties(rels=False, aliases=False)
    return {p.db_property or name: p for name, p in found.items()}


def relationships() -> set[tuple[str, str, str]]:
    return {
        (label, edge.definition["relation_type"], edge._raw_class)
        for label, kind in DECLARED.items()
        for edge in kind.defined_properties(properties=False, aliases=False).values()
    }


async def test_uniqueness_is_as_declared(graph: Graph) -> None:
    found = await graph.read(
        "SHOW CONSTRAINTS YIELD type, labelsOrTypes, properties "
        "RETURN type, labelsOrTypes[0] AS label, properties"
    )
    declared = {
        (label, (name,))
        for label, kind in DECLARED.items()
        for name, p in properties(kind).items()
        if p.unique_index
    }
    assert {(row["label"], tuple(row["properties"])) for row in found} == declared | COMPOSITE
    assert all("UNIQUENESS" in row["type"] for row in found)


async def test_lookups_are_as_declared(graph: Graph) -> None:
    found = await graph.read(
        "SHOW INDEXES YIELD type, labelsOrTypes, properties, owningConstraint "
        "WHERE type = 'RANGE' AND owningConstraint IS NULL AND size(properties) = 1 "
        "RETURN labelsOrTypes[0] AS label, properties[0] AS name"
    )
    declared = {
        (label, name)
        for label, kind in DECLARED.items()
        for name, p in properties(kind).items()
        if p.index
    }
    assert {(row["label"], row["name"]) for row in found} == declared


@pytest.fixture
async def lived_in(graph: Graph) -> Graph:
    """A graph in which every store has written something."""
    await live_in(graph)
    return graph


async def live_in(graph: Graph) -> None:
    """Have every store write something."""
    cards, tickets = CardStore(graph), TicketStore(graph)
    await filled(House.on(graph))
    await GarageStore(graph).load_garages(
        [Garage(id=GarageId("garage_delhi"), name="Delhi", lat=28.6, lon=77.2, region="north")]
    )
    like = Embedding(model="m", vector=[1.0] + [0.0] * 383)
    await tickets.add(ASSIGNED, [event("t", ASSIGNED.id)], like)
    await cards.add(FULL, [event("c", FULL.id)], like)
    tried = Attempt(by=NOBODY, at=NOW, worked=False, card=FULL.id, minutes=5)
    await tickets.put(replace(ASSIGNED, version=3, attempts=(tried,)), [], expected=2)
    await TechnicianStore(graph).register(
        Technician(id=NOBODY, garage=ASSIGNED.garage, skills=("motor",))
    )
    await _booked(graph)
    await cards.add(card("seen", visibility=only("garage_delhi", regions=("north",))), [])
    shown = ShownCard(card=FULL.id, rank=1, score=1.0, ranker="fused", at=NOW)
    await tickets.record_shown(ASSIGNED.id, [shown], Matching.FOUND, [])
    await _imported(graph)


async def _imported(graph: Graph) -> None:
    imports, record = ImportStore(graph), ImportRecord(id="imp_1", kind="cards", source="c", at=NOW)
    await imports.begin(record)
    entry = ImportedEntry(kind="components", key="k", before="{}", after="{}")
    await imports.note_entries(record.id, [entry])
    await CardStore(graph).load([(card("brought_in"), None)], into=record.id)
    await imports.end(record.id, created=1, changed=0, entries=1)
    restored = await imports.cards_before(await imports.cards_of(record.id), NOW)
    await imports.take_back(record.id, restored, "import")


async def _booked(graph: Graph) -> None:
    jobs, bay = JobStore(graph), Bay(id=BayId("bay_1"), garage=ASSIGNED.garage)
    await jobs.register_bay(bay)
    job = Job(
        id=JobId("job_1"),
        version=1,
        garage=bay.garage,
        ticket=ASSIGNED.id,
        technician=NOBODY,
        bay=bay.id,
        slot=Slot(start=NOW, end=NOW + timedelta(hours=1)),
    )
    await jobs.book(job)


async def test_stores_write_declared_properties(lived_in: Graph) -> None:
    found = await lived_in.read(
        "MATCH (n) UNWIND [l IN labels(n) WHERE NOT l IN $marks] AS label UNWIND keys(n) AS name "
        "RETURN DISTINCT label, name",
        marks=sorted(nodes.MARKS),
    )
    written: dict[str, set[str]] = defaultdict(set)
    for row in found:
        if not row["name"].startswith("embedding_3"):
            written[row["label"]].add(row["name"])
    undeclared = {
        (label, name)
        for label, names in written.items()
        for name in names
        if label not in DECLARED or name not in properties(DECLARED[label])
    }
    assert undeclared == set()


async def test_stores_draw_declared_relationships(lived_in: Graph) -> None:
    found = await lived_in.read(
        "MATCH (a)-[r]->(b) "
        "RETURN DISTINCT [l IN labels(a) WHERE NOT l IN $marks][0] AS one, type(r) AS kind, "
        "[l IN labels(b) WHERE NOT l IN $marks][0] AS other",
        marks=sorted(nodes.MARKS),
    )
    drawn = {(row["one"], row["kind"], row["other"]) for row in found}
    assert drawn - relationships() == set()
    rare = {
        ("FailureCard", "CITES", "FailureCard"),
        ("FailureCard", "MERGED_INTO", "FailureCard"),
        ("FailureCard", "APPLIES_TO", "Make"),
        ("FailureCard", "FOUNDED_ON", "Ticket"),
        ("DeletedCard", "HAD", "CardVersion"),
    }
    assert relationships() - drawn == rare
