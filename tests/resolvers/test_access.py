"""Who may do what over the API: every role with every verb, and other garages' things."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from domain.access import Role
from domain.cards import Visibility
from domain.ids import PersonId
from domain.tickets import TicketStatus
from schema.nodes import global_id
from tests.domain.samples import ANU, CARD, DELHI, PUNE, TICKET
from tests.resolvers.fakes import World
from tests.resolvers.inputs import CARD_INPUT, OPERATION
from tests.web.clients import actor, ask

ADMIN, MANAGER, TECHNICIAN, ACCOUNTANT, SUPPORT = Role
EVERYONE = frozenset(Role)
CARDS = EVERYONE - {ACCOUNTANT}
REPORT = {"text": "Charging stops at 80 percent"}
CARD_ID, TICKET_ID = f'"{CARD.id}"', f'"{TICKET.id}"'
SIGNED = "operationId: $op"
HANDS = frozenset({ADMIN, MANAGER, TECHNICIAN})
VERBS: dict[str, frozenset[Role]] = {
    "match(report: $report) { __typename }": CARDS,
    'search(text: "charging") { __typename }': CARDS,
    f"card(id: {CARD_ID}) {{ __typename }}": CARDS,
    "cards { __typename }": CARDS,
    f"ticket(id: {TICKET_ID}) {{ __typename }}": EVERYONE,
    "tickets { __typename }": EVERYONE,
    "symptoms { __typename }": EVERYONE,
    "errorCodes { __typename }": EVERYONE,
    "components { __typename }": EVERYONE,
    "parts { __typename }": EVERYONE,
    "suppliers { __typename }": EVERYONE,
    "vehicleModels { __typename }": EVERYONE,
    f'node(id: "{global_id("FailureCard", CARD.id)}") {{ __typename }}': CARDS,
}
CHANGES: dict[str, frozenset[Role]] = {
    f"reportFailure({SIGNED}, report: $report) {{ __typename }}": CARDS,
    f"createCard({SIGNED}, card: $card) {{ __typename }}": frozenset({ADMIN, MANAGER, TECHNICIAN}),
    f"updateCard({SIGNED}, id: {CARD_ID}, expectedVersion: 3, card: $card) {{ __typename }}": (
        frozenset({ADMIN, MANAGER})
    ),
    f"verifyCard({SIGNED}, id: {CARD_ID}, expectedVersion: 3) {{ __typename }}": frozenset(
        {ADMIN, MANAGER}
    ),
    f"promoteCard({SIGNED}, id: {CARD_ID}, expectedVersion: 3) {{ __typename }}": frozenset(
        {ADMIN, MANAGER}
    ),
    f"retireCard({SIGNED}, id: {CARD_ID}, expectedVersion: 3) {{ __typename }}": frozenset(
        {ADMIN, MANAGER}
    ),
    f"startRepair({SIGNED}, id: {TICKET_ID}, expectedVersion: 7) {{ __typename }}": HANDS,
}


def house() -> World:
    world = World()
    world.hold(CARD)
    mine = replace(TICKET, status=TicketStatus.ASSIGNED, assignee=PersonId("zoya"))
    world.tickets.held[TICKET.id] = mine
    return world


async def done(world: World, verb: str, root: str, role: Role) -> dict[str, Any]:
    needs = {"$op": "UUID!", "$report": "ReportInput!", "$card": "CardInput!"}
    named = ", ".join(f"{name}: {kind}" for name, kind in needs.items() if name in verb)
    query = f"{root} {f'({named})' if named else ''} {{ it: {verb} }}"
    variables = {"op": str(OPERATION), "report": REPORT, "card": CARD_INPUT}
    return await ask(world, query, variables, actor(role))


@pytest.mark.row("AZ-1", "AZ-2", "AZ-3", "AZ-4", "AZ-5")
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("verb", VERBS)
async def test_every_role_reads_its_share(role: Role, verb: str) -> None:
    answer = await done(house(), verb, "query", role)
    assert _refused(answer) is (role not in VERBS[verb])


@pytest.mark.row("AZ-1", "AZ-2", "AZ-3", "AZ-4", "AZ-5")
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("verb", CHANGES)
async def test_every_role_changes_its_share(role: Role, verb: str) -> None:
    world = house()
    before = world.written()
    answer = await done(world, verb, "mutation", role)
    allowed = role in CHANGES[verb]
    assert _refused(answer) is not allowed
    assert (world.written() != before) is allowed


@pytest.mark.row("AZ-3")
async def test_technicians_see_their_own_tickets_only() -> None:
    world = house()
    query = "{ tickets { edges { node { key } } } }"
    own = await ask(world, query, who=actor(TECHNICIAN))
    world.tickets.held[TICKET.id] = replace(TICKET, assignee=ANU)
    other = await ask(world, query, who=actor(TECHNICIAN))
    assert own["data"]["tickets"]["edges"] == [{"node": {"key": TICKET.id}}]
    assert other["data"]["tickets"]["edges"] == []


@pytest.mark.row("CA-33")
@pytest.mark.parametrize(
    "query",
    [
        f"{{ it: card(id: {CARD_ID}) {{ key }} }}",
        f'{{ it: node(id: "{global_id("FailureCard", CARD.id)}") {{ key }} }}',
        f"{{ it: card(id: {CARD_ID}, version: 3) {{ key }} }}",
    ],
)
async def test_limited_cards_are_not_there_for_others(query: str) -> None:
    world = World()
    world.hold(replace(CARD, visibility=Visibility(garages=(DELHI,))))
    theirs = await ask(world, query, who=actor(MANAGER, DELHI))
    ours = await ask(world, query, who=actor(MANAGER, PUNE))
    assert theirs == {"data": {"it": {"key": CARD.id}}}
    assert ours == {"data": {"it": None}}


@pytest.mark.row("AZ-2")
async def test_other_garages_cards_are_not_ours_to_verify() -> None:
    world = house()
    before = world.written()
    query = f"""mutation ($op: UUID!) {{ verifyCard({SIGNED}, id: {CARD_ID}, expectedVersion: 3) {{
        __typename ... on NotAllowed {{ role action resource }} }} }}"""
    answer = await ask(world, query, {"op": str(UUID(int=7))}, actor(MANAGER, DELHI))
    assert answer["data"]["verifyCard"] == {
        "__typename": "NotAllowed",
        "role": "manager",
        "action": "verify",
        "resource": "failure card",
    }
    assert world.written() == before


def _refused(answer: dict[str, Any]) -> bool:
    data: dict[str, Any] | None = answer.get("data")
    if data is not None and data["it"] is not None:
        return data["it"]["__typename"] == "NotAllowed"
    codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
    assert codes == ["NOT_ALLOWED"], answer
    return True
