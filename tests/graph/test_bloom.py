"""What engineers import into Bloom: it is made from the model, and answers on a seeded graph."""

import json
import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from itertools import product
from typing import Any

import jsonschema
import orjson
import pytest
from neo4j import READ_ACCESS, AsyncGraphDatabase

from domain.cards import CardStatus, RootCause
from domain.ids import TicketId
from domain.tickets import Matching, ShownCard, TicketStatus
from domain.usage import Usage
from graph.bloom import perspective
from graph.bloom.categories import HIDDEN_LABELS, HIDDEN_TYPES, LOOKS
from graph.bloom.phrases import PhraseParameter, SearchPhrase, read_phrases
from graph.cards import CardCounters, CardStore
from graph.database import Graph
from graph.tickets import TicketStore
from graph.vocabulary import VocabularyStore
from ingest import knowledge
from tests.access.test_personal_fields import NAMED
from tests.empty_stores import empty_graph
from tests.graph.examples import FULL, NOW, card, event
from tests.graph.test_nodes import live_in
from tests.stores.test_ticket_store import ASSIGNED
from web.local.stores import StoreUrls

pytestmark = pytest.mark.row(
    "EX-6", missing="nobody has imported it into a Bloom: that needs a licence"
)
MADE = perspective.build_perspective()
PHRASES = read_phrases()
# Of a key of a person, or of somebody's words.
PERSONAL = re.compile(r"(^|_)(reporter|assignee|actor|by|person|body)(_|$)")
CARDS = 60


@pytest.fixture(scope="module")
async def seeded(opened_graph: Graph) -> Graph:
    """The shipped vocabulary, sixty of its cards, and what every store writes."""
    await empty_graph(opened_graph)
    batch, words = knowledge.read_knowledge(), VocabularyStore(opened_graph)
    await words.load_suppliers(batch.suppliers)
    await words.load_vehicles(batch.vehicles)
    await words.load_components(batch.components)
    await words.load_symptoms(batch.symptoms)
    await words.load_error_codes(batch.codes)
    await words.load_parts(batch.parts)
    await CardStore(opened_graph).load([(card, None) for card in batch.cards[:CARDS]])
    await live_in(opened_graph)
    await _came_back(opened_graph)
    return opened_graph


async def _came_back(graph: Graph) -> None:
    """A failure that comes back, is shown a card that nobody follows, and is closed by another."""
    cards, tickets = CardStore(graph), TicketStore(graph)
    merged = card(
        "older",
        merged_into=FULL.id,
        status=CardStatus.MERGED,
        cause=RootCause(primary="Drift", cites=(FULL.id,)),
        provenance=replace(FULL.provenance, ticket=ASSIGNED.id),
    )
    await cards.add(merged, [])
    back = replace(
        ASSIGNED,
        id=TicketId("tkt_back"),
        status=TicketStatus.CLOSED,
        card=FULL.id,
        resolved_at=NOW,
        closed_at=NOW,
        revisit_of=ASSIGNED.id,
    )
    await tickets.add(back, [])
    usage = Usage(matched=9, used=5, successes=4, failures=1, last_used=NOW)
    await cards.save_counters([CardCounters(card=FULL.id, usage=usage, heard=6, reputation=0.6)])
    await cards.mark_lapsed(FULL.id, "It held less often lately", lambda _: event("lapse", FULL.id))
    shown = ShownCard(card=FULL.id, rank=1, score=1.0, ranker="fused", at=NOW)
    await tickets.record_shown(back.id, [shown], Matching.FOUND, [])


@pytest.fixture(scope="module")
async def reading(stores: StoreUrls) -> AsyncGenerator[Any]:
    """A session that may read alone, as Bloom's is."""
    async with (
        AsyncGraphDatabase.driver(
            stores.neo4j_uri, auth=(stores.neo4j_user, stores.neo4j_password)
        ) as driver,
        driver.session(default_access_mode=READ_ACCESS) as session,
    ):
        yield session


def test_committed_files_are_those_of_the_model() -> None:
    assert orjson.loads(perspective.PRINTED.read_bytes()) == MADE
    assert perspective.STYLE.read_text(encoding="utf-8") == perspective.build_style()
    assert perspective.SAVED.read_text(encoding="utf-8") == perspective.build_saved()
    assert orjson.loads(perspective.DRAWN.read_bytes()) == perspective.build_looks()


def test_it_has_the_form_that_bloom_writes() -> None:
    schema = perspective.FOLDER / "perspective.schema.json"
    jsonschema.validate(MADE, json.loads(schema.read_text(encoding="utf-8")))
    assert len(MADE["templates"]) >= 12


def test_no_personal_property_is_in_it() -> None:
    shown = {
        (one["name"], prop["name"]) for one in MADE["categories"] for prop in one["properties"]
    }
    shown |= {
        (one["name"], prop["propertyKey"])
        for one in MADE["relationshipTypes"]
        for prop in one["properties"]
    }
    assert {
        (on, name) for on, name in shown if NAMED.search(name) or PERSONAL.search(name)
    } == set()


def test_a_person_reads_every_caption() -> None:
    keys = {"id", "key", "uid", "code_words"}
    captions = {(look.label, name) for look in LOOKS for name in look.captions}
    known = {(label, p["propertyKey"]) for label, of in MADE["labels"].items() for p in of}
    assert captions - known == set()
    assert {name for _, name in captions} & keys == set()


def test_housekeeping_is_hidden() -> None:
    categorised = {label for one in MADE["categories"] for label in one["labels"]}
    assert categorised | HIDDEN_LABELS == set(perspective.DECLARED)
    assert categorised & HIDDEN_LABELS == set()
    assert MADE["hideUncategorisedData"] is True
    drawn = {one["name"] for one in MADE["relationshipTypes"]}
    assert drawn & set(HIDDEN_TYPES) == set()


async def test_everything_in_it_exists(seeded: Graph) -> None:
    found = await seeded.read(
        "MATCH (n) UNWIND labels(n) AS label UNWIND keys(n) AS name RETURN DISTINCT label, name"
    )
    drawn = await seeded.read("MATCH ()-[r]->() RETURN DISTINCT type(r) AS kind")
    there = {(row["label"], row["name"]) for row in found}
    told = {(label, p["propertyKey"]) for label, of in MADE["labels"].items() for p in of}
    types = {one["name"] for one in MADE["relationshipTypes"]}
    assert told - there == set()
    assert types - {row["kind"] for row in drawn} == set()


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda one: one.name)
async def test_a_phrase_finds_something(
    phrase: SearchPhrase,
    seeded: Graph,
    reading: Any,  # noqa: ANN401 - the driver's own session
) -> None:
    """It is asked as Bloom asks: in a session that reads, with a value that is suggested."""
    suggested = [await _suggestions(seeded, one) for one in phrase.params]
    explained = await reading.run(f"EXPLAIN {phrase.cypher}", {p.name: "" for p in phrase.params})
    assert (await explained.consume()).query_type == "r"
    for values in product(*suggested):
        given = dict(zip((p.name for p in phrase.params), values, strict=True))
        if await (await reading.run(phrase.cypher, given)).values():
            return
    pytest.fail(f"{phrase.text} finds nothing with any of {[len(of) for of in suggested]} values")


async def _suggestions(graph: Graph, one: PhraseParameter) -> list[str]:
    rows = await graph.read(
        "MATCH (n) WHERE $label IN labels(n) AND n[$prop] IS NOT NULL "
        "RETURN DISTINCT n[$prop] AS value ORDER BY value",
        label=one.label,
        prop=one.prop,
    )
    return [row["value"] for row in rows]
