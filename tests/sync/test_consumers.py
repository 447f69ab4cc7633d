"""Consumers on real stores: every event is handled once, whatever becomes of stream and worker."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from domain.errors import Unavailable
from domain.events import Event, EventType
from records.change_log import ChangeLog
from records.cursors import ConsumerCursors
from records.database import Connection, Records
from records.dead_letters import DeadLetters
from records.inbox import InboxStore, RetryPolicy
from records.leases import LeaseStore
from sync.consumers import DEAD, StreamConsumers, SweepTiming
from sync.inbox import EventListener, Handle
from sync.relay import Relay
from sync.stream import STREAM, Stream
from tests.records.samples import event
from tests.sync.fakes import Outbox
from tests.waits import sure_to_end
from web.local.stores import StoreUrls

QUICK = SweepTiming(idle=0.4, grace=0.6, sweep=0.1, look=0.1)
RETRY = RetryPolicy(base=0.02, longest=0.1, limit=3)
NOTE = "insert into effect (event) values (%(event)s)"


class Work:
    """Relay and consumers over real stores; a handled event leaves a row that knows no twice."""

    def __init__(self, records: Records, redis: Redis, bus: str) -> None:
        self.records, self.redis, self.bus = records, redis, bus
        self.outbox = Outbox()
        self.log = ChangeLog(records)
        self.relay = Relay([self.outbox], self.log, Stream(redis))
        self.letters = DeadLetters(records)

    def consumers(
        self, handle: Handle, name: str = "one", pace: SweepTiming = QUICK
    ) -> StreamConsumers:
        listener = EventListener(name="noting", types=frozenset(EventType), handle=handle)
        stores = (self.redis, ConsumerCursors(self.records), LeaseStore(self.records, name))
        return StreamConsumers([listener], self._inbox, stores, pace=pace, name=name)

    def _inbox(self, listener: EventListener) -> InboxStore:
        return InboxStore(self.records, listener.name, listener.types, RETRY)

    @asynccontextmanager
    async def running(self, *consumers: StreamConsumers) -> AsyncGenerator[None]:
        works = [self.relay.run(), *(c.run(self.bus) for c in consumers)]
        tasks = [asyncio.create_task(work) for work in works]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def effects(self) -> list[str]:
        rows = await self.records.rows("select event from effect order by event")
        return [row["event"] for row in rows]

    async def settled(self, *numbers: int) -> None:
        """Wait until exactly these events have had their effect, each once."""
        wanted = [event(n).id for n in numbers]
        async with sure_to_end("the consumers"):
            while len(await self.effects()) < len(wanted):  # noqa: ASYNC110 - a store tells nobody
                await asyncio.sleep(0.02)
        assert await self.effects() == wanted


async def noted(event: Event, connection: Connection) -> None:
    await connection.execute(NOTE, {"event": event.id})


@pytest.fixture
async def work(records: Records, redis: Redis, stores: StoreUrls) -> AsyncGenerator[Work]:
    async with records.transaction() as connection:
        await connection.execute("create table effect (event text not null)")
    yield Work(records, redis, stores.redis_url)
    async with records.transaction() as connection:
        await connection.execute("drop table effect")


async def until(found: Callable[[], Awaitable[bool]]) -> None:
    async with sure_to_end("the consumers"):
        while not await found():  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)


async def test_every_event_is_handled_once(work: Work) -> None:
    async with work.running(work.consumers(noted), work.consumers(noted, "two")):
        work.outbox.leave(*(event(n) for n in range(1, 201)))
        await work.settled(*range(1, 201))


async def test_flushed_redis_loses_nothing(work: Work) -> None:
    async with work.running(work.consumers(noted)):
        for n in range(1, 61):
            work.outbox.leave(event(n))
            if n % 20 == 0:
                await work.redis.flushall()
            await asyncio.sleep(0.01)
        await work.settled(*range(1, 61))


async def test_trimmed_stream_loses_nothing(work: Work) -> None:
    await work.log.append([event(n) for n in range(1, 31)])
    async with work.running(work.consumers(noted)):
        await work.settled(*range(1, 31))


async def test_absent_redis_loses_nothing(records: Records, work: Work) -> None:
    work.redis = Redis.from_url("redis://127.0.0.1:1/0", protocol=2)
    work.bus = "redis://127.0.0.1:1/0"
    work.relay = Relay([work.outbox], work.log, Stream(work.redis))
    async with work.running(work.consumers(noted)):
        work.outbox.leave(event(1), event(2))
        await work.settled(1, 2)


async def test_orphans_are_claimed(work: Work) -> None:
    """A worker takes entries and dies without a word; the claimer of another handles them."""
    await work.redis.xgroup_create(STREAM, "noting", id="0-0", mkstream=True)
    work.outbox.leave(event(1), event(2))
    await work.relay.step()
    taken: Any = await work.redis.xreadgroup("noting", "dead", {STREAM: ">"})
    assert len(taken[0][1]) == 2
    async with work.running(work.consumers(noted)):
        await work.settled(1, 2)
        await until(lambda: _pending(work, 0))


async def _pending(work: Work, count: int) -> bool:
    return (await work.redis.xpending(STREAM, "noting"))["pending"] == count


async def test_poison_dies_and_blocks_nobody(work: Work) -> None:
    async def picky(event: Event, connection: Connection) -> None:
        await noted(event, connection)
        if event.id == "event-00002":
            raise ValueError("indigestible")

    async with work.running(work.consumers(picky)):
        work.outbox.leave(*(event(n) for n in range(1, 6)))
        await work.settled(1, 3, 4, 5)
        await until(lambda: _dead(work))
    [letter] = await work.letters.page(10)
    assert (letter.consumer, letter.seq, letter.event, letter.tries, letter.error) == (
        "noting",
        2,
        event(2),
        3,
        "ValueError: indigestible",
    )
    letters: Any = await work.redis.xrange(DEAD)
    [(_, told)] = letters
    assert (told[b"consumer"], told[b"seq"]) == (b"noting", b"2")


async def test_a_store_that_is_down_kills_no_event(work: Work) -> None:
    tries = 0

    async def waiting(event: Event, connection: Connection) -> None:
        nonlocal tries
        tries += 1
        if tries <= 3 * RETRY.limit:
            raise Unavailable("neo4j", "stopped for the test")
        await noted(event, connection)

    async with work.running(work.consumers(waiting)):
        work.outbox.leave(event(1))
        await work.settled(1)
    assert await work.letters.page(10) == []


async def _dead(work: Work) -> bool:
    return bool(await work.letters.page(1)) and bool(await work.redis.xlen(DEAD))


async def test_replayed_letters_are_handled(work: Work) -> None:
    async def refusing(event: Event, connection: Connection) -> None:
        raise ValueError(event.id)

    async with work.running(work.consumers(refusing)):
        work.outbox.leave(event(1), event(2))
        await until(lambda: _dead(work))
        await until(lambda: _count(work, 2))
    assert await work.letters.replay(event(1).id) == 1
    async with work.running(work.consumers(noted)):
        await work.settled(1)
        assert [letter.event for letter in await work.letters.page(10)] == [event(2)]
        assert await work.letters.replay() == 1
        await work.settled(1, 2)
    assert await work.letters.page(10) == []


async def _count(work: Work, letters: int) -> bool:
    return len(await work.letters.page(10)) == letters


async def test_things_keep_their_order(work: Work) -> None:
    heard: list[str] = []

    async def slow(event: Event, connection: Connection) -> None:
        await asyncio.sleep(0.01 / event.version)
        heard.append(event.id)
        await noted(event, connection)

    one = [replace(event(n), entity="fc_one", version=n) for n in range(1, 31)]
    # At the usual pace no claimer takes a slow machine's taker for a dead one.
    async with work.running(work.consumers(slow, pace=SweepTiming())):
        work.outbox.leave(*one)
        await work.settled(*range(1, 31))
    assert heard == [e.id for e in one]


async def test_the_cursor_follows_what_is_settled(work: Work, records: Records) -> None:
    cursors = ConsumerCursors(records)

    async def there() -> bool:
        return await cursors.at("noting") == 20

    async with work.running(work.consumers(noted)):
        work.outbox.leave(*(event(n) for n in range(1, 21)))
        await work.settled(*range(1, 21))
        await until(there)


async def test_consumers_end_whenever_they_are_told(work: Work) -> None:
    for milliseconds in range(0, 60, 3):
        running = asyncio.create_task(work.consumers(noted).run(work.bus))
        await asyncio.sleep(milliseconds / 1000)
        running.cancel()
        async with sure_to_end(f"consumers that were told to end after {milliseconds} ms"):
            await asyncio.wait([running])
