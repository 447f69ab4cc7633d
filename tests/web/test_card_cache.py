"""Kept cards on real stores: never stale after a change, never shown to others, never searched."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from redis.asyncio import Redis

from domain.access import Viewer
from domain.cards import FailureCard, Visibility
from domain.events import Event
from domain.ids import CardId, EventId
from domain.usage import Usage
from domain.vehicles import FirmwareRelease
from graph.cards import CardCounters, CardStore, MarkedCard
from graph.database import Graph
from tests.graph.examples import ADMIN, DELHI, FULL, PUNE, card, event
from tests.sizes import short_and_full
from web.card_cache import ALL, CLOSED, SECONDS, CardCache

SLOW_MICROSECONDS = 5_000
CHANGES = 50
NOWHERE = Redis.from_url("redis://127.0.0.1:1/0", protocol=2)


class Source:
    """The graph's cards, counting how many were read."""

    def __init__(self, graph: Graph) -> None:
        self._cards = CardStore(graph)
        self.read: Counter[str] = Counter()

    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]:
        self.read.update(ids)
        return await self._cards.many(ids, viewer)


class Shop:
    """Cards that are changed through one process and looked at in it."""

    def __init__(self, graph: Graph, redis: Redis) -> None:
        self.source = Source(graph)
        self.kept = CardCache(redis, self.source)
        self.cards = CardStore(graph, self.kept)

    async def one(self, id: CardId, viewer: Viewer = ADMIN) -> FailureCard:
        return (await self.kept.many([id], viewer))[id]


@pytest.fixture
async def shop(graph: Graph, redis: Redis) -> Shop:
    shop = Shop(graph, redis)
    await shop.cards.add(FULL, [])
    return shop


def titled(one: FailureCard, version: int) -> FailureCard:
    return replace(one, version=version, title=f"As version {version} says it")


