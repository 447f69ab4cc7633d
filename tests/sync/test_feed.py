"""From outbox to follower: every event once and in order, whatever becomes of Redis."""

import asyncio
from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from redis.asyncio import Redis

from domain.errors import CursorLost, Unavailable
from domain.events import CARD_EVENTS, EventType
from records.change_log import ChangeLog
from records.database import Records
from sync.feed import ChangeFeed
from sync.relay import Relay
from sync.stream import STREAM, Logged, Stream
from tests.records.samples import event
from tests.sync.fakes import Outbox, RedisServer
from tests.waits import sure_to_end


class World:
    """Relay and feed at work over real stores, with an outbox to leave events in."""

    def __init__(self, records: Records, redis: Redis) -> None:
        self.outbox = Outbox()
        self.log = ChangeLog(records)
        self.stream = Stream(redis)
        self.relay = Relay([self.outbox], self.log, self.stream)
        self.feed = ChangeFeed(self.log, self.stream)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        tasks = [asyncio.create_task(work.run()) for work in (self.relay, self.feed)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def settled(self) -> None:
        while self.outbox.events:  # noqa: ASYNC110 - a store knows no events
            await asyncio.sleep(0.01)

    async def taken(
        self, count: int, after: int | None = 0, types: Collection[EventType] = CARD_EVENTS
    ) -> list[Logged]:
        found: list[Logged] = []
        async with sure_to_end("the feed"):
            async for entry in self.feed.follow(types, after):
                found.append(entry)
                if len(found) == count:
                    return found
        return found


@pytest.fixture
def world(records: Records, redis: Redis) -> World:
    return World(records, redis)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncGenerator[RedisServer]:
    own = RedisServer(tmp_path)
    await own.start()
    yield own
    await own.stop()
    await own.client.aclose()


def _logged(*numbers: int) -> list[Logged]:
    return [(n, event(n)) for n in numbers]


@pytest.mark.row("PI-6")
async def test_events_reach_a_follower_in_order(world: World) -> None:
    async with world.running():
        following = asyncio.create_task(world.taken(30))
        for n in range(1, 31):
            world.outbox.leave(event(n))
            await asyncio.sleep(0.002)
        assert await following == _logged(*range(1, 31))


@pytest.mark.row("PI-6")
async def test_every_follower_gets_everything(world: World) -> None:
    async with world.running():
        following = [asyncio.create_task(world.taken(20)) for _ in range(50)]
        world.outbox.leave(*(event(n) for n in range(1, 21)))
        assert await asyncio.gather(*following) == [_logged(*range(1, 21))] * 50


async def test_follower_begins_after_its_cursor(world: World) -> None:
    async with world.running():
        world.outbox.leave(*(event(n) for n in range(1, 11)))
        await world.settled()
        assert await world.taken(3, after=7) == _logged(8, 9, 10)


async def test_follower_begins_now_by_default(world: World) -> None:
    await world.log.append([event(n) for n in range(1, 6)])
    async with world.running():
        following = asyncio.create_task(world.taken(1, after=None))
        await asyncio.sleep(0.2)
        world.outbox.leave(event(6))
        assert await following == _logged(6)


async def test_old_entries_replay_from_the_log(world: World) -> None:
    await world.log.append([event(n) for n in range(1, 1_201)])
    async with world.running():
        assert await world.taken(1_200) == _logged(*range(1, 1_201))


@pytest.mark.parametrize("cursor", [0, 3, 11, 10**17])
async def test_a_cursor_off_the_log_is_lost(world: World, cursor: int) -> None:
    await world.log.append([event(n) for n in range(1, 11)])
    assert await world.log.trim(entries=6) == 4
    async with world.running():
        with pytest.raises(CursorLost) as lost:
            await world.taken(1, after=cursor)
        assert await world.taken(6, after=4) == _logged(*range(5, 11))
    assert (lost.value.cursor, lost.value.last) == (cursor, 10)


async def test_a_follower_overtaken_by_trimming_is_told(world: World) -> None:
    await world.log.append([event(n) for n in range(1, 1_201)])
    async with world.running():
        slow = world.feed.follow(CARD_EVENTS, 0)
        assert [await anext(slow) for _ in range(500)] == _logged(*range(1, 501))
        await world.log.trim(entries=100)
        with pytest.raises(CursorLost) as lost:
            await anext(slow)
    assert (lost.value.cursor, lost.value.last) == (500, 1_200)


async def test_a_follower_ends_where_it_is_told(world: World) -> None:
    await world.log.append([event(n) for n in range(1, 11)])
    async with world.running():
        assert [entry async for entry in world.feed.follow(CARD_EVENTS, 2, 5)] == _logged(3, 4, 5)
        assert [entry async for entry in world.feed.follow(CARD_EVENTS, 5, 5)] == []


async def test_follower_gets_wanted_types_alone(world: World) -> None:
    ticket = event(2, EventType.TICKET_CREATED)
    async with world.running():
        world.outbox.leave(event(1), ticket, event(3))
        assert await world.taken(1, types={EventType.TICKET_CREATED}) == [(2, ticket)]


async def test_flushed_redis_loses_nothing(world: World, redis: Redis) -> None:
    async with world.running():
        following = asyncio.create_task(world.taken(60))
        for n in range(1, 61):
            world.outbox.leave(event(n))
            if n % 10 == 0:
                await redis.flushall()
            await asyncio.sleep(0.005)
        assert await following == _logged(*range(1, 61))


async def test_stopped_redis_loses_nothing(records: Records, server: RedisServer) -> None:
    world = World(records, server.client)
    async with world.running():
        following = asyncio.create_task(world.taken(30))
        world.outbox.leave(*(event(n) for n in range(1, 11)))
        await world.settled()
        await server.stop()
        world.outbox.leave(*(event(n) for n in range(11, 21)))
        await world.settled()
        await server.start()
        world.outbox.leave(*(event(n) for n in range(21, 31)))
        assert await following == _logged(*range(1, 31))


async def test_absent_redis_delays_delivery_alone(records: Records) -> None:
    world = World(records, Redis.from_url("redis://127.0.0.1:1/0", protocol=2))
    async with world.running():
        world.outbox.leave(event(1), event(2))
        assert await world.taken(2) == _logged(1, 2)


async def test_slow_follower_holds_nobody_up(world: World) -> None:
    async with world.running():
        slow = world.feed.follow(CARD_EVENTS, 0)
        world.outbox.leave(event(1))
        assert await anext(slow) == (1, event(1))
        world.outbox.leave(*(event(n) for n in range(2, 101)))
        assert await world.taken(100) == _logged(*range(1, 101))
        assert [await anext(slow) for _ in range(99)] == _logged(*range(2, 101))
        await slow.aclose()


async def test_unreadable_entry_is_read_from_the_log(world: World, redis: Redis) -> None:
    await redis.xadd(STREAM, {"event": b"{}"}, id="1-0")
    await redis.xadd(STREAM, {"other": b"x"}, id="2-0")
    async with world.running():
        world.outbox.leave(event(1), event(2), event(3))
        assert await world.taken(3) == _logged(1, 2, 3)


async def test_broken_relay_logs_nothing_twice(world: World) -> None:
    world.outbox.leave(event(1), event(2))
    world.outbox.forgets = False
    with pytest.raises(asyncio.CancelledError):
        await world.relay.step()
    world.outbox.forgets = True
    world.outbox.leave(event(3))
    assert await world.relay.step() == 3
    assert await world.log.after(0, 10) == _logged(1, 2, 3)
    assert await world.stream.after(0) == _logged(1, 2, 3)
    assert world.outbox.events == {}


async def test_two_relays_log_everything_once(world: World) -> None:
    world.outbox.leave(*(event(n) for n in range(1, 41)))
    other = Relay([world.outbox], world.log, world.stream)
    await asyncio.gather(world.relay.step(), other.step(), world.relay.step())
    assert await world.log.after(0, 100) == _logged(*range(1, 41))
    assert await world.stream.after(0) == _logged(*range(1, 41))


async def test_both_end_when_told(world: World) -> None:
    for _ in range(40):
        async with sure_to_end("the feed"), world.running():
            world.outbox.leave(event(1))
            await world.settled()
    assert await world.log.last() == 1


async def test_idle_relay_moves_nothing(world: World) -> None:
    assert await world.relay.step() == 0
    assert await world.stream.bounds() is None


async def test_silent_redis_empties_the_outbox(records: Records) -> None:
    world = World(records, Redis.from_url("redis://127.0.0.1:1/0", protocol=2))
    world.outbox.leave(event(1))
    assert await world.relay.step() == 1
    assert (world.outbox.events, await world.log.after(0, 10)) == ({}, _logged(1))


async def test_silent_log_keeps_the_outbox(redis: Redis) -> None:
    nowhere = await Records.open("postgresql://nobody@127.0.0.1:1/nothing")
    world = World(nowhere, redis)
    world.outbox.leave(event(1))
    with pytest.raises(Unavailable):
        await world.relay.step()
    await nowhere.close()
    assert list(world.outbox.events) == [event(1).id]
