"""Bookings on the real graph: no bay and no person twice at the same time."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest

from domain.errors import AlreadyExists, NotFound, Overlaps, StaleVersion, Unavailable
from domain.ids import BayId, GarageId, JobId, PersonId
from domain.jobs import Bay, Job, Slot, reschedule_job
from domain.technicians import Technician
from graph.database import Graph
from graph.jobs import JobStore
from graph.technicians import TechnicianStore
from graph.tickets import TicketStore
from tests.graph.examples import NOW
from tests.stores.test_ticket_store import DELHI, PUNE, TICKET

BAY, OTHER_BAY = BayId("bay_1"), BayId("bay_2")
RAVI, ASHA = PersonId("ravi"), PersonId("asha")
QUARTER = timedelta(minutes=15)
WHOLE_DAY = Slot(start=NOW - timedelta(hours=1), end=NOW + timedelta(hours=20))


def slot(start: int, length: int = 4) -> Slot:
    """A slot in quarters of an hour from NOW."""
    return Slot(start=NOW + start * QUARTER, end=NOW + (start + length) * QUARTER)


def job(name: str, when: Slot, bay: BayId = BAY, who: PersonId = RAVI) -> Job:
    id = JobId(f"job_{name}")  # noqa: A001 - as everywhere
    return Job(id=id, version=1, garage=DELHI, ticket=TICKET.id, technician=who, bay=bay, slot=when)


async def outcome_of(jobs: JobStore, wanted: Job) -> Exception | None:
    """Book as a client does: one that finds the store busy asks again."""
    while True:
        try:
            return await jobs.book(wanted)
        except Unavailable:
            continue
        except Overlaps as refused:
            return refused


@pytest.fixture
async def jobs(graph: Graph) -> JobStore:
    jobs, crew = JobStore(graph), TechnicianStore(graph)
    await TicketStore(graph).add(TICKET, [])
    for bay in (BAY, OTHER_BAY):
        await jobs.register_bay(Bay(id=bay, garage=DELHI))
    for person in (RAVI, ASHA):
        await crew.register(Technician(id=person, garage=DELHI))
    return jobs


@pytest.mark.row("GA-2")
async def test_of_fifty_overlapping_bookings_none_overlap(jobs: JobStore) -> None:
    wanted = [
        job(f"{n:03}", slot(n % 10), (BAY, OTHER_BAY)[n % 2], (RAVI, ASHA)[n // 2 % 2])
        for n in range(50)
    ]
    outcomes = await asyncio.gather(*(outcome_of(jobs, one) for one in wanted))
    kept = [one for one, outcome in zip(wanted, outcomes, strict=True) if outcome is None]
    refused = [one for one, outcome in zip(wanted, outcomes, strict=True) if outcome is not None]
    assert all(isinstance(o, Overlaps) for o in outcomes if o is not None)
    assert sorted(await jobs.day(DELHI, WHOLE_DAY), key=lambda j: j.id) == kept
    assert not [pair for pair in combinations(kept, 2) if pair[0].overlaps_with(pair[1])]
    assert all(any(one.overlaps_with(other) for other in kept) for one in refused)


@pytest.mark.row("GA-2", figure="50 bookings at once")
async def test_fifty_who_want_the_same_time_are_one(jobs: JobStore) -> None:
    wanted = [job(f"{n:03}", slot(0)) for n in range(50)]
    outcomes = await asyncio.gather(*(outcome_of(jobs, one) for one in wanted))
    assert sum(isinstance(o, Overlaps) for o in outcomes) == 49
    assert await jobs.day(DELHI, WHOLE_DAY) == [
        one for one, outcome in zip(wanted, outcomes, strict=True) if outcome is None
    ]


async def test_a_person_is_on_one_bay_at_a_time(jobs: JobStore) -> None:
    first = job("first", slot(0))
    await jobs.book(first)
    with pytest.raises(Overlaps) as refused:
        await jobs.book(job("second", slot(3), OTHER_BAY))
    assert (refused.value.field, refused.value.job) == ("technician", first.id)
    after = job("after", slot(4), OTHER_BAY)
    await jobs.book(after)
    assert await jobs.day(DELHI, WHOLE_DAY) == [first, after]


async def test_a_job_moves_and_makes_room(jobs: JobStore) -> None:
    first = job("first", slot(0))
    await jobs.book(first)
    await jobs.book(first)
    moved = reschedule_job(first, slot(2), 1)
    await jobs.book(moved, expected=1)
    with pytest.raises(StaleVersion):
        await jobs.book(replace(moved, slot=slot(9)), expected=1)
    with pytest.raises(StaleVersion):
        await jobs.cancel(first, "by ravi")
    assert await jobs.job(first.id) == moved
    await jobs.cancel(moved, "by asha")
    with pytest.raises(NotFound):
        await jobs.book(replace(moved, version=3), expected=2)
    assert await jobs.day(DELHI, WHOLE_DAY) == []
    await jobs.book(job("second", slot(2)))


async def test_a_cancelled_job_is_known_by_who_cancelled_it(jobs: JobStore, graph: Graph) -> None:
    first = job("first", slot(0))
    await jobs.book(first)
    await jobs.cancel(first, "by asha")
    assert await jobs.cancelled(first.id, "by asha")
    assert not await jobs.cancelled(first.id, "by ravi")
    assert await jobs.job(first.id) is None
    with pytest.raises(NotFound):
        await jobs.cancel(first, "by ravi")
    with pytest.raises(NotFound):
        await jobs.book(first)
    [left] = await graph.read("MATCH (j:Job) RETURN properties(j) AS job, COUNT {(j)--()} AS edges")
    assert left == {"job": {"id": first.id, "cancelled_by": "by asha"}, "edges": 0}


async def test_a_bay_stays_where_it_is(jobs: JobStore) -> None:
    with pytest.raises(AlreadyExists):
        await jobs.register_bay(Bay(id=BAY, garage=PUNE))
    assert await jobs.bay(BAY) == Bay(id=BAY, garage=DELHI)
    assert await jobs.bay(BayId("bay_none")) is None
    assert await jobs.day(GarageId("garage_none"), WHOLE_DAY) == []
