"""The three paces: hints at once, hints in five-second batches, a digest each hour.

Whoever follows changes hears of each at once (`ChangeFeed`). These hints, `sync.required` events,
are for a garage that keeps a copy: it follows them (`syncRequired`) and reads the changes, so that
it need not hear ten thousand ordinary ones first to know of the urgent one behind them.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol
from uuid import UUID

from domain.cards import Severity
from domain.events import Event, EventType
from domain.ids import EventId, uuid7
from domain.urgency import (
    Urgency,
    hour_before,
    is_batch_due,
    name_batch,
    name_hour,
    urgency_of,
)
from records.database import Connection
from records.hint_batches import add_hints
from records.outbox import leave_events
from sync.cancellation import is_cancelled
from sync.inbox import HandleBatch
from sync.wakes import Clock, Wake

STEP = timedelta(seconds=0.5)
# A batch goes so long before its time: a busy machine looks late and sends slowly.
MARGIN = 2 * STEP
# How soon it looks by itself for what nobody told it.
REST_SECONDS = 10.0
ACTOR = "system"
SEVERITIES = tuple(Severity)

Now = Callable[[], datetime]


class SeverityQuery(Protocol):
    async def __call__(self, ids: Sequence[str]) -> Mapping[str, int | None]: ...


class HintBatches(Protocol):
    async def oldest(self) -> datetime | None: ...
    async def send(self, hint: Event) -> int: ...


class Digests(Protocol):
    async def digest(self, hour: datetime, told: Event) -> bool: ...


def hint_handler(severities: SeverityQuery, now: Now) -> HandleBatch:
    """Give the listener that hints at urgent changes at once and has the others wait.

    A card that is gone needs no hint.
    """

    async def handle(events: Sequence[Event], connection: Connection) -> None:
        levels = await severities([event.entity for event in events])
        urgent, others = list[Event](), list[Event]()
        for event in (event for event in events if event.entity in levels):
            level = levels[event.entity]
            severity = None if level is None else SEVERITIES[level - 1]
            at_once = urgency_of(event.type, severity) is Urgency.AT_ONCE
            (urgent if at_once else others).append(event)
        await leave_events(connection, [_urgent_hint(event) for event in urgent])
        if others:
            await add_hints(connection, others, now())

    return handle


class HintSchedule:
    """Sends batches that are due and the digest of each hour; several may run beside each other."""

    def __init__(
        self, batches: HintBatches, hourly: Digests, now: Now, wake: Wake | None = None
    ) -> None:
        """Join batches, hours and clock; `wake` tells of a change that waits."""
        self._batches = batches
        self._hourly = hourly
        self._now = now
        self._wake = wake or Clock(STEP.total_seconds())
        self._told_of: datetime | None = None
        self._waiting = False

    async def run(self) -> None:
        """Go on until cancelled; raises Unavailable when the records do not answer."""
        while not is_cancelled():
            await self.step()
            if self._waiting:
                await asyncio.sleep(STEP.total_seconds())
            else:
                await self._wake.wait(REST_SECONDS)

    async def step(self) -> int:
        """Do what is due and give how many things the batch told of."""
        now = self._now()
        await self._digest(hour_before(now))
        oldest = await self._batches.oldest()
        self._waiting = oldest is not None
        if oldest is None or not is_batch_due(oldest, now, MARGIN):
            return 0
        hint = _hint_event(EventType.SYNC_REQUIRED, name_batch(oldest), 1, now)
        return await self._batches.send(hint)

    async def _digest(self, hour: datetime) -> None:
        """Tell of an hour, once; that another process did, the records know."""
        if hour == self._told_of:
            return
        told = _hint_event(EventType.NOTIFICATION_SEND, name_hour(hour), 1, hour)
        await self._hourly.digest(hour, told)
        self._told_of = hour


def _urgent_hint(event: Event) -> Event:
    return _hint_event(EventType.SYNC_REQUIRED, event.entity, event.version, event.at)


def _hint_event(type: EventType, entity: str, version: int, at: datetime) -> Event:
    """Give an event whose id follows from what it tells: told twice, it is one."""
    return Event(
        id=EventId(str(_hint_id(f"{type}:{entity}:{version}", at))),
        type=type,
        entity=entity,
        version=version,
        at=at,
        actor=ACTOR,
    )


def _hint_id(purpose: str, at: datetime) -> UUID:
    return uuid7(at, int.from_bytes(sha256(purpose.encode()).digest()[:10]))
