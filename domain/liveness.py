"""Whether a store lives: a call may be patient with a slow one, and nobody waits for a dead one.

A call that has waited a moment asks beside itself whether the store answers at all. If it does not,
and nobody else heard of it meanwhile, the call ends; so do those that come after, at once, until a
question put twice a second is answered again. A store that just started is slow and not dead: calls
are watched from the moment that somebody says so.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from time import monotonic

from domain.errors import Unavailable

# A call that takes longer asks whether the store lives, and waits so long for that answer.
FIRST_LOOK_SECONDS = 0.6
ANSWER_SECONDS = 1.0
# How long a call may take to see that its line was let go.
LEAVE_SECONDS = 0.2
# How often a dead store is asked whether it is back.
RETURN_SECONDS = 0.5
# Who gives a call more time than this knows why: a migration.
PATIENT_SECONDS = 60.0


class BreakerState(StrEnum):
    """Whether a dependency is asked: yes, one try finds out, no."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


Ping = Callable[[], Awaitable[bool]]


class Liveness:
    """One for each store of a process."""

    def __init__(
        self, dependency: str, ping: Ping, let_go: Callable[[], None] | None = None
    ) -> None:
        """`ping` says whether the store answers; it raises nothing and knows no limit.

        `let_go` cuts the lines to a dead store: a driver whose call is cancelled may first ask the
        store to end it, and wait for that.
        """
        self._dependency = dependency
        self._ping = ping
        self._let_go = let_go
        self._watching = self._probing = False
        self._heard = 0.0
        self._asking: asyncio.Task[bool] | None = None
        self._returning: asyncio.Task[None] | None = None

    @property
    def dead(self) -> bool:
        return self._returning is not None and not self._returning.done()

    @property
    def state(self) -> BreakerState:
        if not self.dead:
            return BreakerState.CLOSED
        return BreakerState.HALF_OPEN if self._probing else BreakerState.OPEN

    def watch(self) -> None:
        """Watch calls from now on: the store is warm, and people wait."""
        self._watching = True

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncGenerator[None]:
        """Give the block its seconds, or fewer if the store turns out to be dead.

        Raises:
            TimeoutError: they are over.
            Unavailable: the store is known to be dead.
        """
        if self.dead:
            raise Unavailable(self._dependency, "it has stopped answering")
        async with asyncio.timeout(seconds) as limit:
            if not self._watching or seconds > PATIENT_SECONDS:
                yield
                return
            watches: list[asyncio.Task[None]] = []
            first = asyncio.get_running_loop().call_later(
                FIRST_LOOK_SECONDS,
                lambda: watches.append(asyncio.create_task(self._watch(limit))),
            )
            try:
                yield
                self._heard = monotonic()
            finally:
                first.cancel()
                for watch in watches:
                    watch.cancel()

    async def close(self) -> None:
        for task in (self._asking, self._returning):
            if task is not None:
                task.cancel()
                await asyncio.wait([task])

    async def _watch(self, limit: asyncio.Timeout) -> None:
        """End a call when the store is found dead."""
        loop = asyncio.get_running_loop()
        while await self._lives():  # noqa: ASYNC110 - a store tells nobody
            await asyncio.sleep(FIRST_LOOK_SECONDS)
        self._mourn()
        limit.reschedule(loop.time() + LEAVE_SECONDS)

    async def _lives(self) -> bool:
        """Ask once for all who want to know."""
        asked = monotonic()
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._answers())
        return await asyncio.shield(self._asking) or self._heard > asked

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._ping()
        except TimeoutError:
            return False

    def _mourn(self) -> None:
        if self.dead:
            return
        if self._let_go is not None:
            self._let_go()
        self._returning = asyncio.create_task(self._awaited())

    async def _awaited(self) -> None:
        while not await self._probe():  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(RETURN_SECONDS)

    async def _probe(self) -> bool:
        self._probing = True
        try:
            return await self._answers()
        finally:
            self._probing = False
