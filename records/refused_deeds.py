"""Attempts that were refused or failed: kept too, without anybody waiting, and never without end.

What was refused has no transaction of its own to be written in, and its answer waits for nothing:
it is noted here and written a moment later. A flood fills no disk: of one caller's attempts at one
kind of deed the first ten of a minute are rows, the rest of that minute is one row that counts.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from domain.deeds import Deed
from domain.errors import Unavailable
from records.audit_trail import DeedWriter
from records.database import Records

EACH_MINUTE = 10
# Callers that are counted apart in one minute; those beyond are counted together.
MOST_CALLERS = 1_000
# Rows that wait for a database which is silent; what comes beyond is counted.
MOST_WAITING = 5_000
WRITE_SECONDS = 0.5
# How long the end of a process waits for what it noted.
LAST_SECONDS = 2.0
MINUTE = 60
STRANGERS = "(others)"

Attempts: TypeAlias = tuple[str, str, str]


class RefusedDeeds:
    def __init__(self, records: Records, writer: DeedWriter, now: Callable[[], datetime]) -> None:
        self._records = records
        self._writer = writer
        self._now = now
        self._waiting: deque[Deed] = deque()
        self._noted = asyncio.Event()
        self._minute = 0
        self._counts: Counter[Attempts] = Counter()
        self._beyond: dict[Attempts, tuple[int, Deed]] = {}

    def note(self, deed: Deed) -> None:
        """Note an attempt; returns at once."""
        self._turn_minute(deed.timestamp)
        key = self._key_of(deed)
        self._counts[key] += 1
        if self._counts[key] <= EACH_MINUTE and len(self._waiting) < MOST_WAITING:
            self._waiting.append(deed)
        else:
            more, _ = self._beyond.get(key, (0, deed))
            self._beyond[key] = more + 1, deed
        self._noted.set()

    async def run(self) -> None:
        """Write what is noted until cancelled, and then what is left; a silent database is waited
        out.
        """
        try:
            while True:
                await self._noted.wait()
                self._noted.clear()
                await asyncio.sleep(WRITE_SECONDS)
                await self.write_noted()
                if self._beyond:
                    # The rest of the minute is told when it is over.
                    self._noted.set()
        finally:
            await self._write_last()

    async def write_noted(self) -> None:
        """Write what waits, in one transaction; what cannot be written goes on waiting."""
        self._turn_minute(self._now())
        taken, self._waiting = list(self._waiting), deque[Deed]()
        if not taken:
            return
        try:
            async with self._records.transaction() as connection:
                await self._writer.write(connection, taken)
        except (Unavailable, asyncio.CancelledError) as error:
            self._waiting.extendleft(reversed(taken))
            if isinstance(error, asyncio.CancelledError):
                raise

    async def _write_last(self) -> None:
        """Write all that was noted before the process ends, the counts of this minute too."""
        self._tell_rest()
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                await self.write_noted()

    def _turn_minute(self, now: datetime) -> None:
        minute = int(now.timestamp()) // MINUTE
        if minute > self._minute:
            self._tell_rest()
            self._minute, self._counts = minute, Counter()

    def _tell_rest(self) -> None:
        """Have the rest of a minute told, a row for each caller; while as many wait as may, all
        that is not told yet is one count for each type, which is told once there is room.
        """
        rest, self._beyond = self._beyond, {}
        for key, (more, last) in rest.items():
            if len(self._waiting) < MOST_WAITING:
                counted = f"{last.audit_id}_rest"
                self._waiting.append(replace(last, audit_id=counted, new_value={"attempts": more}))
            else:
                whole = STRANGERS, *key[1:]
                before, _ = self._beyond.get(whole, (0, last))
                nobody = replace(last, user_id=None, user_role=None, ip_address=None)
                self._beyond[whole] = before + more, nobody

    def _key_of(self, deed: Deed) -> Attempts:
        who = deed.user_id or deed.ip_address or STRANGERS
        key = who, deed.event_type.value, deed.result.value
        if key not in self._counts and len(self._counts) >= MOST_CALLERS:
            return STRANGERS, *key[1:]
        return key
