"""What stores commit, the log tells: everything once, each thing in the order of its commits."""

import asyncio
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from redis.asyncio import Redis

from domain.access import Viewer
from domain.cards import FailureCard
from domain.errors import StaleVersion
from domain.events import CARD_EVENTS, Event, EventType
from domain.ids import CardId, EventId, GarageId
from graph.cards import CardStore
from graph.database import Graph
from graph.outbox import GraphOutbox
from records.change_log import ChangeLog
from records.database import Records
from records.outbox import RecordsOutbox, leave_events
from sync.relay import Relay
from sync.stream import Stream
from tests.graph.examples import NOW, card
from tests.records.samples import event

PUNE = GarageId("garage_pune")
WRITERS, CHANGES = 6, 8


def relayed(graph: Graph, records: Records, redis: Redis) -> Relay:
    return Relay([GraphOutbox(graph), RecordsOutbox(records)], ChangeLog(records), Stream(redis))


def told(card: FailureCard, n: int, dice: Random) -> Event:
    """Tell of a card's version, by a writer whose clock may be an hour wrong."""
    return Event(
        id=EventId(f"event-{card.id}-{n}"),
        type=EventType.CARD_CREATED if n == 1 else EventType.CARD_UPDATED,
        entity=card.id,
        version=n,
        at=NOW + timedelta(seconds=dice.randrange(-3600, 3600)),
        actor="anu",
        garage=PUNE,
    )


async def in_graph(cards: CardStore, id: str, dice: Random) -> None:
    """Write a card and change it, each change on top of the last."""
    now = card(id)
    await cards.add(now, [told(now, 1, dice)])
    for n in range(2, CHANGES + 1):
        now = replace(now, version=n, title=f"Version {n}")
        await cards.put(now, [told(now, n, dice)], expected=n - 1)


async def in_records(records: Records, id: str, dice: Random) -> None:
    for n in range(1, CHANGES + 1):
        one = replace(
            event(n, EventType.INVOICE_ISSUED),
            id=EventId(f"event-{id}-{n}"),
            entity=id,
            version=n,
            at=NOW + timedelta(seconds=dice.randrange(-3600, 3600)),
        )
        async with records.transaction() as connection:
            await leave_events(connection, [one])
            await asyncio.sleep(dice.random() / 100)


@pytest.mark.row("SY-1")
async def test_every_change_is_logged_once_in_order_of_commit(
    graph: Graph, records: Records, redis: Redis
) -> None:
    relay, cards, dice = relayed(graph, records, redis), CardStore(graph), Random(7)  # noqa: S311 - a seed
    works = [in_graph(cards, f"w{n}", dice) for n in range(WRITERS)]
    works += [in_records(records, f"inv_{n}", dice) for n in range(WRITERS)]
    writing = asyncio.gather(*works)
    while not writing.done():
        await relay.step()
    await writing
    while await relay.step():
        pass
    logged = await ChangeLog(records).after(0, 1_000)
    assert [seq for seq, _ in logged] == list(range(1, 2 * WRITERS * CHANGES + 1))
    versions: dict[str, list[int]] = defaultdict(list)
    for _, one in logged:
        versions[one.entity].append(one.version)
    assert len(versions) == 2 * WRITERS
    assert set(map(tuple, versions.values())) == {tuple(range(1, CHANGES + 1))}


async def test_a_garages_state_is_rebuilt_from_the_log(
    graph: Graph, records: Records, redis: Redis
) -> None:
    """Read nothing but the log and the versions that it names: that is what the garage sees."""
    relay, cards, dice = relayed(graph, records, redis), CardStore(graph), Random(11)  # noqa: S311 - a seed
    await asyncio.gather(*(in_graph(cards, f"s{n}", dice) for n in range(WRITERS)))
    late = replace(card("s0"), version=3)
    with pytest.raises(StaleVersion):
        await cards.put(late, [replace(told(late, 3, dice), id=EventId("late"))], expected=2)
    while await relay.step():
        pass
    viewer = Viewer(garage=PUNE)
    latest = {
        CardId(e.entity): e.version
        for _, e in await ChangeLog(records).after(0, 1_000)
        if e.type in CARD_EVENTS
    }
    rebuilt = {key: await cards.version(key, n, viewer) for key, n in latest.items()}
    live = await cards.many(list(latest), viewer)
    assert rebuilt == live
    assert len(live) == WRITERS
