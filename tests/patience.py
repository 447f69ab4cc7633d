"""The stores' clients as tests open them: what they answer is tested, not how fast.

The service gives a store a few seconds; beside other work on the machine an honest answer may take
longer, and that would be a verdict of the clock. Limits that a test is about it sets itself.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from weakref import WeakSet

from psycopg_pool import AsyncConnectionPool

from graph.database import WRITE_SECONDS, Graph, Transaction
from records.database import ANSWER_SECONDS, Connection, Records

T = TypeVar("T")
PATIENT_SECONDS = 120.0


class PatientGraph(Graph):
    """Waits for a write as long as for a read."""

    async def write(
        self, work: Callable[[Transaction], Awaitable[T]], *, seconds: float = WRITE_SECONDS
    ) -> T:
        patient = max(seconds, PATIENT_SECONDS) if seconds >= WRITE_SECONDS else seconds
        return await super().write(work, seconds=patient)


class PatientRecords(Records):
    """Waits for a connection and for a transaction."""

    def __init__(
        self, pool: AsyncConnectionPool[Connection], url: str, lines: WeakSet[Connection]
    ) -> None:
        super().__init__(pool, url, lines)
        # Who waits for a connection has nobody try for one again: the pool does, for as long.
        pool.timeout = pool.reconnect_timeout = PATIENT_SECONDS

    @asynccontextmanager
    async def transaction(self, seconds: float = ANSWER_SECONDS) -> AsyncGenerator[Connection]:
        patient = max(seconds, PATIENT_SECONDS) if seconds >= ANSWER_SECONDS else seconds
        async with super().transaction(patient) as connection:
            yield connection
