"""Stored bodies outlive the classes that wrote them: frozen ones of each schema are read here."""

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from domain.ids import CardId
from graph import bodies
from graph.cards import CardStore
from graph.database import Graph
from ingest import knowledge
from tests.domain.samples import TICKET
from tests.graph.examples import ADMIN, FULL, event

FROZEN = Path(__file__).parent / "bodies"
CARD_SCHEMAS = range(1, bodies.CARD_SCHEMA + 1)
TICKET_SCHEMAS = range(1, bodies.TICKET_SCHEMA + 1)
SHIPPED = knowledge.read_knowledge().cards


@pytest.mark.row("RA-3")
@pytest.mark.parametrize("schema", CARD_SCHEMAS)
def test_a_card_of_each_schema_reads(schema: int) -> None:
    body = (FROZEN / f"card_schema_{schema}.json").read_text()
    counted = {"usage": FULL.usage, "reputation": FULL.reputation, "recheck": FULL.recheck}
    assert replace(bodies.read_card(body), **counted) == FULL


@pytest.mark.row("AR-11")
async def test_every_card_round_trips_byte_for_byte(graph: Graph) -> None:
    """As it lies in the graph, as it is written again, and as an API's writer changes it back."""
    cards, known = CardStore(graph), [FULL, *SHIPPED]
    written = {card.id: bodies.write_card(card).encode() for card in known}
    await cards.load([(card, None) for card in known])
    assert await _stored(graph, 1) == written
    read = await CardStore(graph).many([*written], ADMIN)
    assert {key: bodies.write_card(card).encode() for key, card in read.items()} == written

    changed = replace(read[FULL.id], version=2, title="Another title")
    await cards.put(changed, [event("changed", FULL.id, 2)], expected=1)
    await cards.put(replace(FULL, version=3), [event("back", FULL.id, 3)], expected=2)
    back = replace(await CardStore(graph).get(FULL.id, ADMIN), version=1)
    assert bodies.write_card(back).encode() == written[FULL.id]
    assert await _stored(graph, 1) == written


async def _stored(graph: Graph, version: int) -> dict[str, bytes]:
    """Give the bodies of a version as they lie in the graph."""
    rows = await graph.read(
        "MATCH (v:CardVersion {n: $n}) RETURN v.card AS card, v.body AS body", n=version
    )
    return {row["card"]: row["body"].encode() for row in rows}


@pytest.mark.parametrize("schema", TICKET_SCHEMAS)
def test_a_ticket_of_each_schema_reads(schema: int) -> None:
    body = (FROZEN / f"ticket_schema_{schema}.json").read_text()
    assert bodies.read_ticket(body) == TICKET


def test_each_schema_but_the_newest_is_brought_up() -> None:
    assert [*bodies.CARD_UPCASTERS] == [*CARD_SCHEMAS][:-1]
    assert [*bodies.TICKET_UPCASTERS] == [*TICKET_SCHEMAS][:-1]


@pytest.mark.row("RA-3")
async def test_what_a_newer_release_wrote_stays(graph: Graph) -> None:
    """A field that this release has no name for is still there when it wrote the next version."""
    cards, name = CardStore(graph), CardId("fc_from_tomorrow")
    card = replace(FULL, id=name, version=1)
    await cards.add(card, [])
    body = orjson.loads(bodies.write_card(card))
    body |= {"smell": "burnt", "signature": body["signature"] | {"sound": "hum"}}
    await graph.write(
        lambda tx: tx.run(
            "MATCH (v:CardVersion {card: $card, n: 1}) SET v.body = $body",
            {"card": name, "body": orjson.dumps(body).decode()},
        )
    )
    changed = replace(await CardStore(graph).get(name, ADMIN), version=2, title="Said anew")
    await cards.put(changed, [event("anew", name, 2)], expected=1)
    [row] = await graph.read(
        "MATCH (v:CardVersion {card: $card, n: 2}) RETURN v.body AS b", card=name
    )
    stored = orjson.loads(row["b"])
    assert (stored["smell"], stored["signature"]["sound"]) == ("burnt", "hum")
    assert (stored["title"], stored["schema"]) == ("Said anew", bodies.CARD_SCHEMA)
    assert (await CardStore(graph).get(name, ADMIN)).title == "Said anew"


async def test_the_same_card_under_an_older_schema_is_the_same(graph: Graph) -> None:
    cards = CardStore(graph)
    await cards.add(FULL, [])
    old = orjson.loads(bodies.write_card(FULL))
    del old["schema"]
    await graph.write(
        lambda tx: tx.run(
            "MATCH (v:CardVersion {card: $card}) SET v.body = $body",
            {"card": FULL.id, "body": orjson.dumps(old).decode()},
        )
    )
    await cards.add(FULL, [])
    assert await CardStore(graph).get(FULL.id, ADMIN) == FULL
