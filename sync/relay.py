"""The relay: moves events from the stores' outboxes into the change log, then onto the stream.

One relay at a time works, by lease; another takes over when it dies. An event leaves its outbox
only after the log holds it, and the log takes each id once, so a relay may die at any line and
another may even run beside it: nothing is lost and nothing is logged twice. Each outbox has a loop
of its own: a store that is down stops nobody else. Whoever leaves an event wakes it; it also looks
by itself, every second after work and less and less often, for what a dying writer did not tell.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from domain.errors import Unavailable
from domain.events import Event
from domain.ids import EventId
from sync.cancellation import is_cancelled
from sync.stream import Logged
from sync.wakes import Clock, Wake

BATCH = 500
# How often it looks when nobody tells it.
UNTOLD_SECONDS = 0.05
# When others tell it: how soon it looks by itself after work, and how seldom at last.
LOOK_SECONDS = 1.0
REST_SECONDS = 10.0
RETRY_SECONDS = 0.5
LEASE = "relay"
LEASE_SECONDS = 10.0
# A lease is renewed this often in its time.
RENEWALS = 4


class EventOutbox(Protocol):
    async def pending(self, limit: int) -> list[Event]: ...
    async def forget(self, ids: Sequence[EventId]) -> None: ...


class AppendLog(Protocol):
    async def append(self, events: Sequence[Event]) -> list[int]: ...


class LivePublisher(Protocol):
    async def publish(self, logged: Sequence[Logged]) -> None: ...


class RelayLeases(Protocol):
    async def take(self, name: str, seconds: float) -> bool: ...
    async def give_up(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayPace:
    """The seconds of a lease, and what tells of each outbox, in their order; without that, all
    are asked all the time.
    """

    lease: float = LEASE_SECONDS
    wakes: Sequence[Wake] = ()


class Relay:
    def __init__(
        self,
        outboxes: Sequence[EventOutbox],
        log: AppendLog,
        live: LivePublisher,
        leases: RelayLeases | None = None,
        *,
        pace: RelayPace = RelayPace(),
    ) -> None:
        """Join outboxes, log and stream; without leases it works whoever else does."""
        self._lease_s = pace.lease
        self._wakes = pace.wakes or [Clock(UNTOLD_SECONDS) for _ in outboxes]
        self._outboxes = outboxes
        self._log = log
        self._live = live
        self._leases = leases
        # The numbers of the log are given and published by one outbox after the other.
        self._turn = asyncio.Lock()
        self._leading = asyncio.Event()

    async def run(self) -> None:
        """Move events as they appear until cancelled; waits out whatever store is down."""
        both = zip(self._outboxes, self._wakes, strict=True)
        loops = [self._emptying(outbox, wake) for outbox, wake in both]
        async with asyncio.TaskGroup() as group:
            for loop in (*loops, self._lead()):
                group.create_task(loop)

    async def step(self) -> int:
        """Move one batch of each outbox and give how many events that were.

        Raises:
            Unavailable: an outbox or the log does not answer; a silent Redis only delays delivery.
        """
        return sum([await self._moved(outbox) for outbox in self._outboxes])

    async def _emptying(self, outbox: EventOutbox, wake: Wake) -> None:
        look = LOOK_SECONDS
        while not is_cancelled():
            await self._leading.wait()
            try:
                moved = await self._moved(outbox)
            except Unavailable:
                await asyncio.sleep(RETRY_SECONDS)
                continue
            told = moved or await wake.wait(look)
            look = LOOK_SECONDS if told else min(2 * look, REST_SECONDS)

    async def _lead(self) -> None:
        """Hold the lease while it can be had; work only with it."""
        if self._leases is None:
            return self._leading.set()
        try:
            while not is_cancelled():
                await self._renew(self._leases)
                await asyncio.sleep(self._lease_s / RENEWALS)
        finally:
            if self._leading.is_set():
                await _give_up_lease(self._leases)

    async def _renew(self, leases: RelayLeases) -> None:
        try:
            held = await leases.take(LEASE, self._lease_s)
        except Unavailable:
            held = False
        if held:
            self._leading.set()
        else:
            self._leading.clear()

    async def _moved(self, outbox: EventOutbox) -> int:
        events = await outbox.pending(BATCH)
        if not events:
            return 0
        async with self._turn:
            numbers = await self._log.append(events)
            logged = sorted(zip(numbers, events, strict=True), key=lambda entry: entry[0])
            # Followers read the log when the stream has a gap.
            with suppress(Unavailable):
                await self._live.publish(logged)
        await outbox.forget([event.id for event in events])
        return len(events)


async def _give_up_lease(leases: RelayLeases) -> None:
    """Let the next relay begin at once; if the records are down, it waits for the end."""
    with suppress(Unavailable):
        await leases.give_up(LEASE)
