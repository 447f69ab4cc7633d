"""Reports and cards written over the API: once, by two people, against a version, or refused."""

from dataclasses import replace
from typing import Any

import pytest

from domain.access import Role
from domain.cards import CardStatus
from domain.ids import CardId
from repair.suggestions import SuggestionPorts, suggest_cards
from tests.domain.samples import CARD, DELHI, NOW
from tests.resolvers.fakes import World
from tests.resolvers.inputs import CARD_INPUT, OPERATION, SECOND
from tests.web.clients import actor, ask

OP, OTHER = str(OPERATION), str(SECOND)
REPORT = """mutation ($op: UUID!, $report: ReportInput!) {
  reportFailure(operationId: $op, report: $report) {
    __typename
    ... on FailureReported { ticket { key status noMatch assignee suggestions { state } } }
    ... on InvalidInput { field reason }
    ... on OperationConflict { operationId }
  }
}"""
CREATE = """mutation ($op: UUID!, $card: CardInput!) {
  createCard(operationId: $op, card: $card) {
    __typename
    ... on CardCreated { card { key version status provenance { author garage { key } } } }
    ... on InvalidInput { field reason }
    ... on OperationConflict { operationId }
  }
}"""
UPDATE = """mutation ($op: UUID!, $id: ID!, $n: Int!, $card: CardInput!) {
  updateCard(operationId: $op, id: $id, expectedVersion: $n, card: $card) {
    __typename
    ... on CardUpdated { card { version status title } }
    ... on StaleVersion { expected actual current { version title } }
    ... on IllegalTransition { state wanted }
  }
}"""
VERIFY = """mutation ($op: UUID!, $id: ID!, $n: Int!) {
  verifyCard(operationId: $op, id: $id, expectedVersion: $n) {
    __typename
    ... on CardVerified { card { version status verification { by } } }
    ... on InvalidInput { field }
    ... on NotFound { kind key }
    ... on IllegalTransition { state wanted }
  }
}"""
PROMOTE = """mutation ($op: UUID!, $id: ID!, $n: Int!) {
  promoteCard(operationId: $op, id: $id, expectedVersion: $n) {
    __typename
    ... on CardPromoted { card { version status } }
    ... on IllegalTransition { state wanted }
  }
}"""
RETIRE = """mutation ($op: UUID!, $id: ID!, $n: Int!) {
  retireCard(operationId: $op, id: $id, expectedVersion: $n) {
    __typename ... on CardRetired { card { version status } }
  }
}"""
TICKET = """query ($id: ID!) { ticket(id: $id) {
  noMatch matching draft { key status ticket { key } whyThisCard { says } } suggestions {
    state cards { rank card { key } } } } }"""


def reported(world: World, text: str = "Charging stops", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"op": OP, "report": {"text": text} | more}


async def search(world: World, ticket: str) -> None:
    needed = SuggestionPorts(
        tickets=world.tickets, cards=world.cards, reader=world.reader, matcher=world.matcher
    )
    await suggest_cards(needed, type(CARD.id)(ticket), NOW)  # pyright: ignore[reportArgumentType]


@pytest.mark.row("EX-1")
async def test_undocumented_failures_found_drafts() -> None:
    world, who = World(), actor(Role.TECHNICIAN)
    answer = await ask(world, REPORT, reported(world), who)
    ticket = answer["data"]["reportFailure"]["ticket"]
    await search(world, ticket["key"])
    later = await ask(world, TICKET, {"id": ticket["key"]}, who)
    assert ticket == {
        "key": ticket["key"],
        "status": "ASSIGNED",
        "noMatch": False,
        "assignee": "zoya",
        "suggestions": {"state": "PENDING"},
    }
    assert later["data"]["ticket"] == {
        "noMatch": True,
        "matching": "NONE",
        "draft": {
            "key": f"fc_{ticket['key'].removeprefix('tkt_')}",
            "status": "DRAFT",
            "ticket": {"key": ticket["key"]},
            "whyThisCard": [
                {"says": f"It is founded on ticket {ticket['key']}."},
                {"says": "It was found at garage_pune."},
                {"says": "zoya wrote it on 2026-11-23."},
                {"says": "It was used in 0 repairs: it fixed 0 and failed in 0."},
            ],
        },
        "suggestions": {"state": "NONE", "cards": []},
    }


