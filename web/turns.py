"""Whose request is worked on next: a few at a time, and the callers who wait take turns.

A caller with a hundred requests waits with them behind every other caller's one.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from domain.errors import TooMany

RETRY_SECONDS = 1.0


class Turns:
    """At most `busy` at a time; of one caller at most `waiting` wait, each at most `patience`."""

    def __init__(self, busy: int, waiting: int, patience: float | None = None) -> None:
        self._free = busy
        self._most = waiting
        self._patience = patience
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, caller: str) -> AsyncGenerator[None]:
        """Wait for a turn and hold it through the block.

        Raises:
            TooMany: too many requests of this caller wait already, or this one did for too long.
        """
        if self._free > 0:
            self._free -= 1
        else:
            await self._waited(caller)
        try:
            yield
        finally:
            self._given()

    async def _waited(self, caller: str) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await self._taken(caller)
        except TimeoutError as late:
            raise TooMany("requests that wait", self._patience) from late

    async def _taken(self, caller: str) -> None:
        queue = self._waiting.setdefault(caller, deque())
        if len(queue) >= self._most:
            raise TooMany("requests that wait", RETRY_SECONDS)
        mine = asyncio.get_running_loop().create_future()
        queue.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._given()
            else:
                self._gone(caller, mine)
            raise

    def _gone(self, caller: str, mine: asyncio.Future[None]) -> None:
        """Let go of the place of somebody who waits no longer: it counts among those that wait."""
        queue = self._waiting.get(caller)
        if queue is not None and mine in queue:
            queue.remove(mine)
            if not queue:
                del self._waiting[caller]

    def _given(self) -> None:
        """Hand the turn to the caller who waits longest; their next one is behind all others."""
        while self._waiting:
            caller, queue = self._waiting.popitem(last=False)
            next_one = queue.popleft()
            if queue:
                self._waiting[caller] = queue
            if not next_one.done():
                next_one.set_result(None)
                return
        self._free += 1
