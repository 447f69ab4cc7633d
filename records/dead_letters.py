"""Events that were given up after their tries: to look at, and to try again."""

from dataclasses import dataclass
from datetime import datetime

from domain.events import Event
from domain.ids import EventId
from records.change_log import event_of
from records.database import Records, Row
from records.queries import named_queries

QUERIES = named_queries("dead_letters.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """An event, which consumer gave it up and when, after how many tries, and the last error."""

    consumer: str
    seq: int
    event: Event
    tries: int
    error: str
    died_at: datetime


class DeadLetters:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def page(self, limit: int, event: EventId | None = None) -> list[DeadLetter]:
        """Give the latest ones; with `event` those of this event, one for each consumer."""
        rows = await self._records.rows(QUERIES["page"], limit=limit, event=event)
        return [_dead_letter(row) for row in rows]

    async def replay(self, event: EventId | None = None) -> int:
        """Give one event, or all, their tries again; give how many that were."""
        async with self._records.transaction() as connection:
            again = await (await connection.execute(QUERIES["replay"], {"event": event})).fetchall()
            await connection.execute(QUERIES["wake"])
            return len(again)


def _dead_letter(row: Row) -> DeadLetter:
    return DeadLetter(
        consumer=row["consumer"],
        seq=row["seq"],
        event=event_of(row),
        tries=row["tries"],
        error=row["error"] or "",
        died_at=row["died_at"],
    )