@pytest.mark.row("CC-12", figure="1,000 races")
@short_and_full("races", 200, 1_000)
async def test_a_read_after_an_update_is_never_stale(
    graph: Graph, redis: Redis, races: int
) -> None:
    """A thousand updates, each in a race with readers of another process and with feedback."""
    here, there = Shop(graph, redis), Shop(graph, redis)
    named = [card(f"raced_{n}") for n in range(20)]
    for one in named:
        await here.cards.add(one, [])
    floors: dict[CardId, tuple[int, int]] = {one.id: (1, 0) for one in named}
    racing, looks = True, 0

    async def write(one: FailureCard, dice: Random) -> None:
        for n in range(2, 2 + races // len(named)):
            await here.cards.put(titled(one, n), [], expected=n - 1)
            floors[one.id] = (n, floors[one.id][1])
            if dice.random() < 0.2:
                told = CardCounters(card=one.id, usage=Usage(matched=n), heard=n, reputation=0.5)
                await here.cards.save_counters([told])
                floors[one.id] = (n, n)

    async def look(shop: Shop, dice: Random) -> None:
        nonlocal looks
        while racing:
            ids = dice.sample([one.id for one in named], k=3)
            before = {key: floors[key] for key in ids}
            found = await shop.kept.many(ids, ADMIN)
            for key, one in found.items():
                assert (one.version, one.usage.matched) >= before[key]
                assert one.usage.matched >= before[key][1]
            looks += 1

    dice = Random(12)  # noqa: S311 - a test's dice
    readers = [asyncio.create_task(look(shop, dice)) for shop in (here, there)]
    await asyncio.gather(*(write(one, dice) for one in named))
    racing = False
    await asyncio.gather(*readers)
    read = sum((here.source.read + there.source.read).values())
    print(f"{races} updates, {looks} looks at 3 cards, {read} cards read")  # noqa: T201 - with -s
    stand = (await there.kept.many([*floors], ADMIN)).values()
    assert {one.version for one in stand} == {1 + races // len(named)}


@pytest.mark.row("CC-12")
async def test_what_was_written_is_kept_for_an_hour(shop: Shop, redis: Redis) -> None:
    before = shop.source.read.copy()
    assert await shop.one(FULL.id) == FULL
    await shop.cards.put(titled(FULL, 2), [], expected=1)
    written = shop.source.read.copy()
    assert (await shop.one(FULL.id)).version == 2
    # Written through: only the write itself read it.
    assert (shop.source.read, written - before) == (written, Counter({FULL.id: 1}))
    assert 0 < await redis.ttl(f"card:{FULL.id}") <= SECONDS


@pytest.mark.row("CC-12")
async def test_no_process_believes_a_card_for_longer(graph: Graph, redis: Redis) -> None:
    """Whether it read the card from the graph itself, or from what another kept for it."""
    source, clock = Source(graph), [1_000_000.0]
    await CardStore(graph).add(FULL, [])
    one, other = (CardCache(redis, source, lambda: clock[0]) for _ in range(2))
    await one.many([FULL.id], ADMIN)
    clock[0] += SECONDS - 1
    for process in (other, one):
        assert await process.many([FULL.id], ADMIN) == {FULL.id: FULL}
    assert source.read[FULL.id] == 1
    await redis.delete(f"card:{FULL.id}")
    clock[0] += 2
    for process in (other, one):
        assert await process.many([FULL.id], ADMIN) == {FULL.id: FULL}
    assert source.read[FULL.id] == 2


@pytest.mark.row("CC-12")
async def test_feedback_and_marks_show_at_once(shop: Shop) -> None:
    await shop.one(FULL.id)
    told = CardCounters(card=FULL.id, usage=Usage(matched=7), heard=1, reputation=0.6)
    await shop.cards.save_counters([told])
    assert ((await shop.one(FULL.id)).usage.matched, (await shop.one(FULL.id)).reputation) == (
        7,
        0.6,
    )

    def said(marked: MarkedCard) -> Event:
        return replace(event("marked", marked.card), id=EventId(f"marked-{marked.card}"))

    release = FirmwareRelease(make="Ather", model="450X", firmware="9.9.9")
    await shop.cards.mark_for_release(release, "A firmware was released.", said)
    assert (await shop.one(FULL.id)).recheck == "A firmware was released."
    await shop.cards.clear_recheck(FULL.id)
    assert (await shop.one(FULL.id)).recheck is None


async def test_kept_cards_are_hidden_from_others(shop: Shop) -> None:
    mine = replace(card("mine"), visibility=Visibility(garages=(PUNE.garage,)))  # pyright: ignore[reportArgumentType]
    await shop.cards.add(mine, [])
    assert await shop.one(mine.id, PUNE) == mine
    assert await shop.kept.many([mine.id], DELHI) == {}
    assert shop.source.read[mine.id] == 1


async def test_a_change_that_was_cut_off_leaves_nothing_to_believe(
    shop: Shop, redis: Redis
) -> None:
    await shop.one(FULL.id)
    # A writer closed the version and died after the graph had its change.
    await redis.set(f"card:{FULL.id}:version", CLOSED)
    await CardStore(shop.cards._graph).put(titled(FULL, 2), [], expected=1)  # pyright: ignore[reportPrivateUsage]
    assert (await shop.one(FULL.id)).version == 2
    await redis.delete(f"card:{FULL.id}:version")
    assert (await shop.one(FULL.id)).version == 2


async def test_an_event_tells_what_a_silent_redis_missed(shop: Shop) -> None:
    await shop.one(FULL.id)
    unheard = CardStore(shop.cards._graph, CardCache(NOWHERE, shop.source))  # pyright: ignore[reportPrivateUsage]
    await unheard.put(titled(FULL, 2), [], expected=1)
    assert (await shop.one(FULL.id)).version == 1
    await shop.kept.forget([FULL.id])
    assert (await shop.one(FULL.id)).version == 2


async def test_without_redis_cards_are_read_from_the_graph(graph: Graph) -> None:
    shop = Shop(graph, NOWHERE)
    await shop.cards.add(FULL, [])
    await shop.cards.put(titled(FULL, 2), [], expected=1)
    assert (await shop.one(FULL.id)).version == 2


async def test_what_another_release_kept_is_read_again(shop: Shop, redis: Redis) -> None:
    kept: Any = await redis.get(f"card:{FULL.id}")
    await redis.set(f"card:{FULL.id}", b"\n".join([*kept.split(b"\n")[:2], b'{"old": true}']))
    assert await shop.one(FULL.id) == FULL


@pytest.mark.row("CC-16")
async def test_invalidation_searches_no_keys(graph: Graph, redis: Redis) -> None:
    await redis.execute_command("DEBUG", "POPULATE", 1_000_000, "other", 16)
    await redis.config_set("slowlog-max-len", 100_000)
    await redis.config_set("slowlog-log-slower-than", SLOW_MICROSECONDS)
    await redis.slowlog_reset()
    shop, asked = Shop(graph, redis), list[str]()

    async def listen() -> None:
        async with redis.monitor() as monitor:
            async for told in monitor.listen():
                asked.append(told["command"].split(" ")[0].upper())

    ears = asyncio.create_task(listen())
    await asyncio.sleep(0.2)
    others = 0
    await shop.cards.add(FULL, [])
    for n in range(2, 2 + CHANGES):
        change = asyncio.create_task(shop.cards.put(titled(FULL, n), [], expected=n - 1))
        async with shop.kept.changing(None):
            while not change.done():
                await redis.get("other:1")
                others += 1
        await change
    await asyncio.sleep(0.2)
    ears.cancel()
    assert await redis.dbsize() > 1_000_000
    wanted = {"MGET", "SET"}
    assert wanted <= set(asked) <= wanted | {"AUTH", "CLIENT", "SELECT", "GET"}
    assert asked.count("SET") >= 2 * CHANGES
    assert await redis.get(ALL) not in {None, CLOSED}
    # By the server's own clock, so at any load: a search would hold up all others at each change.
    slow = await redis.slowlog_len()
    assert slow < CHANGES / 2
    assert others > CHANGES
