"""The change feed inside one process: many followers, each with its own cursor.

New entries come from the Redis Stream; whatever is not there (Redis lost, trimmed, or never told)
is read from the change log. The newest entries stay in memory, so that a thousand followers cost
one read; a follower that falls further behind reads the log itself and holds nobody up.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Collection
from itertools import islice
from typing import Protocol

from domain.errors import Unavailable
from domain.events import EventType
from sync.ending import told_to_end
from sync.stream import Logged

REMEMBERED = 10_000
BATCH = 500
RETRY_SECONDS = 0.5


class Log(Protocol):
    async def after(self, seq: int, limit: int) -> list[Logged]: ...
    async def last(self) -> int: ...


class Live(Protocol):
    async def after(self, seq: int) -> list[Logged]: ...


class Feed:
    def __init__(self, log: Log, live: Live) -> None:
        self._log = log
        self._live = live
        self._recent: deque[Logged] = deque(maxlen=REMEMBERED)
        self._cursor = 0
        self._moved = asyncio.Condition()
        self._started = asyncio.Event()

    async def run(self) -> None:
        """Read entries as they come until cancelled; survives the loss of Redis and of Postgres."""
        while not told_to_end():
            try:
                if not self._started.is_set():
                    self._cursor = await self._log.last()
                    self._started.set()
                await self._tell(await self._arrived())
            except Unavailable:
                await asyncio.sleep(RETRY_SECONDS)

    async def follow(
        self, types: Collection[EventType], after: int | None = None
    ) -> AsyncGenerator[Logged]:
        """Give entries of these types above `after` (default: from now on), oldest first.

        While the log does not answer, followers wait.
        """
        await self._started.wait()
        cursor = self._cursor if after is None else after
        while not told_to_end():
            for seq, event in await self._patiently(cursor):
                cursor = seq
                if event.type in types:
                    yield seq, event

    async def _arrived(self) -> list[Logged]:
        try:
            entries = await self._live.after(self._cursor)
        except Unavailable:
            entries = []
            await asyncio.sleep(RETRY_SECONDS)
        if entries and entries[0][0] == self._cursor + 1 and _unbroken(entries):
            return entries
        return await self._log.after(self._cursor, BATCH)

    async def _tell(self, entries: list[Logged]) -> None:
        if not entries:
            return
        async with self._moved:
            self._recent.extend(entries)
            self._cursor = entries[-1][0]
            self._moved.notify_all()

    async def _patiently(self, cursor: int) -> list[Logged]:
        while not told_to_end():
            try:
                return await self._next(cursor)
            except Unavailable:
                await asyncio.sleep(RETRY_SECONDS)
        return []

    async def _next(self, cursor: int) -> list[Logged]:
        async with self._moved:
            await self._moved.wait_for(lambda: self._cursor > cursor)
        oldest = self._recent[0][0] if self._recent else self._cursor + 1
        if oldest > cursor + 1:
            return await self._log.after(cursor, BATCH)
        start = cursor + 1 - oldest
        return list(islice(self._recent, start, start + BATCH))


def _unbroken(entries: list[Logged]) -> bool:
    return entries[-1][0] - entries[0][0] == len(entries) - 1
