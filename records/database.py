"""PostgreSQL as the rest of the project sees it: bounded transactions, errors by our names."""

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from socket import SHUT_RDWR, socket
from typing import Any, LiteralString, Self, TypeAlias
from weakref import WeakSet

import orjson
from psycopg import AsyncConnection, OperationalError
from psycopg.rows import dict_row
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from domain.errors import Unavailable, WrongPassword
from domain.liveness import BreakerState, Liveness

DEPENDENCY = "postgres"
# How a process shares its connections. An operation (`records.operations`) and a listener's event
# (`sync.inbox`) hold one while they ask other stores, and the records themselves, a second time:
# they wait for their turn outside the pool, so the rest of it is always there for short questions.
OPERATIONS = 24
LISTENERS = 42
SHORT = 10
POOL_SIZE = OPERATIONS + LISTENERS + SHORT
CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 5.0
# The pool tries anew for each caller; its own tries grow further and further apart.
RECONNECT_SECONDS = 1.0

Row: TypeAlias = dict[str, Any]
Connection: TypeAlias = AsyncConnection[Row]


class Records:
    """A pool of connections; a transaction ends within `ANSWER_SECONDS` or raises Unavailable."""

    def __init__(
        self, pool: AsyncConnectionPool[Connection], url: str, lines: WeakSet[Connection]
    ) -> None:
        """`lines` are the open connections of the pool."""
        self._pool = pool
        self._url = url
        self._lines = lines
        self._prepare: Callable[[], Awaitable[None]] | None = None
        self._closing = AsyncExitStack()
        self._closing.push_async_callback(pool.close)
        self._liveness = Liveness(DEPENDENCY, self._answers, self._let_go)

    @classmethod
    async def open(cls, url: str) -> Self:
        """Open the pool without waiting for the server: a call made while it is down says so."""
        lines = WeakSet[Connection]()

        async def known(connection: Connection) -> None:
            lines.add(connection)
            set_json_loads(orjson.loads, connection)

        pool = AsyncConnectionPool[Connection](
            url,
            min_size=1,
            max_size=POOL_SIZE,
            timeout=CONNECT_SECONDS,
            reconnect_timeout=RECONNECT_SECONDS,
            kwargs={"row_factory": dict_row, "connect_timeout": round(CONNECT_SECONDS)},
            check=_check_alive,
            configure=known,
            open=False,
        )
        await pool.open(wait=False)
        return cls(pool, url, lines)

    def before_transactions(self, prepare: Callable[[], Awaitable[None]]) -> None:
        """Have something awaited before a connection is taken, which may take none itself.

        Whoever holds a connection never waits for it: a hundred that did would wait for each other.
        """
        self._prepare = prepare

    def with_close(self, close: Callable[[], Awaitable[None]]) -> None:
        """Have something else closed when these records are."""
        self._closing.push_async_callback(close)

    @property
    def breaker_state(self) -> BreakerState:
        """Whether the server is asked, or left alone until it answers again."""
        return self._liveness.state

    def watch(self) -> None:
        """From now on tell of a dead server within two seconds, however long a call may take."""
        self._liveness.watch()

    async def close(self) -> None:
        await self._liveness.close()
        await self._closing.aclose()

    async def ping(self) -> None:
        """Return when the server answers.

        Raises:
            Unavailable: it does not.
        """
        await self.rows("select 1 as one")

    @asynccontextmanager
    async def transaction(self, seconds: float = ANSWER_SECONDS) -> AsyncGenerator[Connection]:
        """Give a connection inside a transaction that commits at the end of the block."""
        if self._prepare is not None:
            await self._prepare()
        try:
            async with (
                self._liveness.within(seconds),
                self._pool.connection() as connection,
                connection.transaction(),
            ):
                yield connection
        except PoolTimeout as error:
            raise Unavailable(DEPENDENCY, "no connection could be had") from error
        except TimeoutError as error:
            said = "it has stopped answering"
            if not self._liveness.dead:
                said = f"no answer within {seconds:g} seconds"
            raise Unavailable(DEPENDENCY, said) from error
        except OperationalError as error:
            raise _failure_of(error) from error

    @asynccontextmanager
    async def apart(self) -> AsyncGenerator[Connection]:
        """Give a connection of one's own for long: outside the pool, each statement for itself."""
        async with _connect(self._url) as connection:
            yield connection

    def _let_go(self) -> None:
        """Cut every line: the driver would ask a dead server to cancel what it is asked, and wait
        for that longer than anybody waits for us.
        """
        for connection in [*self._lines]:
            _cut_line(connection)

    async def _answers(self) -> bool:
        """Say whether the server says anything at all, be it a refusal."""
        try:
            await greet(self._url)
        except Unavailable as error:
            refused = error.__cause__
            connection = refused.pgconn if isinstance(refused, OperationalError) else None
            return connection is not None and b"FATAL" in connection.error_message
        return True

    async def rows(self, query: LiteralString, **parameters: object) -> list[Row]:
        async with self.transaction() as connection:
            cursor = await connection.execute(query, parameters)
            return await cursor.fetchall()


async def greet(url: str) -> None:
    """Return when the server knows us: a pool alone only says that it got no connection.

    Raises:
        WrongPassword: it does not know us.
        Unavailable: it does not answer.
    """
    async with _connect(url) as connection:
        await connection.execute("select 1")


@contextmanager
def cut_after(connection: Connection, seconds: float) -> Generator[None]:
    """Cut a line that does not answer within so many seconds: whoever waits hears Unavailable."""
    cut = asyncio.get_running_loop().call_later(seconds, _cut_line, connection)
    try:
        yield
    finally:
        cut.cancel()


@asynccontextmanager
async def _connect(url: str) -> AsyncGenerator[Connection]:
    try:
        connection = await AsyncConnection[Row].connect(
            url,
            autocommit=True,
            row_factory=dict_row,
            connect_timeout=round(CONNECT_SECONDS),
        )
        async with connection:
            yield connection
    except OperationalError as error:
        raise _failure_of(error) from error


def _cut_line(connection: Connection) -> None:
    if connection.closed:
        return
    with suppress(OSError), socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(SHUT_RDWR)


def _failure_of(error: OperationalError) -> Unavailable:
    """Tell a refusal of our password from everything else: it was asked for and did not do."""
    refused = error.pgconn
    if refused is not None and (refused.used_password or refused.needs_password):
        return WrongPassword(DEPENDENCY, "POSTGRES_URL")
    return Unavailable(DEPENDENCY, type(error).__name__)


async def _check_alive(connection: Connection) -> None:
    """Refuse a connection that died in the pool, before it is handed out."""
    await connection.execute("select 1")
