"""Wake-ups: whoever waits for work hears of it at once, from this process or from another one.

Postgres tells every process that listens: triggers send what is left in tables in the transaction
that leaves it (migration 055), and whoever writes to the graph says so afterwards (`tell`). A
wake-up says *look*, never what there is to see. It may come for nothing, and it may be lost: a
writer died between the graph and the telling, nobody listened, or a pooler stands between us and
Postgres. So whoever waits also looks by itself after some seconds.
"""

import asyncio
from collections import defaultdict
from contextlib import suppress
from enum import StrEnum

from domain.errors import Unavailable
from records.database import Connection, Records
from records.queries import named_queries

QUERIES = named_queries("wakeups.sql")
# How long the end of a process waits for its last words.
LAST_WORDS_SECONDS = 1.0
READ_SECONDS = 0.01


class Topic(StrEnum):
    """What there may be to see."""

    RECORDS_OUTBOX = "records_outbox"
    GRAPH_OUTBOX = "graph_outbox"
    CHANGE_LOG = "change_log"
    BATCHES = "batches"
    REVOCATIONS = "revocations"
    DEEDS = "deeds"
    API_KEYS = "api_keys"
    TRUSTED_DOCUMENTS = "trusted_documents"
    DATA_KEYS = "data_keys"
    ACCOUNT_LETTERS = "account_letters"
    MODELS = "models"
    RETURN_EXPORTS = "return_exports"


class Wakeup:
    """For one who waits; told while nobody waits, the next wait ends at once."""

    def __init__(self) -> None:
        self._told = asyncio.Event()

    def tell(self) -> None:
        self._told.set()

    async def wait(self, seconds: float) -> bool:
        """Wait until told, `seconds` at most; say whether it was told."""
        try:
            async with asyncio.timeout(seconds):
                await self._told.wait()
        except TimeoutError:
            return False
        self._told.clear()
        return True


class Wakeups:
    """Wake-ups of this process; `hears`: what other processes tell comes in."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._waiting: dict[str, list[Wakeup]] = defaultdict(list)
        self._unsent: set[Topic] = set()
        self._sending: asyncio.Task[None] | None = None
        self.hears = False

    def on(self, topic: Topic) -> Wakeup:
        """Give a wake-up for one who waits for a topic."""
        wakeup = Wakeup()
        self._waiting[topic].append(wakeup)
        return wakeup

    def tell(self, topic: Topic) -> None:
        """Tell who waits here now, and those in other processes as soon as Postgres can."""
        self._tell_here(topic)
        self._unsent.add(topic)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())

    async def run(self) -> None:
        """Listen until cancelled.

        Raises:
            Unavailable: the records do not answer (any more).
        """
        async with self._records.apart() as connection:
            await connection.execute(QUERIES["listen"])
            self.hears = True
            # What was told before this process listened.
            self._tell_all()
            try:
                while True:
                    await _until_readable(connection)
                    async for notice in connection.notifies(timeout=READ_SECONDS):
                        self._tell_here(notice.payload)
            finally:
                # Whoever relied on being told has to look for themselves from here on.
                self.hears = False
                self._tell_all()

    async def close(self) -> None:
        """Let the last words go out."""
        if self._sending is not None:
            await asyncio.wait([self._sending], timeout=LAST_WORDS_SECONDS)
            self._sending.cancel()

    def _tell_all(self) -> None:
        for topic in Topic:
            self._tell_here(topic)

    def _tell_here(self, topic: str) -> None:
        for wakeup in self._waiting[topic]:
            wakeup.tell()

    async def _send(self) -> None:
        while self._unsent:
            topics, self._unsent = self._unsent, set()
            # Lost is what it may be.
            with suppress(Unavailable):
                await self._records.rows(QUERIES["tell"], topics=[*topics])


async def _until_readable(connection: Connection) -> None:
    """Wait for the socket: the driver itself would wake ten times a second to look at the clock."""
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(connection.fileno(), ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(connection.fileno())
