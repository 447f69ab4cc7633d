"""Ordinary changes that wait for the next batch, and the one hint that the batch becomes."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from domain.events import Event
from records.database import Connection, Records
from records.outbox import leave_events
from records.queries import named_queries

QUERIES = named_queries("hint_batches.sql")


class HintBatchStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def oldest(self) -> datetime | None:
        """Give since when the oldest change waits, None when none does."""
        return (await self._records.rows(QUERIES["oldest"]))[0]["since"]

    async def send(self, hint: Event) -> int:
        """Take all that waits and leave one hint for it; give how many things it tells of."""
        async with self._records.transaction() as connection:
            taken = await _run_query(connection, QUERIES["take"])
            if taken:
                await leave_events(connection, [hint])
            return len(taken)


async def add_hints(connection: Connection, events: Sequence[Event], since: datetime) -> None:
    """Have changes wait for the next batch, in the transaction in which they are handled."""
    told = {
        "entities": [event.entity for event in events],
        "versions": [event.version for event in events],
        "since": since,
    }
    await connection.execute(QUERIES["wait"], told)


async def _run_query(connection: Connection, query: LiteralString) -> Sequence[object]:
    return await (await connection.execute(query)).fetchall()
