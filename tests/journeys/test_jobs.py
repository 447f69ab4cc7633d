"""A garage plans its day over the API on real stores."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from domain.access import Role
from domain.ids import PersonId
from domain.technicians import Technician
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE
from web.wiring import Runtime

pytestmark = pytest.mark.journey
JOB = "key version garage { key } ticket technician bay start end"
BAY = """mutation ($op: UUID!, $bay: ID!, $garage: ID!) {
  registerBay(operationId: $op, id: $bay, garage: $garage) { __typename
    ... on BayRegistered { bay { key garage { key } } } } }"""
BOOK = f"""mutation ($op: UUID!, $job: JobInput!) {{
  bookJob(operationId: $op, job: $job) {{ __typename
    ... on JobBooked {{ job {{ {JOB} }} }} ... on InvalidInput {{ at: field }}
    ... on Overlaps {{ field inTheWay }} ... on NotCertified {{ technician }} }} }}"""
MOVE = f"""mutation ($op: UUID!, $id: ID!, $n: Int!, $slot: SlotInput!) {{
  rescheduleJob(operationId: $op, id: $id, expectedVersion: $n, slot: $slot) {{ __typename
    ... on JobRescheduled {{ job {{ {JOB} }} }} }} }}"""
CANCEL = """mutation ($op: UUID!, $id: ID!, $n: Int!) {
  cancelJob(operationId: $op, id: $id, expectedVersion: $n) { __typename
    ... on JobCancelled { key } ... on StaleVersion { actual } } }"""
DAY = f"""query ($garage: ID!) {{ jobs(day: "2026-03-02", garage: $garage) {{ {JOB} }} }}"""
CREW = "query ($garage: ID!) { technicians(garage: $garage) { key } }"
# Midnight in India begins the day.
MIDNIGHT = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)


def slot(hour: int) -> dict[str, str]:
    start = MIDNIGHT + timedelta(hours=hour)
    return {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}


def op() -> str:
    return str(uuid4())


async def test_a_day_is_planned_changed_and_freed(house: Runtime, somebody: Somebody) -> None:
    boss, far = somebody(Role.MANAGER), somebody(Role.MANAGER, DELHI)
    asha = somebody(Role.TECHNICIAN, name="asha")
    await house.technicians.register(Technician(id=PersonId("asha"), garage=PUNE))
    made = await boss.report("The brakes squeal")
    bay = await boss.ask(BAY, op=op(), bay="bay_pune_1", garage=PUNE)
    job: dict[str, Any] = {
        "ticket": made["id"],
        "technician": "asha",
        "bay": "bay_pune_1",
        "slot": slot(10),
    }
    once = op()
    first = await boss.ask(BOOK, op=once, job=job)
    again = await boss.ask(BOOK, op=once, job=job)
    taken = await boss.ask(BOOK, op=op(), job=job)
    hers = await asha.ask(BOOK, op=op(), job=job | {"slot": slot(15)})
    theirs = await far.ask(BOOK, op=op(), job=job | {"slot": slot(15)})
    nowhere = await boss.ask(BOOK, op=op(), job=job | {"bay": "bay_moon", "slot": slot(15)})
    key = first["job"]["key"]
    assert bay["bay"] == {"key": "bay_pune_1", "garage": {"key": PUNE}}
    assert first == again
    assert taken == {"__typename": "Overlaps", "field": "bay", "inTheWay": key}
    assert (hers["__typename"], theirs["__typename"]) == ("NotAllowed", "NotFound")
    assert nowhere == {"__typename": "InvalidInput", "at": "job.bay"}
    assert await boss.ask(DAY, garage=PUNE) == [first["job"]]
    moved = await boss.ask(MOVE, op=op(), id=key, n=1, slot=slot(23))
    assert await boss.ask(DAY, garage=PUNE) == [moved["job"]]
    stale = await boss.ask(CANCEL, op=op(), id=key, n=1)
    assert stale == {"__typename": "StaleVersion", "actual": 2}
    assert await far.ask(CANCEL, op=op(), id=key, n=2) == {"__typename": "NotFound"}
    gone = await boss.ask(CANCEL, op=op(), id=key, n=2)
    assert gone == {"__typename": "JobCancelled", "key": key}
    assert await boss.ask(DAY, garage=PUNE) == []
    assert {"key": "asha"} in await boss.ask(CREW, garage=PUNE)
    refused = await far.answer(DAY, garage=PUNE)
    assert refused["errors"][0]["extensions"]["code"] == "NOT_ALLOWED"
