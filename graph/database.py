"""Neo4j as the rest of the project sees it: bounded transactions, errors by our names."""

import asyncio
import random
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, LiteralString, Self, TypeAlias, TypeVar

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    AsyncDriver,
    AsyncGraphDatabase,
    AsyncManagedTransaction,
    Query,
    unit_of_work,
)
from neo4j.exceptions import AuthError, DriverError, Neo4jError, TransientError

from domain.errors import Unavailable, WrongPassword
from domain.liveness import BreakerState, Liveness

DEPENDENCY = "neo4j"
DATABASE = "neo4j"
DEADLOCK = "Neo.TransientError.Transaction.DeadlockDetected"
SIZED_INDEX = re.compile(r"card_embedding_(\d+)")
POOL_SIZE = 40
STREAMED_ROWS = 5_000
CONNECT_SECONDS = 1.0
ACQUIRE_SECONDS = 2.0
# A read that finds the server down says so at once; a write waits a moment.
RETRY_SECONDS = {READ_ACCESS: 0.3, WRITE_ACCESS: 1.0}
# Somebody always gets through a deadlock: of a crowd on one thing, each in turn.
DEADLOCK_SECONDS = 5.0
# Deadlocks resolve in milliseconds; the driver's own second would be most of our time.
RETRY_DELAY = 0.05
ANSWER_SECONDS = 5.0
# A server that just started plans each statement of a write for the first time.
WRITE_SECONDS = 15.0

T = TypeVar("T")
Row: TypeAlias = dict[str, Any]
Transaction: TypeAlias = AsyncManagedTransaction


