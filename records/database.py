"""PostgreSQL as the rest of the project sees it: bounded transactions, errors by our names."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, LiteralString, Self, TypeAlias

from psycopg import AsyncConnection, OperationalError
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from domain.errors import Unavailable

DEPENDENCY = "postgres"
# How a process shares its connections. An operation (`records.operations`) and a listener's event
# (`sync.handling`) hold one while they ask other stores, and the records themselves, a second time:
# they wait for their turn outside the pool, so the rest of it is always there for short questions.
OPERATIONS = 24
LISTENERS = 36
SHORT = 10
POOL_SIZE = OPERATIONS + LISTENERS + SHORT
CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 5.0

Row: TypeAlias = dict[str, Any]
Connection: TypeAlias = AsyncConnection[Row]


class Records:
    """A pool of connections; a transaction ends within `ANSWER_SECONDS` or raises Unavailable."""

    def __init__(self, pool: AsyncConnectionPool[Connection], url: str) -> None:
        self._pool = pool
        self._url = url

    @classmethod
    async def open(cls, url: str) -> Self:
        """Open the pool without waiting for the server: a call made while it is down says so."""
        pool = AsyncConnectionPool[Connection](
            url,
            min_size=1,
            max_size=POOL_SIZE,
            timeout=CONNECT_SECONDS,
            kwargs={"row_factory": dict_row, "connect_timeout": round(CONNECT_SECONDS)},
            check=_alive,
            open=False,
        )
        await pool.open(wait=False)
        return cls(pool, url)

    async def close(self) -> None:
        await self._pool.close()

    async def ping(self) -> None:
        """Return when the server answers.

        Raises:
            Unavailable: it does not.
        """
        await self.rows("select 1 as one")

    @asynccontextmanager
    async def transaction(self, seconds: float = ANSWER_SECONDS) -> AsyncGenerator[Connection]:
        """Give a connection inside a transaction that commits at the end of the block."""
        try:
            async with (
                asyncio.timeout(seconds),
                self._pool.connection() as connection,
                connection.transaction(),
            ):
                yield connection
        except (OperationalError, PoolTimeout, TimeoutError) as error:
            raise Unavailable(DEPENDENCY, type(error).__name__) from error

    @asynccontextmanager
    async def apart(self) -> AsyncGenerator[Connection]:
        """Give a connection of one's own for long: outside the pool, each statement for itself."""
        try:
            connection = await AsyncConnection[Row].connect(
                self._url,
                autocommit=True,
                row_factory=dict_row,
                connect_timeout=round(CONNECT_SECONDS),
            )
            async with connection:
                yield connection
        except OperationalError as error:
            raise Unavailable(DEPENDENCY, type(error).__name__) from error

    async def rows(self, query: LiteralString, **parameters: object) -> list[Row]:
        async with self.transaction() as connection:
            cursor = await connection.execute(query, parameters)
            return await cursor.fetchall()


async def _alive(connection: Connection) -> None:
    """Refuse a connection that died in the pool, before it is handed out."""
    await connection.execute("select 1")