async def test_known_failures_show_their_cards() -> None:
    world = World()
    known = replace(
        CARD,
        status=CardStatus.VERIFIED,
        signature=replace(CARD.signature, error_codes=("ather:E401",)),  # pyright: ignore[reportArgumentType]
    )
    world.hold(known)
    said = reported(world, codes=["e-401"], vehicle={"make": "Ather"})
    answer = await ask(world, REPORT, said)
    key = answer["data"]["reportFailure"]["ticket"]["key"]
    await search(world, key)
    later = await ask(world, TICKET, {"id": key})
    assert later["data"]["ticket"]["suggestions"] == {
        "state": "FOUND",
        "cards": [{"rank": 1, "card": {"key": CARD.id}}],
    }
    assert later["data"]["ticket"]["draft"] is None


async def test_the_same_operation_is_done_once() -> None:
    world = World()
    first = await ask(world, REPORT, reported(world))
    written = world.written()
    again = await ask(world, REPORT, reported(world))
    other = await ask(world, REPORT, reported(world, "Something else"))
    assert first == again
    assert other["data"]["reportFailure"] == {"__typename": "OperationConflict", "operationId": OP}
    assert world.written() == written


async def test_a_lost_answer_makes_no_second_ticket() -> None:
    world = World()
    first = await ask(world, REPORT, reported(world))
    world.operations.done.clear()
    world.at = NOW.replace(minute=40)
    again = await ask(world, REPORT, reported(world))
    assert again == first
    assert len(world.tickets.held) == 1


async def test_two_people_do_not_share_operations() -> None:
    world = World()
    await ask(world, REPORT, reported(world), actor(id="zoya"))
    await ask(world, REPORT, reported(world, "Other"), actor(id="yusuf"))
    assert len(world.tickets.held) == 2


@pytest.mark.row("CA-3", "CA-19")
async def test_a_second_person_verifies() -> None:
    world = World()
    author, other = actor(Role.MANAGER), actor(Role.MANAGER, id="bala")
    made = await ask(world, CREATE, {"op": OP, "card": CARD_INPUT}, author)
    card = made["data"]["createCard"]["card"]
    wanted = {"op": OTHER, "id": card["key"], "n": 1}
    own = await ask(world, VERIFY, wanted, author)
    theirs = await ask(world, VERIFY, wanted, other)
    assert card == {
        "key": card["key"],
        "version": 1,
        "status": "DRAFT",
        "provenance": {"author": "zoya", "garage": {"key": "garage_pune"}},
    }
    assert own["data"]["verifyCard"] == {"__typename": "InvalidInput", "field": "id"}
    assert theirs["data"]["verifyCard"] == {
        "__typename": "CardVerified",
        "card": {"version": 2, "status": "VERIFIED", "verification": {"by": "bala"}},
    }


@pytest.mark.row("CA-2")
async def test_one_of_two_writers_wins() -> None:
    world = World()
    world.hold(CARD)
    changed = CARD_INPUT | {"title": "Charging stops early"}
    wanted = {"id": CARD.id, "n": 3, "card": changed}
    won = await ask(world, UPDATE, wanted | {"op": OP})
    lost = await ask(world, UPDATE, wanted | {"op": OTHER, "card": CARD_INPUT})
    assert won["data"]["updateCard"] == {
        "__typename": "CardUpdated",
        "card": {"version": 4, "status": "DRAFT", "title": "Charging stops early"},
    }
    assert lost["data"]["updateCard"] == {
        "__typename": "StaleVersion",
        "expected": 3,
        "actual": 4,
        "current": {"version": 4, "title": "Charging stops early"},
    }


@pytest.mark.row("CA-31")
async def test_earlier_versions_can_be_read() -> None:
    world = World()
    world.hold(CARD)
    card = CARD_INPUT | {"title": "Another title"}
    await ask(world, UPDATE, {"op": OP, "id": CARD.id, "n": 3, "card": card})
    query = 'query ($n: Int) { card(id: "fc_bms_drift", version: $n) { version title } }'
    found = [(await ask(world, query, {"n": n}))["data"]["card"] for n in (3, 4, None, 9)]
    assert found == [
        {"version": 3, "title": "Charging stops near 80 percent"},
        {"version": 4, "title": "Another title"},
        {"version": 4, "title": "Another title"},
        None,
    ]


