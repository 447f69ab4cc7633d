"""The change log: every event once, in one order; its numbers are the cursors of all who follow."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TypeAlias

from domain.events import Event, EventType
from domain.ids import EventId, GarageId
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("change_log.sql")
# A garage may be offline for thirty days and still catch up without reading everything again.
KEPT_FOR = timedelta(days=60)
KEPT_ENTRIES = 5_000_000
TRIMMED_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """The newest entry of one entity."""

    seq: int
    kind: str
    entity: str
    version: int


Beside: TypeAlias = Callable[[Sequence[Event], Connection], Awaitable[None]]


class ChangeLog:
    def __init__(self, records: Records, beside: Beside | None = None) -> None:
        """`beside` writes what is kept of events elsewhere, in the transaction that logs them."""
        self._records = records
        self._beside = beside

    async def append(self, events: Sequence[Event]) -> list[int]:
        """Log events and give their numbers, in the order given; a logged one keeps its number."""
        new = {event.id: event for event in events}
        async with self._records.transaction() as connection:
            head = await (await connection.execute(QUERIES["take_head"])).fetchone()
            columns = _event_columns([*new.values()]) | {"head": head["seq"] if head else 0}
            added = (await connection.execute(QUERIES["append"], columns)).rowcount
            if self._beside is not None:
                await self._beside([*new.values()], connection)
            await connection.execute(QUERIES["move_head"], {"added": added})
            cursor = await connection.execute(QUERIES["known"], {"ids": [*new]})
            numbers: dict[str, int] = {row["id"]: row["seq"] for row in await cursor.fetchall()}
        return [numbers[event.id] for event in events]

    async def after(self, seq: int, limit: int) -> list[tuple[int, Event]]:
        """Give up to `limit` entries with a number above `seq`, oldest first."""
        rows = await self._records.rows(QUERIES["after"], seq=seq, limit=limit)
        return [(row["seq"], event_of(row)) for row in rows]

    async def last(self) -> int:
        """Give the newest number, 0 when nothing was logged."""
        return (await self._records.rows(QUERIES["last"]))[0]["seq"]

    async def bounds(self) -> tuple[int, int]:
        """Give the number behind which nothing is missing, and the newest one."""
        [head] = await self._records.rows(QUERIES["bounds"])
        return head["floor"], head["seq"]

    async def latest(
        self, after: int, until: int, garage: GarageId | None, *, every: bool
    ) -> list[LogEntry]:
        """Give the newest entry of each card and ticket in a part of the log, by entity."""
        wanted = {"after": after, "until": until, "garage": garage, "every": every}
        return [LogEntry(**row) for row in await self._records.rows(QUERIES["latest"], **wanted)]

    async def trim(self, age: timedelta = KEPT_FOR, entries: int = KEPT_ENTRIES) -> int:
        """Drop entries older than `age` or beyond the newest `entries`; give the number reached.

        What a consumer seen within `age` has not read yet stays.
        """
        kept = {"age": age, "entries": entries}
        floor: int = (await self._records.rows(QUERIES["raise_floor"], **kept))[0]["floor"]
        while await self._records.rows(QUERIES["trim"], floor=floor, limit=TRIMMED_AT_ONCE):
            pass
        return floor


def _event_columns(events: Sequence[Event]) -> dict[str, object]:
    """Turn rows into columns: one array for each, in the order of the events."""
    return {field.name: [getattr(event, field.name) for event in events] for field in fields(Event)}


def event_of(row: Row) -> Event:
    """Read an event back from a row with its columns."""
    return Event(
        id=EventId(row["id"]),
        type=EventType(row["type"]),
        entity=row["entity"],
        version=row["version"],
        at=row["at"],
        actor=row["actor"],
        garage=GarageId(row["garage"]) if row["garage"] else None,
        trace=row["trace"],
        schema=row["schema"],
    )
