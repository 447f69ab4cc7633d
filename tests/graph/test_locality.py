"""What is a garage's own is found without touching another garage's (DB-1 to DB-3)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, LiteralString, cast

import pytest
from neo4j import AsyncDriver, AsyncGraphDatabase

from domain.access import Actor, Role
from domain.ids import GarageId, PersonId, TicketId
from domain.regions import (
    NORTH,
    SOUTH,
    WEST,
    GarageTickets,
    RegionCount,
    count_by_region,
    region_of,
)
from domain.tickets import Ticket, TicketStatus
from graph.card_pages import CardFilter, page_query
from graph.cards import CardStore
from graph.database import Graph
from graph.garages import Garage, GarageStore, TicketPeriod
from graph.queries import named_queries
from graph.tickets import LATEST, TicketStore
from graph.visibility import viewer_parameters
from tests.graph.examples import DELHI, FULL, NOW, card
from web.local.stores import StoreUrls

QUERIES = named_queries("tickets.cypher")
BOSS = Actor(id=PersonId("boss"), role=Role.MANAGER, garage=GarageId("garage_delhi"))
ADMIN = Actor(id=PersonId("admin"), role=Role.ADMIN)
DAY = timedelta(days=1)
MONTH = TicketPeriod(garage=GarageId("garage_delhi"), since=NOW - 30 * DAY, until=NOW + DAY)
TICKET = Ticket(
    id=TicketId("tkt_0001"),
    version=1,
    status=TicketStatus.OPEN,
    text="It stops",
    garage=GarageId("garage_delhi"),
    reporter=PersonId("rider"),
    opened_at=NOW,
)
FOUND = replace(FULL.provenance, garage=MONTH.garage, ticket=None)
# The tickets of the other garages, copied from the first one's: only their ids and place differ.
OTHERS = """MATCH (own:Ticket) WITH collect(properties(own)) AS tickets
UNWIND range(1, 99) AS n UNWIND tickets AS ticket
CREATE (t:Ticket)
SET t = ticket{.*, id: ticket.id + '_' + n, garage_id: 'garage_other_' + n}"""


@pytest.fixture
async def driver(stores: StoreUrls) -> AsyncDriver:
    auth = (stores.neo4j_user, stores.neo4j_password)
    return AsyncGraphDatabase.driver(stores.neo4j_uri, auth=auth)


# Plans of the same seeks differ by a few hits a ticket; four thousand tickets of others would be
# more than a hundred.
HITS_A_TICKET = 5


async def profiled(
    driver: AsyncDriver, query: LiteralString, **parameters: object
) -> tuple[list[str], int, Any]:
    """Give what ran, the lowest operators first, how often it touched the store, and the answer."""
    answer = await driver.execute_query(f"PROFILE {query}", parameters, database_="neo4j")
    operators = list(_operators(cast("dict[str, Any]", answer.summary.profile)))
    touched = sum(hits for _, hits in operators)
    return [name for name, _ in operators], touched, answer.records[0]["found"]


def _operators(one: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for child in one.get("children", []):
        yield from _operators(child)
    name = one["operatorType"].partition("@")[0]
    yield f"{name} {one['args'].get('Details', '')}", one.get("dbHits", 0)


def asked(actor: Actor) -> dict[str, object]:
    return {
        "place": MONTH.garage,
        "since": MONTH.since,
        "until": MONTH.until,
        "first": 100,
        "before": "~",
        "newest": LATEST,
        "status": None,
        "severity": None,
        "all": actor is ADMIN,
        "garage": actor.garage,
        "assignee": None,
    }


@pytest.mark.row("DB-2")
async def test_a_garages_tickets_touch_no_other_garage(graph: Graph, driver: AsyncDriver) -> None:
    tickets = TicketStore(graph)
    for n in range(40):
        one = replace(TICKET, id=TicketId(f"tkt_{n:04}"), opened_at=NOW - n * DAY)
        await tickets.add(one, [])
    async with driver:
        before = await profiled(driver, QUERIES["page_within"], **asked(BOSS))
        await graph.write(lambda tx: tx.run(OTHERS))
        after = await profiled(driver, QUERIES["page_within"], **asked(BOSS))
        by_admin = await profiled(driver, QUERIES["page_within"], **asked(ADMIN))
    assert (await graph.read("MATCH (t:Ticket) RETURN count(t) AS n")) == [{"n": 4_000}]
    for operators, touched, found in (before, after, by_admin):
        assert "t:Ticket(garage_id, opened_at)" in operators[0]
        assert operators[0].startswith("NodeIndexSeek")
        assert (touched <= HITS_A_TICKET * 31, len(found)) == (True, 31)
    print(f"{before[1]} db hits for 31 tickets, of 40; {after[1]} of 4,000")  # noqa: T201 - with -s


@pytest.mark.row("DB-1")
async def test_a_garages_cards_touch_no_other_garage(graph: Graph, driver: AsyncDriver) -> None:
    cards = CardStore(graph)
    mine = [
        replace(
            card(f"mine_{n:02}"),
            provenance=replace(FOUND, created_at=NOW - n * DAY),
        )
        for n in range(40)
    ]
    await cards.load([(one, None) for one in mine])
    query, parameters = page_query(CardFilter(origin=MONTH))
    page = {"after": "", "first": 100} | viewer_parameters(DELHI)
    theirs = [
        replace(
            card(f"theirs_{n:03}"),
            provenance=replace(FOUND, garage=GarageId(f"garage_other_{n}")),
        )
        for n in range(99)
    ]
    async with driver:
        before = await profiled(driver, query, **parameters, **page)
        await cards.load([(one, None) for one in theirs])
        after = await profiled(driver, query, **parameters, **page)
    for operators, touched, found in (before, after):
        assert operators[0].startswith("NodeIndexSeek")
        assert "c:FailureCard(garage_id, created_at)" in operators[0]
        assert (touched, len(found)) == (before[1], 31)


@pytest.mark.row("DB-3")
async def test_a_garages_region_resolves(graph: Graph) -> None:
    moved = Garage(id=GarageId("garage_delhi_9"), name="D", lat=28.6, lon=77.2, region="capital")
    await GarageStore(graph).load_garages([moved])
    asked_for = [
        GarageId(name)
        for name in (
            "garage_delhi",
            "garage_delhi_001",
            "garage_delhi_9",
            "garage_kochi_2",
            "garage_x",
        )
    ]
    assert list((await GarageStore(graph).regions(asked_for)).values()) == [
        NORTH,
        NORTH,
        "capital",
        SOUTH,
        None,
    ]
    # The city is the whole word: no other city begins with it.
    assert region_of(GarageId("garage_delhiville")) is None


@pytest.mark.row("DB-3")
async def test_a_report_spans_the_regions(graph: Graph) -> None:
    tickets, resolved = TicketStore(graph), NOW + timedelta(hours=1)
    for n, (garage, done) in enumerate(
        [
            ("garage_delhi", True),
            ("garage_jaipur_1", False),
            ("garage_pune", True),
            ("garage_x", False),
        ]
    ):
        one = replace(
            TICKET,
            id=TicketId(f"tkt_{n:04}"),
            garage=GarageId(garage),
            resolved_at=resolved if done else None,
        )
        await tickets.add(one, [])
    late = replace(TICKET, id=TicketId("tkt_late"), opened_at=NOW + DAY)
    await tickets.add(late, [])
    span = (NOW - DAY, NOW + DAY)
    assert count_by_region(await tickets.by_garage(*span, ADMIN)) == [
        RegionCount(region=NORTH, garages=2, opened=2, resolved=1),
        RegionCount(region=WEST, garages=1, opened=1, resolved=1),
        RegionCount(region=None, garages=1, opened=1, resolved=0),
    ]
    assert await tickets.by_garage(*span, BOSS) == [
        GarageTickets(garage=GarageId("garage_delhi"), region=NORTH, opened=1, resolved=1)
    ]
    bench = Actor(id=PersonId("asha"), role=Role.TECHNICIAN, garage=GarageId("garage_delhi"))
    assert await tickets.by_garage(*span, bench) == []
