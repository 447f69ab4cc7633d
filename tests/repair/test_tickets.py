"""Working on a ticket: who may, in which order, once for each operation, and with which event."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID

import pytest

from domain.access import Actor, Role
from domain.cards import PartUse, RepairStep
from domain.errors import (
    InvalidInput,
    NotAllowed,
    NotCertified,
    NotFound,
    StaleVersion,
)
from domain.events import EventType
from domain.ids import CardId, GarageId, OperationId, PersonId
from domain.outcomes import Attempt, Outcome
from domain.technicians import Certification, Technician
from domain.tickets import ShownCard, Ticket, TicketStatus
from repair import tickets
from repair.operations import Operation
from repair.tickets import TicketPorts
from tests.domain.samples import ANU, BALA, CARD, DELHI, LATER, NOW, PUNE, TICKET
from tests.resolvers.fakes import World

BOSS = Actor(id=PersonId("boss"), role=Role.MANAGER, garage=PUNE)
MECHANIC = Actor(id=ANU, role=Role.TECHNICIAN, garage=PUNE)
LIVE = replace(
    CARD,
    id=CardId("fc_live_pack"),
    resolution=replace(
        CARD.resolution,
        steps=(RepairStep(action="Isolate the pack", safety=True),),
        high_voltage=True,
    ),
)
FAILED = Attempt(by=ANU, at=LATER, worked=False, card=CARD.id, minutes=20)
WORKED = Outcome(worked=True, minutes=45, card=CARD.id)


def workshop(world: World) -> TicketPorts:
    given = world.services
    return TicketPorts(
        tickets=given.tickets,
        cards=given.cards,
        technicians=given.technicians,
        vocabulary=given.vocabulary,
        files=world.files,
    )


def by(actor: Actor, n: int = 1) -> Operation:
    return Operation(id=OperationId(str(UUID(int=n))), actor=actor, at=LATER)


async def house(status: str = "assigned") -> World:
    world = World()
    world.hold(CARD, LIVE)
    assignee = None if status == "open" else ANU
    held = replace(TICKET, version=1, status=TicketStatus(status), assignee=assignee)
    world.tickets.held[TICKET.id] = held
    await world.crew.register(Technician(id=ANU, garage=PUNE))
    certified = Technician(id=BALA, garage=PUNE, certification=Certification.HIGH_VOLTAGE)
    await world.crew.register(certified)
    return world


def told(world: World) -> list[tuple[EventType, int, GarageId | None]]:
    return [(event.type, event.version, event.garage) for _, event in world.feed.log]


@pytest.mark.row("GA-1")
async def test_a_repair_runs_from_report_to_close() -> None:
    world = await house("open")
    shop, key = workshop(world), TICKET.id
    await tickets.assign_ticket(shop, key, ANU, 1, by(BOSS, 1))
    await tickets.start_repair(shop, key, CARD.id, 2, by(MECHANIC, 2))
    await tickets.record_attempt(shop, key, FAILED, 3, by(MECHANIC, 3))
    await tickets.resolve_ticket(shop, key, WORKED, 4, by(MECHANIC, 4))
    await tickets.close_ticket(shop.tickets, key, 5, 5, by(MECHANIC, 5))
    found = world.tickets.held[key]
    assert found.status is TicketStatus.CLOSED
    assert found.outcome == replace(WORKED, rating=5)
    assert [(a.card, a.worked) for a in found.attempts] == [(CARD.id, False), (CARD.id, True)]
    assert (found.started_at, found.resolved_at, found.closed_at) == (LATER, LATER, LATER)
    assert told(world) == [
        (EventType.TICKET_UPDATED, 2, PUNE),
        (EventType.TICKET_UPDATED, 3, PUNE),
        (EventType.TICKET_UPDATED, 4, PUNE),
        (EventType.TICKET_RESOLVED, 5, PUNE),
        (EventType.TICKET_CLOSED, 6, PUNE),
    ]


async def test_a_closed_repair_is_reopened() -> None:
    world = await house("closed")
    found = await tickets.reopen_ticket(world.tickets, TICKET.id, 1, by(BOSS))
    assert (found.status, found.assignee) == (TicketStatus.OPEN, None)
    assert told(world) == [(EventType.TICKET_REOPENED, 2, PUNE)]


VERBS: dict[str, tuple[str, Callable[[TicketPorts, Operation], Awaitable[Ticket]]]] = {
    "assign": ("open", lambda shop, op: tickets.assign_ticket(shop, TICKET.id, ANU, 1, op)),
    "start": ("assigned", lambda shop, op: tickets.start_repair(shop, TICKET.id, CARD.id, 1, op)),
    "attempt": (
        "in_progress",
        lambda shop, op: tickets.record_attempt(shop, TICKET.id, FAILED, 1, op),
    ),
    "resolve": (
        "in_progress",
        lambda shop, op: tickets.resolve_ticket(shop, TICKET.id, WORKED, 1, op),
    ),
    "close": ("resolved", lambda shop, op: tickets.close_ticket(shop.tickets, TICKET.id, 4, 1, op)),
    "reopen": ("closed", lambda shop, op: tickets.reopen_ticket(shop.tickets, TICKET.id, 1, op)),
}
TECHNICIANS = {"start", "attempt", "resolve", "close"}


@pytest.mark.row("GA-1")
@pytest.mark.parametrize("verb", VERBS)
async def test_an_operation_is_done_once(verb: str) -> None:
    status, do = VERBS[verb]
    world = await house(status)
    first = await do(workshop(world), by(BOSS))
    written = world.written()
    again = await do(workshop(world), by(BOSS))
    assert again == first
    assert world.written() == written


@pytest.mark.parametrize("verb", VERBS)
async def test_other_garages_tickets_are_not_there(verb: str) -> None:
    status, do = VERBS[verb]
    world = await house(status)
    held, written = world.tickets.held[TICKET.id], world.written()
    with pytest.raises(NotFound):
        await do(workshop(world), by(replace(BOSS, garage=DELHI)))
    assert (world.tickets.held[TICKET.id], world.written()) == (held, written)


@pytest.mark.parametrize("verb", VERBS)
async def test_technicians_do_their_share(verb: str) -> None:
    status, do = VERBS[verb]
    world = await house(status)
    held = replace(world.tickets.held[TICKET.id], assignee=ANU)
    world.tickets.held[TICKET.id] = held
    if verb in TECHNICIANS:
        assert (await do(workshop(world), by(MECHANIC))).version == 2
        return
    with pytest.raises(NotAllowed):
        await do(workshop(world), by(MECHANIC))
    assert (world.tickets.held[TICKET.id], world.feed.log) == (held, [])


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"invoice"}))
async def test_an_old_version_changes_nothing(verb: str) -> None:
    status, do = VERBS[verb]
    world = await house(status)
    held = replace(world.tickets.held[TICKET.id], version=2)
    world.tickets.held[TICKET.id] = held
    with pytest.raises(StaleVersion):
        await do(workshop(world), by(BOSS))
    assert (world.tickets.held[TICKET.id], world.feed.log) == (held, [])


@pytest.mark.row("GA-3")
@pytest.mark.parametrize("verb", ["assign", "start", "attempt", "resolve"])
async def test_high_voltage_work_needs_a_certificate(verb: str) -> None:
    world = await house({"assign": "in_progress", "start": "assigned"}.get(verb, "in_progress"))
    held = replace(world.tickets.held[TICKET.id], card=LIVE.id if verb == "assign" else None)
    world.tickets.held[TICKET.id] = held
    shop = workshop(world)
    wanted: dict[str, Awaitable[Ticket]] = {
        "assign": tickets.assign_ticket(shop, TICKET.id, ANU, 1, by(BOSS)),
        "start": tickets.start_repair(shop, TICKET.id, LIVE.id, 1, by(MECHANIC)),
        "attempt": tickets.record_attempt(
            shop, TICKET.id, replace(FAILED, card=LIVE.id), 1, by(MECHANIC)
        ),
        "resolve": tickets.resolve_ticket(
            shop, TICKET.id, replace(WORKED, card=LIVE.id), 1, by(MECHANIC)
        ),
    }
    asked = wanted.pop(verb)
    for unasked in wanted.values():
        unasked.close()  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(NotCertified, match="anu"):
        await asked
    assert (world.tickets.held[TICKET.id], world.feed.log) == (held, [])


@pytest.mark.row("GA-3")
async def test_the_first_suggestion_tells_the_danger() -> None:
    world = await house("open")
    shown = ShownCard(card=LIVE.id, rank=1, score=1.0, ranker="fake", at=NOW)
    world.tickets.suggested[TICKET.id] = (shown,)
    with pytest.raises(NotCertified):
        await tickets.assign_ticket(workshop(world), TICKET.id, ANU, 1, by(BOSS))
    found = await tickets.assign_ticket(workshop(world), TICKET.id, BALA, 1, by(BOSS))
    assert found.assignee == BALA


@pytest.mark.row("GA-3")
async def test_strangers_are_given_nothing() -> None:
    world = await house("open")
    await world.crew.register(Technician(id=PersonId("far"), garage=DELHI))
    for name in ("far", "nobody"):
        with pytest.raises(InvalidInput, match="technician"):
            await tickets.assign_ticket(workshop(world), TICKET.id, PersonId(name), 1, by(BOSS))
    assert world.feed.log == []


async def test_unknown_parts_are_named() -> None:
    world = await house("in_progress")
    used = replace(WORKED, parts=(PartUse(part="nothing"),))
    with pytest.raises(InvalidInput, match="nothing"):
        await tickets.resolve_ticket(workshop(world), TICKET.id, used, 1, by(MECHANIC))
    assert world.feed.log == []


async def test_a_managers_note_is_the_technicians_try() -> None:
    world = await house("in_progress")
    said = replace(FAILED, by=BOSS.id)
    found = await tickets.record_attempt(workshop(world), TICKET.id, said, 1, by(BOSS))
    assert found.attempts == (FAILED,)
