"""Reports taken in by each role, searched once, and what a draft keeps."""

from dataclasses import replace

import pytest

from domain.access import Actor, Role, Viewer
from domain.cards import CardStatus, Visibility
from domain.codes import CodeKey
from domain.errors import InvalidInput, NotAllowed, Unavailable
from domain.events import EventType
from domain.ids import GarageId, OperationId, PersonId
from domain.matches import Level, UnderstoodReport
from domain.reports import FailureReport
from domain.tickets import Matching, TicketStatus
from matching.answers import MatchAnswer
from repair.operations import Operation
from repair.reports import ReportPorts, report_failure
from repair.suggestions import WAIT_SECONDS, SuggestionPorts, draft_card, draft_id, suggest_cards
from tests.domain.samples import DELHI, LATER, NOW, PUNE, TICKET
from tests.resolvers.fakes import World
from tests.resolvers.inputs import OPERATION

SAID = FailureReport.parse("Scooter stops charging at 80 percent")


def intake(world: World) -> ReportPorts:
    return ReportPorts(tickets=world.tickets, reader=world.reader, files=world.files)


def search(world: World) -> SuggestionPorts:
    return SuggestionPorts(
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
    ticket = await report_failure(intake(world), SAID, operation(role))
    assert (ticket.status, ticket.assignee, ticket.garage) == (status, assignee, PUNE)
    assert world.tickets.held == {ticket.id: ticket}
    assert [(e.type, e.entity, e.garage) for _, e in world.feed.log] == [
        (EventType.TICKET_CREATED, ticket.id, PUNE)
    ]


async def test_accountants_take_no_reports() -> None:
    world = World()
    with pytest.raises(NotAllowed):
        await report_failure(intake(world), SAID, operation(Role.ACCOUNTANT))
    assert world.written() == (0, 0, 0)


async def test_other_garages_take_their_own() -> None:
    world = World()
    with pytest.raises(NotAllowed):
        await report_failure(intake(world), SAID, operation(Role.MANAGER), DELHI)
    assert world.written() == (0, 0, 0)


async def test_administrators_name_the_garage() -> None:
    world = World()
    with pytest.raises(InvalidInput, match="garage"):
        await report_failure(intake(world), SAID, operation(Role.ADMIN, None))
    ticket = await report_failure(intake(world), SAID, operation(Role.ADMIN, None), DELHI)
    assert ticket.garage == DELHI


async def test_searching_twice_changes_nothing() -> None:
    world = World()
    ticket = await report_failure(intake(world), SAID, operation(Role.TECHNICIAN))
    first = await suggest_cards(search(world), ticket.id, NOW)
    written = world.written()
    again = await suggest_cards(search(world), ticket.id, LATER)
    assert first == again == replace(ticket, matching=Matching.NONE)
    assert world.written() == written
    assert world.asked["match"] == 1


async def test_a_cut_off_search_founds_one_card() -> None:
    world = World()
    ticket = await report_failure(intake(world), SAID, operation(Role.TECHNICIAN))
    world.hold(draft_card(ticket, NOW))
    await suggest_cards(search(world), ticket.id, LATER)
    assert list(world.cards.history) == [draft_id(ticket.id)]
    assert world.tickets.held[ticket.id].matching is Matching.NONE


@pytest.mark.parametrize("level", [Level.RECENT, Level.MANUAL])
async def test_no_card_is_founded_while_the_graph_is_down(level: Level) -> None:
    world = World()
    ticket = await report_failure(intake(world), SAID, operation(Role.TECHNICIAN))

    async def blind(*_: object) -> MatchAnswer:
        return MatchAnswer(matches=(), level=level, ranker="none", degraded="neo4j is asleep")

    world.matcher.match = blind  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(Unavailable):
        await suggest_cards(search(world), ticket.id, NOW)
    assert world.tickets.held[ticket.id].matching is Matching.PENDING
    assert world.cards.history == {}


async def tried(world: World, monkeypatch: pytest.MonkeyPatch, *ends: Exception) -> int:
    """Search for a ticket's cards while the matcher ends so, and give how often it was asked."""
    ticket = await report_failure(intake(world), SAID, operation(Role.TECHNICIAN))
    asked, answered = list(ends), world.matcher.match
    before = len(asked)

    async def failing(understood: UnderstoodReport, viewer: Viewer, limit: int = 5) -> MatchAnswer:
        if asked:
            raise asked.pop(0)
        return await answered(understood, viewer, limit)

    monkeypatch.setattr(world.matcher, "match", failing)
    await suggest_cards(search(world), ticket.id, NOW)
    return before - len(asked) + world.asked["match"]


DOWN = Unavailable("neo4j", "stopped for the test")


@pytest.mark.row("IP-4")
async def test_a_search_is_tried_three_times(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await tried(World(), monkeypatch, DOWN, DOWN) == 3
    world, ends = World(), [DOWN] * 4
    with pytest.raises(Unavailable):
        await tried(world, monkeypatch, *ends)
    assert world.asked["match"] == 0
    [ticket] = world.tickets.held.values()
    assert ticket.matching is Matching.PENDING


@pytest.mark.row("IP-4")
async def test_what_the_caller_did_wrong_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    with pytest.raises(InvalidInput):
        await tried(world, monkeypatch, InvalidInput("text", "is wrong"))
    assert world.asked["match"] == 0


@pytest.mark.row("IP-4")
async def test_waits_double_with_a_part_of_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = list[float]()

    async def noted(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("asyncio.sleep", noted)
    for _ in range(20):
        with pytest.raises(Unavailable):
            await tried(World(), monkeypatch, *[DOWN] * 4)
    firsts, seconds = waits[::2], waits[1::2]
    assert all(WAIT_SECONDS <= wait <= 2 * WAIT_SECONDS for wait in firsts)
    assert all(2 * WAIT_SECONDS <= wait <= 3 * WAIT_SECONDS for wait in seconds)
    assert len(set(waits)) == 40


@pytest.mark.row("IP-4")
async def test_tries_end_with_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("repair.suggestions.TRIES_SECONDS", WAIT_SECONDS / 2)
    asked = 0

    async def failing(*_: object) -> MatchAnswer:
        nonlocal asked
        asked += 1
        raise DOWN

    world = World()
    ticket = await report_failure(intake(world), SAID, operation(Role.TECHNICIAN))
    monkeypatch.setattr(world.matcher, "match", failing)
    with pytest.raises(Unavailable, match=r"no answer within 0\.1 seconds"):
        await suggest_cards(search(world), ticket.id, NOW)
    assert asked == 1


def test_a_draft_keeps_what_was_seen() -> None:
    ticket = replace(TICKET, text="A" * 300, codes=(CodeKey("ather:E401"),))
    card = draft_card(ticket, NOW)
    assert (card.status, card.version) == (CardStatus.DRAFT, 1)
    assert card.title == "A" * 79 + "…"
    assert card.signature.text == ticket.text
    assert card.signature.error_codes == ticket.codes
    assert card.provenance.ticket == ticket.id
    assert card.visibility == Visibility(garages=(PUNE,))


def test_a_draft_of_codes_alone_has_words() -> None:
    card = draft_card(replace(TICKET, text="", codes=(CodeKey("ather:E401"),)), NOW)
    assert card.title == "Reported codes: ather:E401"