class Graph:
    """A pool of connections; every call ends within its seconds or raises Unavailable."""

    def __init__(self, driver: AsyncDriver, answer_s: float = ANSWER_SECONDS) -> None:
        self._driver = driver
        self._liveness = Liveness(DEPENDENCY, self._answers)
        self._answer_s = answer_s
        self._sizes: frozenset[int] = frozenset()
        self._written: list[Callable[[], None]] = []

    @classmethod
    async def open(
        cls, uri: str, user: str, password: str, *, answer_s: float = ANSWER_SECONDS
    ) -> Self:
        """Open the pool without waiting for the server: a call made while it is down says so.

        A read is waited for at most `answer_s` seconds.
        """
        driver = AsyncGraphDatabase.driver(
            uri,
            auth=(user, password),
            max_connection_pool_size=POOL_SIZE,
            connection_timeout=CONNECT_SECONDS,
            connection_acquisition_timeout=ACQUIRE_SECONDS,
            max_transaction_retry_time=RETRY_SECONDS[READ_ACCESS],
            initial_retry_delay=RETRY_DELAY,
            liveness_check_timeout=30,
            telemetry_disabled=True,
            notifications_min_severity="OFF",
        )
        return cls(driver, answer_s)

    async def embedding_sizes(self) -> frozenset[int]:
        """Give the sizes of embedding that have an index; asked once for each pool."""
        if not self._sizes:
            names = await self.read("SHOW VECTOR INDEXES YIELD name RETURN name")
            found = (SIZED_INDEX.fullmatch(row["name"]) for row in names)
            self._sizes = frozenset(int(match[1]) for match in found if match)
        return self._sizes

    async def ping(self) -> None:
        """Return when the server answers.

        Raises:
            Unavailable: it does not.
        """
        await self.read("RETURN 1")

    def on_write(self, told: Callable[[], None]) -> None:
        """Have something called after each write that was committed."""
        self._written.append(told)

    @property
    def breaker_state(self) -> BreakerState:
        """Whether the server is asked, or left alone until it answers again."""
        return self._liveness.state

    def watch(self) -> None:
        """From now on tell of a dead server within two seconds, however long a call may take."""
        self._liveness.watch()

    async def close(self) -> None:
        await self._liveness.close()
        await self._driver.close()

    async def read(self, query: LiteralString, /, **parameters: object) -> list[Row]:
        """Run one query that reads; the server refuses writes in it.

        It commits itself: one trip to the server, where a transaction of its own takes two.
        """
        seconds = self._answer_s
        async with self._answering(seconds):
            return await self._run(Query(query, timeout=seconds), parameters, READ_ACCESS)

    async def commit(self, query: LiteralString, /, **parameters: object) -> list[Row]:
        """Run one statement that writes and commits itself: one trip instead of four.

        After a deadlock, or when its answer was lost, it runs again: it has to tell by itself that
        it ran before.
        """
        async with self._answering(WRITE_SECONDS):
            rows = await self._run(Query(query, timeout=WRITE_SECONDS), parameters, WRITE_ACCESS)
        self._tell_written()
        return rows

    async def _run(self, query: Query, parameters: Row, access: str) -> list[Row]:
        began = monotonic()
        while True:
            try:
                return await self._run_once(query, parameters, access)
            except (DriverError, Neo4jError) as error:
                # A server that came back left its dead connections in the pool.
                patience = DEADLOCK_SECONDS if _is_deadlock(error) else RETRY_SECONDS[access]
                if not error.is_retryable() or monotonic() > began + patience:
                    raise
            await asyncio.sleep(random.uniform(0.5, 1.5) * RETRY_DELAY)  # noqa: S311 - spreads tries in time

    async def _run_once(self, query: Query, parameters: Row, access: str) -> list[Row]:
        # One bookmark manager for reads and writes: whoever wrote reads it back, also on a cluster.
        marks = self._driver.execute_query_bookmark_manager
        async with self._driver.session(
            database=DATABASE, default_access_mode=access, bookmark_manager=marks
        ) as session:
            result = await session.run(query, parameters)
            return [dict(record) async for record in result]

    async def stream(
        self, query: LiteralString, /, *, seconds: float, **parameters: object
    ) -> AsyncGenerator[Row]:
        """Yield the rows of one query as they come; nothing but the next ones is held."""
        bounded = Query(query, timeout=seconds)
        async with (
            self._answering(seconds),
            self._driver.session(
                database=DATABASE, default_access_mode=READ_ACCESS, fetch_size=STREAMED_ROWS
            ) as session,
        ):
            async for record in await session.run(bounded, parameters):
                yield dict(record)

    async def entries(self, query: LiteralString, /, **parameters: object) -> list[Row]:
        """Run one query whose only row holds a list `found`, and give that list.

        The driver spends as much on the frame of a row as on fifty entries of a list.
        """
        [row] = await self.read(query, **parameters)
        return row["found"]

    async def write(
        self,
        work: Callable[[Transaction], Awaitable[T]],
        *,
        seconds: float = WRITE_SECONDS,
    ) -> T:
        """Run `work` in one write transaction; after a deadlock it runs again from its start."""
        bounded = unit_of_work(timeout=seconds)(work)
        marks = self._driver.execute_query_bookmark_manager
        async with (
            self._answering(seconds),
            self._driver.session(
                database=DATABASE,
                bookmark_manager=marks,
                max_transaction_retry_time=RETRY_SECONDS[WRITE_ACCESS],
            ) as session,
        ):
            done = await session.execute_write(bounded)
        self._tell_written()
        return done

    def _tell_written(self) -> None:
        for told in self._written:
            told()

    async def batched(self, query: LiteralString, *, seconds: float) -> None:
        """Run a query that commits in batches of its own; what is done stays when it is cut off."""
        async with self._answering(seconds):
            await self._run_once(Query(query, timeout=seconds), {}, WRITE_ACCESS)

    async def _answers(self) -> bool:
        """Say whether the server says anything at all, be it a refusal."""
        try:
            await self._run_once(Query("RETURN 1"), {}, READ_ACCESS)
        except DriverError:
            return False
        except Neo4jError:
            return True
        return True

    @asynccontextmanager
    async def _answering(self, seconds: float) -> AsyncGenerator[None]:
        try:
            async with self._liveness.within(seconds):
                yield
        except TimeoutError as error:
            said = "it has stopped answering"
            if not self._liveness.dead:
                said = f"no answer within {seconds:g} seconds"
            raise Unavailable(DEPENDENCY, said) from error
        except AuthError as error:
            raise WrongPassword(DEPENDENCY, "NEO4J_USER and NEO4J_PASSWORD") from error
        except (TransientError, DriverError) as error:
            raise Unavailable(DEPENDENCY, type(error).__name__) from error
        except Neo4jError as error:
            if error.code == "Neo.ClientError.Transaction.TransactionTimedOut":
                said = f"no answer within {seconds:g} seconds"
                raise Unavailable(DEPENDENCY, said) from error
            raise


async def run_query(tx: Transaction, query: LiteralString, /, **parameters: object) -> list[Row]:
    """Run a statement inside a transaction and give all its rows."""
    result = await tx.run(query, parameters)
    return await result.data()


def _is_deadlock(error: DriverError | Neo4jError) -> bool:
    return isinstance(error, Neo4jError) and error.code == DEADLOCK
