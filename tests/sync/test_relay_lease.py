"""One relay works at a time, another takes over, and one silent outbox stops nobody else."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress

from redis.asyncio import Redis

from domain.errors import Unavailable
from domain.events import Event
from domain.ids import EventId
from records.change_log import ChangeLog
from records.database import Records
from records.leases import LeaseStore
from sync import relay
from sync.relay import Relay
from sync.stream import Stream
from tests.records.samples import event
from tests.sync.fakes import Outbox
from tests.waits import sure_to_end


class SilentOutbox:
    async def pending(self, limit: int) -> list[Event]:
        del limit
        raise Unavailable("neo4j", "stopped for the test")

    async def forget(self, ids: Sequence[EventId]) -> None:
        raise AssertionError(ids)


class CountingOutbox(Outbox):
    """Knows who looked into it."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    async def pending(self, limit: int) -> list[Event]:
        self.looks += 1
        return await super().pending(limit)


@asynccontextmanager
async def running(work: Relay) -> AsyncGenerator[asyncio.Task[None]]:
    task = asyncio.create_task(work.run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def emptied(outbox: Outbox) -> None:
    async with sure_to_end("the relays"):
        while outbox.events:  # noqa: ASYNC110 - a store tells nobody
            await asyncio.sleep(0.01)


async def test_a_silent_outbox_stops_nobody_else(records: Records, redis: Redis) -> None:
    outbox = Outbox()
    work = Relay([SilentOutbox(), outbox], ChangeLog(records), Stream(redis))
    async with running(work):
        outbox.leave(event(1), event(2))
        await emptied(outbox)
    assert await ChangeLog(records).after(0, 10) == [(1, event(1)), (2, event(2))]


async def test_one_relay_works_at_a_time(records: Records, redis: Redis) -> None:
    outbox, idle = Outbox(), CountingOutbox()
    log, stream = ChangeLog(records), Stream(redis)
    first = Relay([outbox], log, stream, LeaseStore(records, "first"))
    second = Relay([idle], log, stream, LeaseStore(records, "second"))
    async with running(first):
        outbox.leave(event(1))
        await emptied(outbox)
        async with running(second):
            outbox.leave(event(2))
            await emptied(outbox)
            assert idle.looks == 0
    assert await log.last() == 2


async def test_a_relay_that_ends_is_followed_at_once(records: Records, redis: Redis) -> None:
    log, stream, outbox = ChangeLog(records), Stream(redis), Outbox()
    async with running(Relay([outbox], log, stream, LeaseStore(records, "first"))):
        outbox.leave(event(1))
        await emptied(outbox)
    assert await LeaseStore(records, "second").take(relay.LEASE, 5)


async def test_a_dead_relay_is_followed_when_its_lease_ends(records: Records, redis: Redis) -> None:
    assert await LeaseStore(records, "dead").take(relay.LEASE, 0.5)
    assert not await LeaseStore(records, "other").take(relay.LEASE, 0.5)
    outbox = Outbox([event(1)])
    work = Relay([outbox], ChangeLog(records), Stream(redis), LeaseStore(records, "other"))
    async with running(work):
        await emptied(outbox)
    assert await ChangeLog(records).last() == 1


async def test_only_the_holder_gives_up(records: Records) -> None:
    mine, theirs = LeaseStore(records, "mine"), LeaseStore(records, "theirs")
    assert await mine.take("sweep", 60)
    await theirs.give_up("sweep")
    assert not await theirs.take("sweep", 60)
    assert await mine.take("sweep", 60)
    await mine.give_up("sweep")
    assert await theirs.take("sweep", 60)
