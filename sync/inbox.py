"""Handle events once: each in one transaction with its mark, tried again, at last given up.

The records decide what was handled, not the stream: an event may come from the stream, from its
claimer and from the change log at once, and is handled by whoever marks it first.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.errors import Overrun, Unavailable
from domain.events import Event, EventType
from records.database import Connection
from sync.stream import Logged

AT_ONCE = 6
# Below what the records allow the transaction around it.
HANDLER_SECONDS = 30.0

Handle = Callable[[Event, Connection], Awaitable[None]]
HandleBatch = Callable[[Sequence[Event], Connection], Awaitable[None]]
Dead = Callable[[str, Logged, str], Awaitable[None]]

log = logging.getLogger("battwheels.handling")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventListener:
    """Who hears events of some types.

    What `handle` writes on the connection is committed with the mark that the event was handled.
    What it does elsewhere may happen twice and must not matter. With `handle_batch` it takes up to
    `most` events in one transaction, and one by one only after that failed: for a listener that
    must not be behind when ten thousand changes come at once.
    """

    name: str
    types: frozenset[EventType]
    handle: Handle
    handle_batch: HandleBatch | None = None
    most: int = 64


class EventInbox(Protocol):
    async def handle_once(
        self, entry: Logged, work: Callable[[Connection], Awaitable[None]]
    ) -> bool: ...

    async def handle_batch_once(
        self,
        entries: Sequence[Logged],
        work: Callable[[Sequence[Event], Connection], Awaitable[None]],
    ) -> int: ...

    async def record_failure(
        self, entry: Logged, error: str, jitter: float, *, counts: bool
    ) -> bool: ...

    async def waiting_entries(self, grace: float, limit: int) -> list[Logged]: ...

    async def behind(self) -> bool: ...

    async def settle_entry(self) -> None: ...


class EventHandler:
    """Handles events for one listener."""

    def __init__(
        self,
        listener: EventListener,
        inbox: EventInbox,
        jitter: Callable[[], float],
        dead: Dead,
        shared: asyncio.Semaphore,
    ) -> None:
        """`jitter` gives a number between a half and one; `dead` hears of what is given up.

        `shared` are the places of all listeners of the process (`records.database.LISTENERS`).
        """
        self.listener = listener
        self.inbox = inbox
        self._jitter = jitter
        self._dead = dead
        self._places, self._shared = asyncio.Semaphore(AT_ONCE), shared

    async def handle(self, entries: Sequence[Logged]) -> None:
        """Handle what the listener hears: a thing's events one after another, things beside others.

        Raises:
            Unavailable: the records do not answer; what was not marked comes again.
        """
        heard = [entry for entry in entries if entry[1].type in self.listener.types]
        together = self.listener.handle_batch if len(heard) > 1 else None
        if together is not None and await self._handle_together(heard, together):
            return
        lanes: dict[str, list[Logged]] = defaultdict(list)
        for entry in heard:
            lanes[entry[1].entity].append(entry)
        lanes_done = await asyncio.gather(
            *map(self._handle_lane, lanes.values()), return_exceptions=True
        )
        for failure in lanes_done:
            if failure is not None:
                raise failure

    async def _handle_together(self, entries: Sequence[Logged], handle: HandleBatch) -> bool:
        """Handle all in one transaction; False: one of them failed, and all are as before."""
        try:
            async with self._places, self._shared, asyncio.timeout(HANDLER_SECONDS):
                await self.inbox.handle_batch_once(entries, handle)
        except Exception as error:  # noqa: BLE001 - the door of the worker; each is tried by itself
            told = {"consumer": self.listener.name, "reason": f"{type(error).__name__}: {error}"}
            log.info("a batch goes one by one", extra=told)
            return False
        return True

    async def _handle_lane(self, entries: Sequence[Logged]) -> None:
        async with self._places, self._shared:
            for entry in entries:
                await self._handle_one(entry)

    async def _handle_one(self, entry: Logged) -> None:
        try:
            await self.inbox.handle_once(
                entry, lambda connection: self._run_listener(entry, connection)
            )
        except Unavailable as error:
            await self.inbox.record_failure(entry, str(error), self._jitter(), counts=False)
        except Exception as error:  # noqa: BLE001 - the door of the worker
            await self._record_failure(entry, f"{type(error).__name__}: {error}")

    async def _run_listener(self, entry: Logged, connection: Connection) -> None:
        try:
            async with asyncio.timeout(HANDLER_SECONDS):
                await self.listener.handle(entry[1], connection)
        except TimeoutError as error:
            raise Overrun(self.listener.name, HANDLER_SECONDS) from error

    async def _record_failure(self, entry: Logged, error: str) -> None:
        gone = await self.inbox.record_failure(entry, error, self._jitter(), counts=True)
        told = {"consumer": self.listener.name, "event_id": entry[1].id, "reason": error}
        log.warning("given up" if gone else "to be tried again", extra=told)
        if gone:
            await self._dead(self.listener.name, entry, error)
