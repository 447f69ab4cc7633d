"""Work is found because somebody tells of it, and found as well when nobody could."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from redis.asyncio import Redis

from domain.events import Event, EventType
from records.change_log import ChangeLog
from records.cursors import ConsumerCursors
from records.database import Connection, Records
from records.inbox import InboxStore, RetryPolicy
from records.leases import LeaseStore
from records.outbox import RecordsOutbox
from records.wakeups import Topic, Wakeup, Wakeups
from sync import relay
from sync.consumers import StreamConsumers, SweepTiming
from sync.inbox import EventListener
from sync.relay import Relay, RelayPace
from sync.stream import Stream
from tests.records.samples import event, leave

PATIENT_SECONDS = 60.0
NEVER = 3_600.0
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def _never_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr(relay, "LOOK_SECONDS", NEVER)
    monkeypatch.setattr(relay, "REST_SECONDS", NEVER)


@asynccontextmanager
async def running(*works: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def until(found: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENT_SECONDS):
        while not await found():  # noqa: ASYNC110 - a store tells nobody
            await asyncio.sleep(0.02)


async def logged(records: Records, seq: int) -> None:
    async def found() -> bool:
        return await ChangeLog(records).last() == seq and not await RecordsOutbox(records).pending(
            1
        )

    await until(found)


def relaying(records: Records, redis: Redis, wake: Wakeup) -> Relay:
    pace = RelayPace(wakes=[wake])
    return Relay([RecordsOutbox(records)], ChangeLog(records), Stream(redis), pace=pace)


@pytest.mark.usefixtures("_never_by_itself")
async def test_the_relay_is_woken_for_each_event(records: Records, redis: Redis) -> None:
    wakeups = Wakeups(records)
    moving = relaying(records, redis, wakeups.on(Topic.RECORDS_OUTBOX))
    async with running(wakeups.run(), moving.run()):
        for n in range(1, 6):
            await leave(records, event(n))
            await logged(records, n)


async def test_what_nobody_told_of_is_found(
    records: Records, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(relay, "REST_SECONDS", 0.05)
    # Nobody listens: the wake-up is lost.
    async with running(relaying(records, redis, Wakeup()).run()):
        for n in range(1, 4):
            await leave(records, event(n))
            await logged(records, n)


async def test_a_listener_at_rest_is_woken_and_rests_again(records: Records) -> None:
    """Without Redis, so that only the sweep can bring it; it would not look by itself."""
    heard = list[str]()
    looks = list[bool]()

    async def handle(event: Event, connection: Connection) -> None:
        del connection
        heard.append(event.id)

    class Counting(InboxStore):
        async def behind(self) -> bool:
            looks.append(await super().behind())
            return looks[-1]

    wakeups, types = Wakeups(records), frozenset(EventType)
    pace = SweepTiming(
        grace=0.0, sweep=0.02, rest=NEVER, look=NEVER, wakes=lambda: wakeups.on(Topic.CHANGE_LOG)
    )
    consumers = StreamConsumers(
        [EventListener(name="noting", types=types, handle=handle)],
        lambda listener: Counting(records, listener.name, listener.types, RetryPolicy()),
        (Redis.from_url(NOWHERE, protocol=2), ConsumerCursors(records), LeaseStore(records, "one")),
        pace=pace,
    )

    async def rests() -> bool:
        return bool(looks) and not looks[-1]

    async with running(wakeups.run(), consumers.run(NOWHERE)):
        await until(rests)
        for n in range(1, 4):
            await ChangeLog(records).append([event(n)])
            await until(lambda n=n: _equals(heard, n))
            await until(rests)
        assert heard == [event(n).id for n in range(1, 4)]
        before = len(looks)
        await asyncio.sleep(0.5)
        # What the listening process told when it began, and nothing since.
        assert len(looks) - before <= 1


async def _equals(heard: list[str], n: int) -> bool:
    return len(heard) == n
