"""Consumers of the change log: a group on the stream for each listener, and the log behind it.

The stream is fast and may be lost; the log is slower and may not. So each listener has two ways:
its group on the stream, with a claimer, and a sweep that brings what is due for another try and
what was logged a while ago and never begun, whatever became of Redis. A listener that has dealt
with all of the log rests until the log grows.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from domain.errors import Unavailable
from records.database import LISTENERS
from sync import broker
from sync.cancellation import is_cancelled
from sync.envelope import event_envelope
from sync.inbox import EventHandler, EventInbox, EventListener
from sync.stream import STREAM, Logged
from sync.wakes import Clock, Wake

DEAD = "events.dead"
DEAD_KEPT = 10_000
SWEPT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepTiming:
    """Seconds: an entry is an orphan after `idle` with a silent taker and missed after `grace` in
    the log; a sweep comes every `sweep` while there is something to do, after `rest` nobody need
    tell of it, and a lost group is made again after `look`. `wakes` gives each listener a way to
    be told that the log has grown; without it none rests.
    """

    idle: float = 10.0
    grace: float = 10.0
    sweep: float = 1.0
    rest: float = 10.0
    look: float = 1.0
    wakes: Callable[[], Wake] | None = None


class CursorSource(Protocol):
    async def at(self, consumer: str) -> int: ...


class LeaseTaker(Protocol):
    async def take(self, name: str, seconds: float) -> bool: ...


class InboxFactory(Protocol):
    """Gives the inbox of a listener."""

    def __call__(self, listener: EventListener) -> EventInbox: ...


class StreamConsumers:
    """Everybody who listens, in one process; others beside it share the work."""

    def __init__(
        self,
        listeners: Sequence[EventListener],
        inboxes: InboxFactory,
        stores: tuple[Redis, CursorSource, LeaseTaker],
        *,
        pace: SweepTiming = SweepTiming(),
        name: str = "worker",
    ) -> None:
        self._redis, self._cursors, self._leases = stores
        self._pace = pace
        self._name = name
        shared = asyncio.Semaphore(LISTENERS)
        self._handlers = [
            EventHandler(listener, inboxes(listener), _random_jitter, self._buried, shared)
            for listener in listeners
        ]

    async def run(self, url: str) -> None:
        """Handle what comes until cancelled; `url` is the bus."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen(url))
            for handler in self._handlers:
                group.create_task(self._sweep(handler))

    async def _listen(self, url: str) -> None:
        while not is_cancelled():
            await _despite_outage(self._subscribed(url))
            await asyncio.sleep(self._pace.look)

    async def _subscribed(self, url: str) -> None:
        """Take from the stream until a group is lost: a flushed Redis has none."""
        bus = broker.make_broker(url)
        for handler in self._handlers:
            await self._group(handler.listener.name)
            broker.subscribe_consumer(bus, handler, self._name, self._pace.idle)
        try:
            await bus.start()
            while broker.is_running(bus) and not is_cancelled():  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(self._pace.look)
        finally:
            await bus.stop()

    async def _group(self, name: str) -> None:
        """Begin where the listener stands: what came while there was no group is given out too."""
        start = await self._cursors.at(name)
        try:
            await self._redis.xgroup_create(STREAM, name, id=f"{start}-0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    async def _sweep(self, handler: EventHandler) -> None:
        wake = self._pace.wakes() if self._pace.wakes else Clock(self._pace.sweep)
        while not is_cancelled():
            if await self._at_rest(handler):
                await wake.wait(self._pace.rest)
            else:
                await _despite_outage(self._swept(handler))
                await asyncio.sleep(self._pace.sweep)

    async def _at_rest(self, handler: EventHandler) -> bool:
        try:
            return not await handler.inbox.behind()
        except Unavailable:
            return False

    async def _swept(self, handler: EventHandler) -> None:
        name = f"sweep:{handler.listener.name}"
        if not await self._leases.take(name, 5 * self._pace.sweep):
            return
        await handler.handle(await handler.inbox.waiting_entries(self._pace.grace, SWEPT))
        await handler.inbox.settle_entry()

    async def _buried(self, consumer: str, entry: Logged, error: str) -> None:
        """Tell those who watch; the letter itself lies in the records."""
        fields = {
            "consumer": consumer,
            "seq": entry[0],
            "error": error,
            "event": orjson.dumps(event_envelope(entry[1])),
        }
        await _despite_outage(self._redis.xadd(DEAD, fields, maxlen=DEAD_KEPT))  # pyright: ignore[reportArgumentType]


async def _despite_outage(work: Awaitable[object]) -> None:
    """Do it; a store that is down is waited for, by whoever calls again."""
    try:
        await work
    except (Unavailable, RedisError, OSError) as error:
        logging.getLogger("battwheels.consumers").info(
            "waiting", extra={"for": type(error).__name__}
        )


def _random_jitter() -> float:
    return random.uniform(0.5, 1.0)  # noqa: S311 - spreads tries in time
