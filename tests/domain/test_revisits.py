"""Which repair a failure comes back after."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.codes import CodeKey
from domain.ids import GarageId, PersonId, TicketId, VehicleId
from domain.outcomes import Outcome
from domain.revisits import find_revisited
from domain.tickets import SeenSymptom, Ticket, TicketStatus

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAYS_30, SECOND = timedelta(days=30), timedelta(seconds=1)
NEW = Ticket(
    id=TicketId("tkt_new"),
    version=1,
    status=TicketStatus.OPEN,
    text="It stops again",
    garage=GarageId("garage_pune"),
    reporter=PersonId("asha"),
    opened_at=NOW,
    vehicle_id=VehicleId("veh_0001"),
    symptoms=(SeenSymptom(code="SYM_BATT_002", confidence=0.8),),
)
OLD = replace(
    NEW,
    id=TicketId("tkt_old"),
    status=TicketStatus.CLOSED,
    opened_at=NOW - timedelta(days=40),
    closed_at=NOW - timedelta(days=3),
    symptoms=(SeenSymptom(code="SYM_BATT_001", confidence=0.8),),
    outcome=Outcome(worked=True, minutes=30),
)


@pytest.mark.row("TD-4")
@pytest.mark.parametrize(
    ("since", "counts"),
    [(DAYS_30, True), (DAYS_30 + SECOND, False), (timedelta(), True), (-SECOND, False)],
)
def test_thirty_days_count_to_the_second(since: timedelta, *, counts: bool) -> None:
    found = find_revisited(NEW, [replace(OLD, closed_at=NOW - since)])
    assert found == (OLD.id if counts else None)


@pytest.mark.parametrize(
    "before",
    [
        replace(OLD, vehicle_id=VehicleId("veh_0002")),
        replace(OLD, vehicle_id=None),
        replace(OLD, closed_at=None),
        replace(OLD, outcome=None),
        replace(OLD, symptoms=(SeenSymptom(code="SYM_MOTR_001", confidence=0.8),)),
        replace(OLD, symptoms=()),
    ],
)
def test_others_are_no_reason(before: Ticket) -> None:
    assert find_revisited(NEW, [before]) is None


def test_vehicles_that_nobody_named_never_come_back() -> None:
    assert find_revisited(replace(NEW, vehicle_id=None), [replace(OLD, vehicle_id=None)]) is None


def test_a_shared_code_is_the_same_subsystem() -> None:
    code = (CodeKey("ather:E401"),)
    before = replace(OLD, codes=code, symptoms=())
    assert find_revisited(replace(NEW, codes=code, symptoms=()), [before]) == OLD.id


def test_the_last_repair_counts() -> None:
    later = replace(OLD, id=TicketId("tkt_later"), closed_at=NOW - timedelta(days=1))
    assert find_revisited(NEW, [later, OLD]) == later.id
