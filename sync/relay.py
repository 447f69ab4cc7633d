"""The relay: moves events from the stores' outboxes into the change log, then onto the stream.

An event leaves its outbox only after the log holds it, and the log takes each id once, so a relay
may die at any line and another may run beside it: nothing is lost and nothing is logged twice.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from domain.errors import Unavailable
from domain.events import Event
from domain.ids import EventId
from sync.ending import told_to_end
from sync.stream import Logged

BATCH = 500
IDLE_SECONDS = 0.05
RETRY_SECONDS = 0.5


class Outbox(Protocol):
    async def pending(self, limit: int) -> list[Event]: ...
    async def forget(self, ids: Sequence[EventId]) -> None: ...


class Log(Protocol):
    async def append(self, events: Sequence[Event]) -> list[int]: ...


class Live(Protocol):
    async def publish(self, logged: Sequence[Logged]) -> None: ...


class Relay:
    def __init__(self, outboxes: Sequence[Outbox], log: Log, live: Live) -> None:
        self._outboxes = outboxes
        self._log = log
        self._live = live

    async def run(self) -> None:
        """Move events as they appear until cancelled; waits out whatever store is down."""
        while not told_to_end():
            try:
                moved = await self.step()
            except Unavailable:
                moved = 0
                await asyncio.sleep(RETRY_SECONDS)
            if not moved:
                await asyncio.sleep(IDLE_SECONDS)

    async def step(self) -> int:
        """Move one batch of each outbox and give how many events that were.

        Raises:
            Unavailable: an outbox or the log does not answer; a silent Redis only delays delivery.
        """
        return sum([await self._moved(outbox) for outbox in self._outboxes])

    async def _moved(self, outbox: Outbox) -> int:
        events = await outbox.pending(BATCH)
        if not events:
            return 0
        numbers = await self._log.append(events)
        logged = sorted(zip(numbers, events, strict=True), key=lambda entry: entry[0])
        try:
            await self._live.publish(logged)
        except Unavailable:
            pass  # Followers read the log when the stream has a gap.
        finally:
            await outbox.forget([event.id for event in events])
        return len(events)
