"""Attempts that were refused or failed: kept too, without anybody waiting, and never without end.

What was refused has no transaction of its own to be written in, and its answer waits for nothing:
it is noted here and written a moment later. A flood fills no disk: of one caller's attempts at one
kind of deed the first ten of a minute are rows, the rest of that minute is one row that counts.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
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
        """Write what is noted until cancelled; a silent database is waited out."""
        while True:
            await self._noted.wait()
            self._noted.clear()
            await asyncio.sleep(WRITE_SECONDS)
            await self.write_noted()
            if self._beyond:
                # The rest of the minute is told when it is over.
                self._noted.set()

    async def write_noted(self) -> None:
        """Write what waits, in one transaction; what cannot be written goes on waiting."""
        self._turn_minute(self._now())
        taken, self._waiting = list(self._waiting), deque[Deed]()
        if not taken:
            return
        try:
            async with self._records.transaction() as connection:
                await self._writer.write(connection, taken)
        except Unavailable:
            self._waiting.extendleft(reversed(taken))

    def _turn_minute(self, now: datetime) -> None:
        minute = int(now.timestamp()) // MINUTE
        if minute <= self._minute:
            return
        for more, last in self._beyond.values():
            counted = f"{last.audit_id}_rest"
            self._waiting.append(replace(last, audit_id=counted, new_value={"attempts": more}))
        self._minute, self._counts, self._beyond = minute, Counter(), {}

    def _key_of(self, deed: Deed) -> Attempts:
        who = deed.user_id or deed.ip_address or STRANGERS
        key = who, deed.event_type.value, deed.result.value
        if key not in self._counts and len(self._counts) >= MOST_CALLERS:
            return STRANGERS, *key[1:]
        return key