@pytest.mark.row("CA-3")
async def test_a_draft_is_published_once() -> None:
    world = World()
    world.hold(replace(CARD, status=CardStatus.DRAFT))
    made = await ask(world, PROMOTE, {"op": OP, "id": CARD.id, "n": 3})
    again = await ask(world, PROMOTE, {"op": OTHER, "id": CARD.id, "n": 4})
    assert made["data"]["promoteCard"]["card"] == {"version": 4, "status": "PROVISIONAL"}
    assert again["data"]["promoteCard"] == {
        "__typename": "IllegalTransition",
        "state": "provisional",
        "wanted": "provisional",
    }
    assert world.cards.history[CARD.id][-1].version == 4


@pytest.mark.row("CA-3")
async def test_retired_cards_stay_retired() -> None:
    world = World()
    world.hold(replace(CARD, status=CardStatus.VERIFIED))
    gone = await ask(world, RETIRE, {"op": OP, "id": CARD.id, "n": 3})
    back = await ask(world, VERIFY, {"op": OTHER, "id": CARD.id, "n": 4})
    assert gone["data"]["retireCard"]["card"] == {"version": 4, "status": "DEPRECATED"}
    assert back["data"]["verifyCard"] == {
        "__typename": "IllegalTransition",
        "state": "deprecated",
        "wanted": "verified",
    }


RANGE = "card.signature.environment.temperatureRange"


@pytest.mark.parametrize(
    ("place", "value", "field"),
    [
        (("title",), "", "card.title"),
        (("title",), "x" * 201, "card.title"),
        (("signature", "symptoms"), ["SYM_BATT_999"], "card.signature.symptoms"),
        (("signature", "symptoms"), ["battery"], "card.signature.symptoms"),
        (("signature", "component"), "flux", "card.signature.component"),
        (("signature", "errorCodes"), ["???"], "card.signature.errorCodes"),
        (("signature", "environment"), {"temperatureRange": "45-35C"}, RANGE),
        (("signature", "environment"), {"temperatureRange": "hot"}, RANGE),
        (("cause", "confidence"), 1.5, "card.cause.confidence"),
        (("cause", "cites"), ["fc_nobody_wrote_this"], "card.cause.cites"),
        (("resolution", "parts"), [{"part": "nothing"}], "card.resolution.parts"),
        (
            ("resolution", "parts"),
            [{"part": "bms-a", "quantity": 0}],
            "card.resolution.parts.0.quantity",
        ),
        (("resolution", "highVoltage"), True, "card.resolution.steps"),
        (("vehicles",), [{"make": "Ather", "year": 2009}], "card.vehicles.year"),
        (("vehicles",), [{"make": "Ather", "mileageKm": -1}], "card.vehicles.0.mileageKm"),
        (("vehicles",), [{"model": "450X"}], "card.vehicles.0.make"),
        (
            ("evidence",),
            {"photos": [{"key": "a", "sha256": "xyz"}]},
            "card.evidence.photos.0.sha256",
        ),
        (("visibility",), {"garages": ["pune"]}, "card.visibility.garages.0"),
    ],
)
@pytest.mark.row("CA-4", "CA-5", "CA-12", "CA-17", "CA-18", "CA-21", "CA-22")
async def test_wrong_values_are_named(place: tuple[str, ...], value: object, field: str) -> None:
    world = World()
    card: dict[str, Any] = dict(CARD_INPUT)
    if len(place) == 1:
        card[place[0]] = value
    else:
        card[place[0]] = card[place[0]] | {place[1]: value}
    answer = await ask(world, CREATE, {"op": OP, "card": card})
    assert answer["data"]["createCard"]["__typename"] == "InvalidInput"
    assert answer["data"]["createCard"]["field"] == field
    assert world.written() == (0, 0, 0)


async def test_a_garage_keeps_sight_of_its_card() -> None:
    world = World()
    card = CARD_INPUT | {"visibility": {"garages": [str(DELHI)]}}
    answer = await ask(world, CREATE, {"op": OP, "card": card}, actor(Role.MANAGER))
    key = CardId(answer["data"]["createCard"]["card"]["key"])
    assert world.cards.history[key][0].visibility.garages == ("garage_pune", "garage_delhi")
