"""Reports taken in by each role, searched once, and what a draft keeps."""

from dataclasses import replace

import pytest

from domain.access import Actor, Role
from domain.cards import CardStatus, Visibility
from domain.codes import CodeKey
from domain.errors import InvalidInput, NotAllowed, Unavailable
from domain.events import EventType
from domain.ids import GarageId, OperationId, PersonId
from domain.matches import Level
from domain.reports import FailureReport
from domain.tickets import Matching, TicketStatus
from matching.answers import Answer
from repair.intake import Intake, draft, draft_id, matched, report
from repair.operation import Operation
from tests.domain.samples import DELHI, LATER, NOW, PUNE, TICKET
from tests.resolvers.fakes import World
from tests.resolvers.inputs import OPERATION

SAID = FailureReport.parsed("Scooter stops charging at 80 percent")


def intake(world: World) -> Intake:
    return Intake(
        tickets=world.tickets, cards=world.cards, reader=world.reader, matcher=world.matcher
    )


def operation(role: Role, garage: GarageId | None = PUNE) -> Operation:
    who = Actor(id=PersonId("zoya"), role=role, garage=garage)
    return Operation(id=OperationId(str(OPERATION)), actor=who, at=NOW)


@pytest.mark.parametrize(
    ("role", "status", "assignee"),
    [
        (Role.ADMIN, TicketStatus.OPEN, None),
        (Role.MANAGER, TicketStatus.OPEN, None),
        (Role.TECHNICIAN, TicketStatus.ASSIGNED, "zoya"),
        (Role.CUSTOMER_SUPPORT, TicketStatus.OPEN, None),
    ],
)
async def test_reports_open_tickets(role: Role, status: TicketStatus, assignee: str | None) -> None:
    world = World()
    ticket = await report(intake(world), SAID, operation(role))
    assert (ticket.status, ticket.assignee, ticket.garage) == (status, assignee, PUNE)
    assert world.tickets.held == {ticket.id: ticket}
    assert [(e.type, e.entity, e.garage) for _, e in world.feed.log] == [
        (EventType.TICKET_CREATED, ticket.id, PUNE)
    ]


async def test_accountants_take_no_reports() -> None:
    world = World()
    with pytest.raises(NotAllowed):
        await report(intake(world), SAID, operation(Role.ACCOUNTANT))
    assert world.written() == (0, 0, 0)


async def test_other_garages_take_their_own() -> None:
    world = World()
    with pytest.raises(NotAllowed):
        await report(intake(world), SAID, operation(Role.MANAGER), DELHI)
    assert world.written() == (0, 0, 0)


async def test_administrators_name_the_garage() -> None:
    world = World()
    with pytest.raises(InvalidInput, match="garage"):
        await report(intake(world), SAID, operation(Role.ADMIN, None))
    ticket = await report(intake(world), SAID, operation(Role.ADMIN, None), DELHI)
    assert ticket.garage == DELHI


async def test_searching_twice_changes_nothing() -> None:
    world = World()
    ticket = await report(intake(world), SAID, operation(Role.TECHNICIAN))
    first = await matched(intake(world), ticket.id, NOW)
    written = world.written()
    again = await matched(intake(world), ticket.id, LATER)
    assert first == again == replace(ticket, matching=Matching.NONE)
    assert world.written() == written
    assert world.asked["match"] == 1


async def test_a_cut_off_search_founds_one_card() -> None:
    world = World()
    ticket = await report(intake(world), SAID, operation(Role.TECHNICIAN))
    world.hold(draft(ticket, NOW))
    await matched(intake(world), ticket.id, LATER)
    assert list(world.cards.history) == [draft_id(ticket.id)]
    assert world.tickets.held[ticket.id].matching is Matching.NONE


@pytest.mark.parametrize("level", [Level.RECENT, Level.MANUAL])
async def test_no_card_is_founded_while_the_graph_is_down(level: Level) -> None:
    world = World()
    ticket = await report(intake(world), SAID, operation(Role.TECHNICIAN))

    async def blind(*_: object) -> Answer:
        return Answer(matches=(), level=level, ranker="none", degraded="neo4j is asleep")

    world.matcher.match = blind  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(Unavailable):
        await matched(intake(world), ticket.id, NOW)
    assert world.tickets.held[ticket.id].matching is Matching.PENDING
    assert world.cards.history == {}


def test_a_draft_keeps_what_was_seen() -> None:
    ticket = replace(TICKET, text="A" * 300, codes=(CodeKey("ather:E401"),))
    card = draft(ticket, NOW)
    assert (card.status, card.version) == (CardStatus.DRAFT, 1)
    assert card.title == "A" * 79 + "…"
    assert card.signature.text == ticket.text
    assert card.signature.error_codes == ticket.codes
    assert card.provenance.ticket == ticket.id
    assert card.visibility == Visibility(garages=(PUNE,))


def test_a_draft_of_codes_alone_has_words() -> None:
    card = draft(replace(TICKET, text="", codes=(CodeKey("ather:E401"),)), NOW)
    assert card.title == "Reported codes: ather:E401"
