"""What is deleted is gone by every way, those who knew it hear so, what it taught is unlearned."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Any, cast
from uuid import uuid4

import pytest

from domain.access import SEES_ALL, SYSTEM, Role
from domain.cards import CardStatus
from domain.ids import PersonId, TicketId
from domain.technicians import Technician
from graph.card_imports import DELETED
from repair.suggestions import draft_id
from resolvers.api import build_api
from resolvers.context import RequestContext, StreamPosition
from tests.journeys import billing_garage
from tests.journeys.billing_garage import EDIT, Shop
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE, Person, content
from tests.journeys.planted_cards import plant
from tests.journeys.queue_records import CHANGES, told
from tests.journeys.stored_counts import stored_counts
from tests.journeys.test_aftermath import repaired
from tests.journeys.test_jobs import BAY, BOOK, slot
from tests.waits import eventually
from web.server import build_services, run_background
from web.wiring import Runtime

pytestmark = pytest.mark.journey
ASK = """mutation ($op: UUID!, $id: ID!, $n: Int!) { VERB(
    operationId: $op, id: $id, expectedVersion: $n) {
  __typename ... on DONE { key version deletedBy }
  ... on StaleVersion { expected actual } ... on Refusal { message } } }"""
TICKET = ASK.replace("VERB", "deleteTicket").replace("DONE", "TicketDeleted")
CARDS = ASK.replace("VERB", "deleteCard").replace("DONE", "CardDeleted")
DRAFT = """mutation ($op: UUID!, $ticket: ID!, $n: Int!) { deleteDraft(
    operationId: $op, ticket: $ticket, expectedVersion: $n) {
  __typename ... on DraftDeleted { ticketKey }
  ... on StaleVersion { expected actual } ... on Refusal { message } } }"""
DRAFTS = "{ drafts(first: 50) { edges { node { ticketKey version customer { name } } } } }"
LISTED = "{ tickets(first: 100) { edges { node { key } } } }"
ONE = "query ($id: ID!) { ticket(id: $id) { key } }"
KNOWN = """query ($id: ID!) { card(id: $id) { key reputation
  usage { matched used successes failures ratings } } }"""
FOLLOW = {
    "ticketChanged": 'subscription { ticketChanged(after: "0") { __typename '
    "... on TicketGone { key } } }",
    "cardChanged": 'subscription { cardChanged(after: "0") { __typename '
    "... on CardGone { key } } }",
}
API = build_api(introspection=False)
WORDS = """select (select count(*) from card_effect where ticket = %(ticket)s)
  + (select count(*) from feedback where ticket = %(ticket)s)
  + (select count(*) from aftermath where ticket = %(ticket)s)
  + (select count(*) from repair_analysis where ticket = %(ticket)s)
  + (select count(*) from ticket_about where ticket = %(ticket)s) as words"""


@pytest.fixture(scope="module", autouse=True)
async def _at_work(house: Runtime) -> AsyncGenerator[None]:  # pyright: ignore[reportUnusedFunction]
    async with run_background(house):
        yield


@pytest.fixture(scope="module")
async def shop(house: Runtime, somebody: Somebody) -> Shop:
    return await billing_garage.furnished(house, somebody)


async def gone(person: Person, key: str, version: int, query: str = TICKET) -> Any:  # noqa: ANN401 - JSON
    return await person.ask(query, id=key, n=version, op=str(uuid4()))


async def heard(house: Runtime, person: Person, verb: str) -> set[str]:
    """Give the keys of all that a subscription tells this person is deleted."""
    head = await house.change_log.last()
    context = RequestContext(
        services=build_services(house),
        trace="deletions",
        signed_in=person.actor,
        position=StreamPosition(seq=0, until=head),
    )
    keys = set[str]()
    stream = await API.stream(FOLLOW[verb], context_value=context)
    async with aclosing(cast("AsyncGenerator[Any]", stream)) as answers:
        async for answer in answers:
            assert answer.errors is None
            keys |= {one["key"] for one in answer.data.values() if "key" in one}
    return keys


async def caught_up(house: Runtime, person: Person, after: str) -> dict[str, str | None]:
    """Give why each thing that changed behind a cursor is gone."""
    await told(house)
    changes = await person.ask(CHANGES, after=after)
    return {entry["key"]: entry["gone"] for entry in changes["entries"]}


async def cursor(house: Runtime, person: Person) -> str:
    await told(house)
    return (await person.ask(CHANGES, after=None))["cursor"]


@pytest.mark.row("AZ-1")
async def test_a_deleted_ticket_is_gone_by_every_way(house: Runtime, somebody: Somebody) -> None:
    admin, boss, asha = somebody(Role.ADMIN), somebody(), somebody(Role.TECHNICIAN, name="asha")
    away, other = somebody(Role.TECHNICIAN, name="ravi"), somebody(garage=DELHI)
    card = await plant(house, "unlearned", "It hums, and is forgotten again")
    before = await asha.ask(KNOWN, id=card.id)
    made = await repaired(asha, card, 5)
    assert (await asha.ask(KNOWN, id=card.id))["usage"] != before["usage"]
    places = [await cursor(house, one) for one in (boss, asha, other)]
    done = await gone(admin, made["id"], 4)
    assert done == {
        "__typename": "TicketDeleted",
        "key": made["key"],
        "version": 5,
        "deletedBy": admin.actor.id,
    }
    for person in (admin, boss, asha):
        assert await person.ask(ONE, id=made["id"]) is None
        listed = (await person.ask(LISTED))["edges"]
        assert made["key"] not in {edge["node"]["key"] for edge in listed}
    learned = await eventually(
        lambda: asha.ask(KNOWN, id=card.id), lambda c: c["usage"] == before["usage"]
    )
    # Weighed anew, it fades with the seconds that have passed.
    assert learned["reputation"] == pytest.approx(before["reputation"], abs=1e-6)
    [row] = await house.records.rows(WORDS, ticket=made["key"])
    assert row == {"words": 0}
    hears = [
        await caught_up(house, one, at) for one, at in zip((boss, asha, other), places, strict=True)
    ]
    assert [one.get(made["key"]) for one in hears] == ["DELETED", "DELETED", None]
    told_of = {
        one.actor.id: made["key"] in await heard(house, one, "ticketChanged")
        for one in (admin, boss, asha, away, other)
    }
    assert told_of == {
        one.actor.id: one in (admin, boss, asha) for one in (admin, boss, asha, away, other)
    }


async def test_a_deleted_ticket_takes_its_draft_card_and_jobs_along(
    house: Runtime, somebody: Somebody
) -> None:
    admin, boss = somebody(Role.ADMIN), somebody()
    await house.technicians.register(Technician(id=PersonId("asha"), garage=PUNE))
    await boss.ask(BAY, op=str(uuid4()), bay="bay_of_the_gone", garage=PUNE)
    made = await boss.report("Zqx wobbles xylophonically")
    ticket, draft = TicketId(made["key"]), draft_id(TicketId(made["key"]))
    wanted = {"ticket": ticket, "technician": "asha", "bay": "bay_of_the_gone", "slot": slot(9)}
    job = (await boss.ask(BOOK, op=str(uuid4()), job=wanted))["job"]["key"]
    await eventually(lambda: house.cards.many([draft], SEES_ALL), lambda cards: draft in cards)
    version = (await house.tickets.get(ticket, SYSTEM)).version
    assert (await gone(admin, ticket, version))["__typename"] == "TicketDeleted"
    await eventually(lambda: house.cards.many([draft], SEES_ALL), lambda cards: not cards)
    assert await house.jobs.job(job) is None
    left = await house.graph.read(
        "MATCH (n) WHERE n.id CONTAINS $id RETURN labels(n) AS labels, keys(n) AS keys",
        id=ticket,
    )
    kept = {"id", "version", "garage_id", "assignee_id", "deleted_at", "deleted_by", "mark"}
    assert [row["labels"] for row in left] == [["DeletedTicket"]]
    assert {*left[0]["keys"]} <= kept


@pytest.mark.row("AZ-1")
async def test_a_deleted_card_is_gone_and_no_file_brings_it_back(
    house: Runtime, somebody: Somebody
) -> None:
    admin, boss = somebody(Role.ADMIN), somebody()
    other = somebody(garage=DELHI)
    card = await plant(house, "withdrawn", "Withdrawn for good", status=CardStatus.DEPRECATED)
    mine = await boss.create(content("Ours alone", visibility={"garages": [PUNE]}))
    places = [await cursor(house, one) for one in (boss, other)]
    for key, version in ((card.id, 1), (mine["id"], 1)):
        assert (await gone(admin, key, version, CARDS))["version"] == 2
    assert await boss.ask(KNOWN, id=card.id) is None
    assert await admin.ask(KNOWN, id=mine["id"]) is None
    hears = [await caught_up(house, one, at) for one, at in zip((boss, other), places, strict=True)]
    assert [one.get(card.id) for one in hears] == ["DELETED", "DELETED"]
    assert [one.get(mine["key"]) for one in hears] == ["DELETED", None]
    assert {card.id, mine["key"]} <= await heard(house, boss, "cardChanged")
    assert mine["key"] not in await heard(house, other, "cardChanged")
    before = await stored_counts(house)
    again = await house.cards.load([(replace(card, status=CardStatus.VERIFIED), None)])
    assert [(one.card, one.why) for one in again.left] == [(card.id, DELETED)]
    assert await stored_counts(house) == before


@pytest.mark.row("AZ-1", "AZ-2")
async def test_what_is_in_use_or_booked_is_not_deleted(
    house: Runtime, somebody: Somebody, shop: Shop
) -> None:
    admin, boss = somebody(Role.ADMIN), somebody()
    card = await plant(house, "in_use", "In use everywhere")
    billed, ahead = await shop.closed("billed"), await shop.closed("ahead")
    assert (await shop.issued(billed))["__typename"] == "InvoiceIssued"
    paid = """mutation ($op: UUID!, $ticket: ID!) { recordAdvance(operationId: $op, ticket: $ticket,
      payment: {amount: 10000, method: CASH}) { __typename } }"""
    came = await shop.accountant.ask(paid, op=str(uuid4()), ticket=ahead)
    assert came["__typename"] == "PaymentRecorded"
    free = await shop.closed("free")
    await told(house)
    before = await stored_counts(house)
    refused = [
        await gone(admin, card.id, 1, CARDS),
        await gone(admin, billed, 2),
        await gone(admin, ahead, 1),
        await gone(admin, free, 7),
        await gone(admin, "tkt_nowhere", 1),
        await gone(boss, free, 1),
        await gone(boss, card.id, 1, CARDS),
        await boss.ask(DRAFT, op=str(uuid4()), ticket=free, n=1),
    ]
    assert [one["__typename"] for one in refused] == [
        *("IllegalTransition", "IllegalTransition", "IllegalTransition", "StaleVersion"),
        *("NotFound", "NotAllowed", "NotAllowed", "NotAllowed"),
    ]
    assert await stored_counts(house) == before


@pytest.mark.row("AZ-1")
async def test_a_draft_is_thrown_away_with_its_customer(
    house: Runtime, somebody: Somebody, shop: Shop
) -> None:
    admin, ticket = somebody(Role.ADMIN), await shop.closed("drafted")
    said = {"customer": {"name": "Meera Joshi"}}
    edit = {"ticket": ticket, "invoice": said}
    assert (await shop.accountant.ask(EDIT, op=str(uuid4()), n=0, **edit))[
        "__typename"
    ] == "DraftEdited"
    stale = await admin.ask(DRAFT, op=str(uuid4()), ticket=ticket, n=3)
    assert stale == {
        "__typename": "StaleVersion",
        "expected": 3,
        "actual": 1,
        "message": stale["message"],
    }
    key = str(uuid4())
    for _ in range(2):
        assert await admin.ask(DRAFT, op=key, ticket=ticket, n=1) == {
            "__typename": "DraftDeleted",
            "ticketKey": ticket,
        }
    assert await _drafted(shop) == {}
    [row] = await house.records.rows(
        "select buyer, version, deleted_by from invoice_draft where ticket = %(ticket)s",
        ticket=ticket,
    )
    assert row == {"buyer": None, "version": 2, "deleted_by": admin.actor.id}
    missing = await admin.ask(DRAFT, op=str(uuid4()), ticket=ticket, n=2)
    assert missing["__typename"] == "NotFound"
    assert (await shop.accountant.ask(EDIT, op=str(uuid4()), n=0, **edit))[
        "__typename"
    ] == "DraftEdited"
    assert await _drafted(shop) == {ticket: 3}
    assert (await shop.issued(ticket))["__typename"] == "InvoiceIssued"
    issued = await admin.ask(DRAFT, op=str(uuid4()), ticket=ticket, n=3)
    assert issued["__typename"] == "IllegalTransition"


async def _drafted(shop: Shop) -> dict[str, int]:
    edges = (await shop.accountant.ask(DRAFTS))["edges"]
    return {edge["node"]["ticketKey"]: edge["node"]["version"] for edge in edges}
