"""The change log: every event once, in one order; its numbers are the cursors of all who follow."""

from collections.abc import Sequence
from dataclasses import fields

from domain.events import Event, EventType
from domain.ids import EventId, GarageId
from records.database import Records, Row
from records.queries import named

QUERIES = named("change_log.sql")


class ChangeLog:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def append(self, events: Sequence[Event]) -> list[int]:
        """Log events and give their numbers, in the order given; a logged one keeps its number."""
        new = {event.id: event for event in events}
        async with self._records.transaction() as connection:
            head = await (await connection.execute(QUERIES["take_head"])).fetchone()
            columns = _columns([*new.values()]) | {"head": head["seq"] if head else 0}
            added = (await connection.execute(QUERIES["append"], columns)).rowcount
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


def _columns(events: Sequence[Event]) -> dict[str, object]:
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
