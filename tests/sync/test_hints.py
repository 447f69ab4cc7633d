"""The three paces on real stores, with the clock given."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from domain.cards import Severity
from domain.events import CARD_EVENTS, Event, EventType
from domain.ids import GarageId
from domain.urgency import BATCH_TIME, Urgency, urgency_of
from records.change_log import ChangeLog
from records.database import Records
from records.digests import DigestStore
from records.hint_batches import HintBatchStore
from records.outbox import RecordsOutbox, leave_events
from sync.feed import ChangeFeed
from sync.hints import MARGIN, STEP, HintSchedule, hint_handler
from sync.relay import Relay
from sync.stream import Stream
from tests.records.samples import event
from tests.waits import sure_to_end

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


async def low(ids: Sequence[str]) -> dict[str, int | None]:
    return {key: (Severity.CRITICAL if key == "fc_urgent" else Severity.LOW).level for key in ids}


def change(n: int, entity: str | None = None) -> Event:
    return replace(event(n, EventType.CARD_UPDATED), entity=entity or f"fc_{n:05}")


async def hinted(records: Records, clock: Clock, *events: Event) -> None:
    handle = hint_handler(low, clock)
    async with records.transaction() as connection:
        await handle(events, connection)


async def hints(records: Records) -> list[str]:
    waiting = await RecordsOutbox(records).pending(100)
    return [e.entity for e in waiting if e.type is EventType.SYNC_REQUIRED]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def paces(records: Records, clock: Clock) -> HintSchedule:
    return HintSchedule(HintBatchStore(records), DigestStore(records), clock)


@pytest.mark.parametrize("severity", list(Severity))
def test_new_cards_go_at_once(severity: Severity) -> None:
    assert urgency_of(EventType.CARD_CREATED, severity) is Urgency.AT_ONCE
    assert urgency_of(EventType.CARD_VERIFIED, severity) is Urgency.AT_ONCE


def test_severity_decides_for_changes() -> None:
    found = [urgency_of(EventType.CARD_UPDATED, severity) for severity in Severity]
    assert found == [Urgency.BATCH, Urgency.BATCH, Urgency.AT_ONCE, Urgency.AT_ONCE]


@pytest.mark.parametrize("type", sorted(set(EventType) - CARD_EVENTS))
def test_the_rest_is_hourly(type: EventType) -> None:
    assert urgency_of(type) is Urgency.HOURLY


@pytest.mark.row("SY-5", figure="≤ 5 s")
async def test_no_change_waits_longer_than_five_seconds(
    records: Records, clock: Clock, paces: HintSchedule
) -> None:
    await hinted(records, clock, change(1), change(2), change(3, "fc_00001"))
    sent: list[tuple[timedelta, int]] = []
    for _ in range(10):
        clock.now += STEP
        if count := await paces.step():
            sent.append((clock.now - NOON, count))
    [(age, count)] = sent
    assert BATCH_TIME - MARGIN <= age <= BATCH_TIME
    assert count == 2
    assert await hints(records) == ["batch_20261123T120000000000"]


async def test_an_urgent_change_waits_for_no_batch(
    records: Records, clock: Clock, paces: HintSchedule
) -> None:
    await hinted(records, clock, change(1), change(2, "fc_urgent"))
    assert await hints(records) == ["fc_urgent"]
    assert await HintBatchStore(records).oldest() == NOON


async def test_two_instances_send_a_batch_once(
    records: Records, clock: Clock, paces: HintSchedule
) -> None:
    await hinted(records, clock, *(change(n) for n in range(1, 101)))
    clock.now += BATCH_TIME
    other = HintSchedule(HintBatchStore(records), DigestStore(records), clock)
    counts = await asyncio.gather(paces.step(), other.step())
    assert sorted(counts) == [0, 100]
    assert len(await hints(records)) == 1


@pytest.mark.row("SY-4")
async def test_critical_cards_pass_ten_thousand_ordinary_ones(
    records: Records, redis: Redis, clock: Clock, paces: HintSchedule
) -> None:
    """The batcher holds 10,000 changes; the push takes its own way."""
    for start in range(0, 10_000, 500):
        await hinted(records, clock, *(change(n) for n in range(start, start + 500)))
    log, stream = ChangeLog(records), Stream(redis)
    relay, feed = Relay([RecordsOutbox(records)], log, stream), ChangeFeed(log, stream)
    running = [asyncio.create_task(work.run()) for work in (relay, feed)]
    urgent = [replace(change(20_000 + n), entity="fc_urgent", version=n) for n in range(1, 101)]
    following = feed.follow(CARD_EVENTS, 0)
    async with sure_to_end("the push"):
        async with records.transaction() as connection:
            await leave_events(connection, urgent)
        got = [(await anext(following))[1] for _ in urgent]
    assert got == urgent
    for task in running:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    clock.now += BATCH_TIME
    assert await paces.step() == 10_000


@pytest.mark.row("SY-6")
async def test_an_hour_is_counted_once_by_two_instances(records: Records, clock: Clock) -> None:
    at = NOON - timedelta(minutes=30)
    await ChangeLog(records).append([replace(event(n), at=at) for n in range(1, 8)])
    both = [HintSchedule(HintBatchStore(records), DigestStore(records), clock) for _ in range(2)]
    for _ in range(3):
        await asyncio.gather(*(one.step() for one in both))
    told = await RecordsOutbox(records).pending(10)
    assert [(e.type, e.entity) for e in told] == [(EventType.NOTIFICATION_SEND, "hour_20261123T11")]
    [digest] = await DigestStore(records).newest(None, 10)
    assert (digest.hour, digest.events) == (NOON - timedelta(hours=1), {EventType.CARD_CREATED: 7})
    [pune] = await DigestStore(records).newest(GarageId("garage_pune"), 10)
    assert pune.events == {EventType.CARD_CREATED: 4}
    clock.now += timedelta(hours=1)
    await asyncio.gather(*(one.step() for one in both))
    assert len(await RecordsOutbox(records).pending(10)) == 2
    quiet, _ = await DigestStore(records).newest(None, 10)
    assert (quiet.hour, quiet.events) == (NOON, {})
