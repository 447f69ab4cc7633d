"""The change feed inside one process: many followers, each with its own cursor.

New entries come from the Redis Stream; whatever is not there (Redis lost, trimmed, or never told)
is read from the change log. The newest entries stay in memory, so that a thousand followers cost
one read; a follower that falls further behind reads the log itself and holds nobody up.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from functools import partial
from itertools import islice
from typing import Protocol, TypeVar

from domain.errors import CursorLost, Unavailable
from domain.events import EventType
from sync.cancellation import is_cancelled
from sync.stream import Logged

REMEMBERED = 10_000
BATCH = 500
RETRY_SECONDS = 0.5

T = TypeVar("T")


class FollowedLog(Protocol):
    async def after(self, seq: int, limit: int) -> list[Logged]: ...
    async def last(self) -> int: ...
    async def bounds(self) -> tuple[int, int]: ...


class LiveEntries(Protocol):
    async def after(self, seq: int) -> list[Logged]: ...


class ChangeFeed:
    def __init__(self, log: FollowedLog, live: LiveEntries) -> None:
        self._log = log
        self._live = live
        self._recent: deque[Logged] = deque(maxlen=REMEMBERED)
        self._cursor = 0
        self._moved = asyncio.Condition()
        self._started = asyncio.Event()

    async def run(self) -> None:
        """Read entries as they come until cancelled; survives the loss of Redis and of Postgres."""
        while not is_cancelled():
            try:
                if not self._started.is_set():
                    self._cursor = await self._log.last()
                    self._started.set()
                await self._tell(await self._arrived())
            except Unavailable:
                await asyncio.sleep(RETRY_SECONDS)

    async def head(self) -> int:
        """Give the newest number that this process has read."""
        await self._started.wait()
        return self._cursor

    async def follow(
        self, types: Collection[EventType], after: int | None = None, until: int | None = None
    ) -> AsyncGenerator[Logged]:
        """Give entries of these types above `after` (default: from now on), oldest first.

        With `until` it ends behind that number. While the log does not answer, followers wait.

        Raises:
            CursorLost: the log was trimmed beyond the cursor, or never was as far.
        """
        head = await self.head()
        cursor = head if after is None else await self._patiently(partial(self._checked, after))
        while (until is None or cursor < until) and not is_cancelled():
            for seq, event in await self._patiently(partial(self._next, cursor)):
                if until is not None and seq > until:
                    return
                cursor = seq
                if event.type in types:
                    yield seq, event

    async def _checked(self, cursor: int) -> int:
        """Give the cursor back if nothing is missing behind it, here or in another process."""
        if self._oldest() <= cursor + 1 and cursor <= self._cursor:
            return cursor
        floor, last = await self._log.bounds()
        if not floor <= cursor <= last:
            raise CursorLost(cursor, last)
        return cursor

    async def _arrived(self) -> list[Logged]:
        try:
            entries = await self._live.after(self._cursor)
        except Unavailable:
            entries = []
            await asyncio.sleep(RETRY_SECONDS)
        if entries and entries[0][0] == self._cursor + 1 and _is_unbroken(entries):
            return entries
        return await self._log.after(self._cursor, BATCH)

    async def _tell(self, entries: list[Logged]) -> None:
        if not entries:
            return
        async with self._moved:
            if entries[0][0] != self._cursor + 1:
                self._recent.clear()
            self._recent.extend(entries)
            self._cursor = entries[-1][0]
            self._moved.notify_all()

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        while not is_cancelled():
            try:
                return await ask()
            except Unavailable:
                await asyncio.sleep(RETRY_SECONDS)
        raise asyncio.CancelledError

    async def _next(self, cursor: int) -> list[Logged]:
        async with self._moved:
            await self._moved.wait_for(lambda: self._cursor > cursor)
        if self._oldest() <= cursor + 1:
            return self._remembered(cursor)
        entries = await self._log.after(cursor, BATCH)
        if not entries or entries[0][0] != cursor + 1:
            raise CursorLost(cursor, self._cursor)
        return entries

    def _oldest(self) -> int:
        return self._recent[0][0] if self._recent else self._cursor + 1

    def _remembered(self, cursor: int) -> list[Logged]:
        """Give what came after the cursor, found from the end: most followers are there."""
        newest = list(islice(reversed(self._recent), self._cursor - cursor))
        return newest[::-1][:BATCH]


def _is_unbroken(entries: list[Logged]) -> bool:
    return entries[-1][0] - entries[0][0] == len(entries) - 1
