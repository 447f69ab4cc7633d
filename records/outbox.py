"""The outbox of Postgres writes: events wait here until the change log has them."""

from collections.abc import Sequence
from dataclasses import asdict

from domain.events import Event
from domain.ids import EventId
from records.change_log import event_of
from records.database import Connection, Records
from records.queries import named_queries

QUERIES = named_queries("outbox.sql")


class RecordsOutbox:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def pending(self, limit: int) -> list[Event]:
        """Give up to `limit` waiting events, the oldest first."""
        rows = await self._records.rows(QUERIES["pending"], limit=limit)
        return [event_of(row) for row in rows]

    async def forget(self, ids: Sequence[EventId]) -> None:
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["forget"], {"ids": list(ids)})


async def leave_first(connection: Connection, event: Event) -> bool:
    """Write an event and say whether it was never left before: then its write is yet to be done.

    It is asked for in the log behind the write: a relay brings it there before it forgets it here.
    """
    left = await connection.execute(QUERIES["leave"], asdict(event))
    logged = await connection.execute(QUERIES["logged"], {"id": event.id})
    return left.rowcount == 1 and await logged.fetchone() is None


async def leave_events(connection: Connection, events: Sequence[Event]) -> None:
    """Write events in the transaction of what they tell of; the same id twice is one event."""
    for event in events:
        await connection.execute(QUERIES["leave"], asdict(event))
