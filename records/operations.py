"""Operation ids: the same request twice is done once and answered the same."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Any, TypeAlias

import orjson
from psycopg.types.json import Jsonb

from domain.errors import OperationConflict
from domain.ids import OperationId, PersonId
from records.database import OPERATIONS, Connection, Records
from records.queries import named_queries

QUERIES = named_queries("operations.sql")
# The work asks other stores and the embedder, each with a limit of its own.
WORK_SECONDS = 30.0

Answer: TypeAlias = dict[str, Any]


def body_hash(body: object) -> str:
    """Give the SHA-256 of a request's JSON, blind to the order of its keys."""
    return sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


class OperationStore:
    def __init__(self, records: Records, at_once: int = OPERATIONS) -> None:
        """Let so many work at once; the others wait here, where no wait is taken for a database
        that is down.
        """
        self._records = records
        self._turns = asyncio.Semaphore(at_once)

    async def run_once(
        self,
        operation: OperationId,
        actor: PersonId,
        body: str,
        work: Callable[[], Awaitable[Answer]],
    ) -> Answer:
        """Do `work` unless this actor's operation was done before; give its (first) answer.

        The row is locked while the work runs, so a second call waits for the first one's answer.
        Work that raises leaves no row: it may be tried again.

        Raises:
            OperationConflict: the id was used for a body with another hash.
        """
        key = {"id": operation, "actor": actor}
        async with self._turns, self._records.transaction(WORK_SECONDS) as connection:
            begun = await connection.execute(QUERIES["begin"], key | {"body_hash": body})
            if await begun.fetchone() is None:
                return await _recall_answer(connection, key, body)
            answer = await work()
            await connection.execute(QUERIES["finish"], key | {"answer": Jsonb(answer)})
            return answer


async def _recall_answer(connection: Connection, key: Mapping[str, str], body: str) -> Answer:
    row = await (await connection.execute(QUERIES["recall"], key)).fetchone()
    if row is None or row["body_hash"] != body:
        raise OperationConflict(key["id"])
    return row["answer"]
