"""Trainings by the calendar: once over two schedulers, and a slot that goes by is told once."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import UselessTraining
from domain.model_runs import ModelKind
from domain.trainer_calendar import Recurrence, TrainingTerm, slot_at
from records.database import Records
from records.trainer_slots import TrainingSlots
from web.health import Parts
from web.metrics import Metrics
from web.trainer_schedule import MISSED, TrainingSchedule, tell_missed

BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
WEEKLY = TrainingTerm(kind=ModelKind.RANKER, every=Recurrence.WEEKLY)
MONTHLY = TrainingTerm(kind=ModelKind.CLASSIFIER, every=Recurrence.MONTHLY)
DAILY = TrainingTerm(kind=ModelKind.RANKER, every=Recurrence.DAILY, besides=Recurrence.WEEKLY)
EACH_DAY = TrainingTerm(kind=ModelKind.NETWORK, every=Recurrence.DAILY)


@pytest.mark.parametrize(
    ("every", "now", "slot"),
    [
        (Recurrence.DAILY, datetime(2026, 3, 1, 19, 59, tzinfo=UTC), "2026-02-28 20:00"),
        (Recurrence.DAILY, datetime(2026, 3, 1, 20, 0, tzinfo=UTC), "2026-03-01 20:00"),
        (Recurrence.WEEKLY, datetime(2026, 3, 1, 19, 59, tzinfo=UTC), "2026-02-22 20:00"),
        (Recurrence.WEEKLY, datetime(2026, 3, 7, 23, 0, tzinfo=UTC), "2026-03-01 20:00"),
        (Recurrence.MONTHLY, datetime(2026, 3, 1, 19, 59, tzinfo=UTC), "2026-02-01 20:00"),
        (Recurrence.MONTHLY, datetime(2026, 1, 1, 3, 0, tzinfo=UTC), "2025-12-01 20:00"),
        (Recurrence.MONTHLY, datetime(2026, 3, 31, 12, 0, tzinfo=UTC), "2026-03-01 20:00"),
    ],
)
def test_slot_is_the_latest_one(every: Recurrence, now: datetime, slot: str) -> None:
    assert f"{slot_at(every, now):%Y-%m-%d %H:%M}" == slot


def test_clock_that_jumps_gives_no_endless_list() -> None:
    late = BEGIN + timedelta(days=4_000)
    assert len(EACH_DAY.slots(BEGIN, late)) == 100
    assert EACH_DAY.slots(late, BEGIN) == []


def test_sunday_is_the_weeks_alone() -> None:
    """What is trained each week is not trained a second time as of that day."""
    days = DAILY.slots(BEGIN, BEGIN + timedelta(days=14))
    assert [day.isoweekday() for day in days] == [1, 2, 3, 4, 5, 6] * 2
    assert len(days) + len(WEEKLY.slots(BEGIN, BEGIN + timedelta(days=14))) == 14


@pytest.mark.row("FE-10", "FE-11", "ML-39", missing="a poisoned day moves nothing")
@pytest.mark.parametrize(("term", "fired"), [(WEEKLY, 6), (MONTHLY, 1), (DAILY, 36)])
async def test_two_schedulers_fire_each_slot_once(
    records: Records, term: TrainingTerm, fired: int
) -> None:
    """The clock of both goes hour by hour through six weeks."""
    both = [TrainingSlots(records, name) for name in ("one", "other")]
    found: list[datetime] = []
    for hour in range(0, 42 * 24, 3):
        now = BEGIN + timedelta(hours=hour)
        for slots in both:
            if (slot := await slots.claim(term, now)) is not None:
                found.append(slot)
                await slots.end(term, slot, now)
    assert len(found) == len(set(found)) == fired
    assert await both[0].missed(term, BEGIN + timedelta(days=42)) == []


@pytest.mark.row("FE-10", "FE-11", missing="a letter to an operator")
async def test_missed_slot_is_told_once(records: Records) -> None:
    """Nobody was there in January, and in February the training failed."""
    both = [TrainingSlots(records, name) for name in ("one", "other")]
    assert await both[0].claim(MONTHLY, BEGIN) is None
    february = datetime(2026, 2, 1, 20, 0, tzinfo=UTC)
    assert await both[0].claim(MONTHLY, february) == february
    await both[0].end(MONTHLY, february, february, failed="the disk is full")
    april = datetime(2026, 4, 1, 19, 0, tzinfo=UTC)
    march = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
    assert await both[1].missed(MONTHLY, april) == [february, march]
    assert await both[0].missed(MONTHLY, april) == []
    assert await both[0].claim(MONTHLY, april) is None


async def test_training_that_fails_keeps_no_other_from_its_slot(records: Records) -> None:
    now, done = [BEGIN], list[str]()

    async def train(term: TrainingTerm) -> None:
        if term is MONTHLY:
            raise UselessTraining(term.kind, "0 repairs tell symptoms")
        done.append(term.name)

    schedule = TrainingSchedule(
        slots=TrainingSlots(records, "one"),
        train=train,
        now=lambda: now[0],
        terms=(MONTHLY, WEEKLY),
    )
    await schedule.look()
    now[0] = datetime(2026, 2, 1, 20, 30, tzinfo=UTC)
    await schedule.look()
    await schedule.look()
    assert done == ["ranker:weekly"]
    parts, late = Parts(), now[0] + timedelta(hours=7)
    for _ in range(2):
        await tell_missed(schedule.slots, late, parts, Metrics())
    assert parts.notes == {"training": MISSED}
    assert await schedule.slots.missed(MONTHLY, late) == []
