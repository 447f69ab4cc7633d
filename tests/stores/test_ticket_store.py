"""What every store of tickets does."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.access import Actor, Role
from domain.cards import PartUse, Severity
from domain.codes import CodeKey
from domain.errors import AlreadyExists, NotFound, StaleVersion
from domain.hazards import HazardKind, SafetyAdvice
from domain.ids import GarageId, PersonId, TicketId, VehicleId
from domain.outcomes import Attempt, Outcome
from domain.technicians import Certification, Technician
from domain.tickets import (
    Matching,
    SeenSymptom,
    ShownCard,
    ShownReason,
    Ticket,
    TicketChange,
    TicketStatus,
    bury_ticket,
)
from graph.garages import TicketFilter, TicketPeriod
from tests.graph.examples import ATHER, FULL, NOW, card, event
from tests.stores.store_set import House

DELHI, PUNE = GarageId("garage_delhi"), GarageId("garage_pune")
ASHA = Actor(id=PersonId("tech_asha"), role=Role.TECHNICIAN, garage=DELHI)
ADMIN = Actor(id=PersonId("admin"), role=Role.ADMIN)
MANAGER = Actor(id=PersonId("boss"), role=Role.MANAGER, garage=DELHI)
OTHERS = Actor(id=PersonId("boss_pune"), role=Role.MANAGER, garage=PUNE)

TICKET = Ticket(
    id=TicketId("tkt_0001"),
    version=1,
    status=TicketStatus.OPEN,
    text="Gaadi charge nahi ho rahi, E401 aata hai",
    garage=DELHI,
    reporter=PersonId("rider_7"),
    opened_at=NOW,
    vehicle=ATHER,
    codes=(CodeKey("ather:E401"),),
    symptoms=(
        SeenSymptom(code="SYM_BATT_001", confidence=0.9),
        SeenSymptom(code="SYM_CHRG_002", confidence=0.4),
    ),
)
ASSIGNED = replace(TICKET, version=2, status=TicketStatus.ASSIGNED, assignee=ASHA.id)


async def test_ticket_reads_back_whole(house: House) -> None:
    closed = replace(TICKET, assignee=ASHA.id, closed_at=NOW + timedelta(hours=2))
    await house.tickets.add(closed, [event("1", TICKET.id)])
    assert await house.tickets.get(TICKET.id, ADMIN) == closed
    assert [e.id for e in await house.outbox.pending(10)] == ["event-1"]


async def test_same_ticket_twice_is_one(house: House) -> None:
    await house.tickets.add(TICKET, [event("1", TICKET.id)])
    await house.tickets.record_shown(TICKET.id, [], Matching.NONE, [])
    await house.tickets.add(TICKET, [event("2", TICKET.id)])
    assert await house.tickets.page(ADMIN, first=10) == [replace(TICKET, matching=Matching.NONE)]
    assert [e.id for e in await house.outbox.pending(10)] == ["event-1"]


async def test_a_ticket_sent_many_times_at_once_is_one(house: House) -> None:
    await asyncio.gather(*(house.tickets.add(TICKET, [event(str(n), "t")]) for n in range(20)))
    assert await house.tickets.page(ADMIN, first=10) == [TICKET]
    assert len(await house.outbox.pending(30)) == 1


@pytest.mark.parametrize("vehicles", [1, 10, 30])
async def test_many_tickets_at_once_are_all_kept(house: House, vehicles: int) -> None:
    ids = [TicketId(f"tkt_at_once_{n:02}") for n in range(30)]
    on = [VehicleId(f"veh_ather_{n % vehicles}") for n in range(30)]
    made = [replace(TICKET, id=id, vehicle_id=v) for id, v in zip(ids, on, strict=True)]  # noqa: A001
    await asyncio.gather(*(house.tickets.add(one, []) for one in made))
    assert await house.tickets.page(ADMIN, first=50) == made[::-1]


async def test_taken_ticket_id_is_refused(house: House) -> None:
    await house.tickets.add(TICKET, [])
    with pytest.raises(AlreadyExists):
        await house.tickets.add(replace(TICKET, text="Another"), [event("2", TICKET.id)])
    assert await house.tickets.get(TICKET.id, ADMIN) == TICKET
    assert await house.outbox.pending(10) == []


async def test_put_moves_a_ticket(house: House) -> None:
    await house.tickets.add(TICKET, [])
    await house.tickets.put(ASSIGNED, [event("2", TICKET.id, 2)], expected=1)
    assert await house.tickets.get(TICKET.id, ASHA) == ASSIGNED


async def test_one_of_two_moves_wins(house: House) -> None:
    await house.tickets.add(TICKET, [])
    moves = [replace(ASSIGNED, assignee=PersonId(f"tech_{n}")) for n in range(5)]
    outcomes = await asyncio.gather(
        *(house.tickets.put(move, [], expected=1) for move in moves), return_exceptions=True
    )
    [winner] = [n for n, outcome in enumerate(outcomes) if outcome is None]
    assert sum(isinstance(o, StaleVersion) for o in outcomes) == 4
    assert await house.tickets.get(TICKET.id, ADMIN) == moves[winner]


async def test_absent_ticket_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        await house.tickets.put(ASSIGNED, [event("1", TICKET.id)], expected=1)
    with pytest.raises(NotFound):
        await house.tickets.record_shown(TICKET.id, [], Matching.NONE, [event("2", TICKET.id)])
    assert await house.tickets.page(ADMIN, first=10) == []
    assert await house.outbox.pending(10) == []


@pytest.mark.row("AZ-2")
async def test_tickets_are_narrowed_to_the_actor(house: House) -> None:
    mine = replace(ASSIGNED, id=TicketId("tkt_0002"), version=1)
    theirs = replace(TICKET, id=TicketId("tkt_0003"), garage=PUNE)
    for ticket in (TICKET, mine, theirs):
        await house.tickets.add(ticket, [])
    assert await house.tickets.page(ADMIN, first=10) == [theirs, mine, TICKET]
    assert await house.tickets.page(MANAGER, first=10) == [mine, TICKET]
    assert await house.tickets.page(ASHA, first=10) == [mine]
    assert await house.tickets.page(OTHERS, first=10) == [theirs]
    assert await house.tickets.many([TICKET.id, mine.id, theirs.id], ASHA) == {mine.id: mine}
    with pytest.raises(NotFound):
        await house.tickets.get(TICKET.id, OTHERS)


async def test_the_newest_come_first_whatever_their_ids(house: House) -> None:
    ids = ["ffff", "0000", "8888", "4444", "cccc"]
    made = [
        replace(TICKET, id=TicketId(f"tkt_{id}"), opened_at=NOW + timedelta(minutes=n))
        for n, id in enumerate(ids)  # noqa: A001
    ]
    for one in made:
        await house.tickets.add(one, [])
    for who in (ADMIN, MANAGER):
        first = await house.tickets.page(who, first=2)
        newer = replace(TICKET, id=TicketId(f"tkt_a_{who.role}"), opened_at=NOW + timedelta(days=1))
        await house.tickets.add(newer, [])
        rest = await house.tickets.page(who, first=10, after=first[-1].id)
        assert (first, rest) == (made[:-3:-1], made[-3::-1])
        made.append(newer)
    assert await house.tickets.page(ADMIN, first=10, after="tkt_of_nobody") == []


async def test_ticket_pages_go_on(house: House) -> None:
    tickets = [replace(TICKET, id=TicketId(f"tkt_000{n}")) for n in range(5)]
    closed = replace(TICKET, id=TicketId("tkt_0009"), status=TicketStatus.CLOSED)
    for ticket in (*tickets, closed):
        await house.tickets.add(ticket, [])
    first = await house.tickets.page(
        MANAGER, first=2, filter=TicketFilter(status=TicketStatus.OPEN)
    )
    rest = await house.tickets.page(
        MANAGER, first=10, after=first[-1].id, filter=TicketFilter(status=TicketStatus.OPEN)
    )
    assert first == [tickets[4], tickets[3]]
    assert rest == [tickets[2], tickets[1], tickets[0]]


async def test_tickets_that_tell_a_danger_are_found(house: House) -> None:
    advice = SafetyAdvice(hazards=(HazardKind.SMOKE,), steps=("Go away.",), language="en")
    smokes = replace(TICKET, id=TicketId("tkt_0002"), safety=advice)
    for ticket in (TICKET, smokes):
        await house.tickets.add(ticket, [])
    critical = TicketFilter(severity=Severity.CRITICAL)
    assert await house.tickets.page(MANAGER, first=10, filter=critical) == [smokes]
    assert await house.tickets.page(OTHERS, first=10, filter=critical) == []


async def test_tickets_are_found_by_garage_and_time(house: House) -> None:
    day = timedelta(days=1)
    tickets = [
        replace(TICKET, id=TicketId(f"tkt_000{n}"), opened_at=NOW + n * day) for n in range(5)
    ]
    theirs = replace(TICKET, id=TicketId("tkt_0009"), garage=PUNE, opened_at=NOW + day)
    for ticket in (*tickets, theirs):
        await house.tickets.add(ticket, [])
    within = TicketPeriod(garage=DELHI, since=NOW + day, until=NOW + 3 * day)
    for who in (ADMIN, MANAGER):
        found = await house.tickets.page(who, first=10, filter=TicketFilter(within=within))
        assert found == [tickets[2], tickets[1]]
    assert await house.tickets.page(OTHERS, first=10, filter=TicketFilter(within=within)) == []
    assert await house.tickets.page(ASHA, first=10, filter=TicketFilter(within=within)) == []


async def test_repairs_of_a_vehicle_are_those_of_its_garage(house: House) -> None:
    on = replace(TICKET, vehicle_id=VehicleId("veh_0001"))
    tickets = [
        replace(on, id=TicketId(f"tkt_000{n}"), opened_at=NOW + timedelta(days=n)) for n in range(3)
    ]
    theirs = replace(on, id=TicketId("tkt_0008"), garage=PUNE)
    other = replace(on, id=TicketId("tkt_0009"), vehicle_id=VehicleId("veh_0002"), assignee=ASHA.id)
    for ticket in (*tickets, theirs, other):
        await house.tickets.add(ticket, [])
    of = {VehicleId(f"veh_000{n}"): DELHI for n in (1, 2, 3)}
    first, second, third = of
    newest = {first: [tickets[2], tickets[1]], second: [other], third: []}
    assert await house.tickets.of_vehicles(of, ADMIN, first=2) == newest
    assert await house.tickets.of_vehicles(of, MANAGER, first=2) == newest
    bench = {first: [], second: [other], third: []}
    assert await house.tickets.of_vehicles(of, ASHA, first=2) == bench
    assert await house.tickets.of_vehicles(of, OTHERS, first=2) == {one: [] for one in of}


async def test_suggestions_replace_the_last(house: House) -> None:
    other = card("other")
    await house.cards.add(FULL, [])
    await house.cards.add(other, [])
    await house.tickets.add(TICKET, [])
    first = ShownCard(card=FULL.id, rank=1, score=0.9, ranker="fused", at=NOW)
    why = (
        ShownReason(kind="code", subject="ather:E401", text="reports code E401", told=("stored",)),
        ShownReason(kind="outcomes", subject=FULL.id, text="worked", uses=5, worked=4),
    )
    later = [
        ShownCard(card=FULL.id, rank=2, score=0.4, ranker="fused", at=NOW + timedelta(minutes=1)),
        ShownCard(
            card=other.id,
            rank=1,
            score=0.8,
            ranker="fused",
            at=NOW + timedelta(minutes=1),
            standing="proven",
            sentence="Reports code E401; worked 4 of 5 times.",
            chance=0.82,
            language="hi",
            reasons=why,
        ),
    ]
    await house.tickets.record_shown(TICKET.id, [first], Matching.FOUND, [event("m1", FULL.id)])
    await house.tickets.record_shown(TICKET.id, later, Matching.FOUND, [event("m2", FULL.id)])
    assert await house.tickets.shown_cards([TICKET.id, TicketId("tkt_none")]) == {
        TICKET.id: (later[1], later[0]),
        TicketId("tkt_none"): (),
    }
    found = await house.tickets.get(TICKET.id, ADMIN)
    assert found == replace(TICKET, matching=Matching.FOUND)
    assert [e.id for e in await house.outbox.pending(10)] == ["event-m1", "event-m2"]


async def test_put_leaves_matching_alone(house: House) -> None:
    await house.tickets.add(TICKET, [])
    await house.tickets.record_shown(TICKET.id, [], Matching.NONE, [])
    await house.tickets.put(ASSIGNED, [], expected=1)
    found = await house.tickets.get(TICKET.id, ADMIN)
    assert found == replace(ASSIGNED, matching=Matching.NONE)


async def test_a_worked_on_ticket_reads_back_whole(house: House) -> None:
    await house.cards.add(FULL, [])
    await house.tickets.add(TICKET, [])
    tries = (
        Attempt(by=ASHA.id, at=NOW, worked=False, card=FULL.id, minutes=20),
        Attempt(by=ASHA.id, at=NOW, worked=True, notes="My own way"),
    )
    worked_on = replace(
        ASSIGNED,
        status=TicketStatus.RESOLVED,
        card=FULL.id,
        attempts=tries,
        outcome=Outcome(worked=True, minutes=45, parts=(PartUse(part="BW-BMS-48-16S"),)),
        started_at=NOW,
        resolved_at=NOW + timedelta(hours=1),
        marks=("one",),
    )
    await house.tickets.put(worked_on, [event("2", TICKET.id, 2)], expected=1)
    assert await house.tickets.get(TICKET.id, ADMIN) == worked_on


async def test_technicians_are_known_by_garage(house: House) -> None:
    asha = Technician(id=ASHA.id, garage=DELHI, skills=("motor", "battery_pack"))
    moved = replace(asha, garage=PUNE, certification=Certification.HIGH_VOLTAGE)
    await house.crew.register(asha)
    await house.crew.register(moved)
    known = replace(moved, skills=("battery_pack", "motor"))
    assert await house.crew.technician(ASHA.id) == known
    assert await house.crew.technician(PersonId("nobody")) is None
    assert await house.crew.technicians(PUNE) == [known]
    assert await house.crew.technicians(DELHI) == []


async def test_closed_tickets_of_a_vehicle_are_found(house: House) -> None:
    known = replace(TICKET, vehicle_id=VehicleId("veh_0001"))
    closed = replace(known, id=TicketId("tkt_0002"), closed_at=NOW, revisit_of=TICKET.id)
    theirs = replace(closed, id=TicketId("tkt_0003"), garage=PUNE)
    other = replace(closed, id=TicketId("tkt_0004"), vehicle_id=VehicleId("veh_0002"))
    for ticket in (known, closed, theirs, other):
        await house.tickets.add(ticket, [])
    assert await house.tickets.closed_on(VehicleId("veh_0001"), DELHI) == [closed]
    assert await house.tickets.closed_on(VehicleId("veh_0001"), PUNE) == [theirs]
    assert await house.tickets.closed_on(VehicleId("veh_none"), DELHI) == []


async def test_openings_are_counted_by_garage(house: House) -> None:
    away = replace(TICKET, id=TicketId("tkt_0002"), garage=PUNE)
    later = replace(TICKET, id=TicketId("tkt_0003"), opened_at=NOW + timedelta(days=1))
    for one in (TICKET, away, later):
        await house.tickets.add(one, [])
    day = (NOW, NOW + timedelta(days=1))
    counted = await house.tickets.by_garage(*day, ADMIN)
    assert [(one.garage, one.opened, one.resolved) for one in counted] == [
        (DELHI, 1, 0),
        (PUNE, 1, 0),
    ]
    assert [one.garage for one in await house.tickets.by_garage(*day, MANAGER)] == [DELHI]


async def test_a_buried_ticket_leaves_its_tombstone_to_those_who_saw_it(house: House) -> None:
    await house.tickets.add(TICKET, [])
    await house.tickets.put(ASSIGNED, [], expected=1)
    stone = bury_ticket(ASSIGNED, ADMIN.id, TicketChange(at=NOW, expected=2, mark="once"))
    with pytest.raises(StaleVersion):
        await house.tickets.bury(stone, [event("2", TICKET.id, 3)], expected=1)
    await house.tickets.bury(stone, [event("1", TICKET.id, 3)], expected=2)
    assert await house.tickets.page(ADMIN, first=10) == []
    seen = [await house.tickets.tombstones([TICKET.id], one) for one in (ADMIN, MANAGER, ASHA)]
    assert seen == [{TICKET.id: stone}] * 3
    assert await house.tickets.tombstones([TICKET.id], OTHERS) == {}
    assert [e.id for e in await house.outbox.pending(10)] == ["event-1"]


async def test_the_id_of_a_buried_ticket_is_not_taken_again(house: House) -> None:
    await house.tickets.add(TICKET, [])
    stone = bury_ticket(TICKET, ADMIN.id, TicketChange(at=NOW, expected=1))
    await house.tickets.bury(stone, [], expected=1)
    with pytest.raises(NotFound):
        await house.tickets.add(TICKET, [event("1", TICKET.id)])
    with pytest.raises(NotFound):
        await house.tickets.bury(stone, [event("2", TICKET.id)], expected=1)
    assert await house.tickets.many([TICKET.id], ADMIN) == {}
    assert await house.outbox.pending(10) == []
