"""Alarms of emerging defects in Postgres: raised once with review and event, answered once."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from domain.deeds import Change, SettingsOperation
from domain.defect_alarms import DefectAlarm, DefectAnswer
from domain.defects import Cohort, EmergingDefect
from domain.errors import NotFound
from domain.events import Event
from domain.ids import DefectAlarmId, PersonId, TicketId
from domain.reviews import Review
from records import outbox, reviews
from records.audit_trail import DeedWriter
from records.database import Records, Row
from records.queries import named_queries

QUERIES = named_queries("defects.sql")


class DefectAlarmStore:
    def __init__(self, records: Records, deeds: DeedWriter) -> None:
        self._records = records
        self._deeds = deeds

    async def add(self, alarm: DefectAlarm, review: Review, events: Sequence[Event]) -> bool:
        """Keep an alarm with its review, and say whether it is new."""
        async with self._records.transaction() as connection:
            row = await (await connection.execute(QUERIES["raise"], _row_of(alarm))).fetchone()
            if row is not None:
                await reviews.insert(connection, review)
                await outbox.leave_events(connection, events)
        return row is not None

    async def page(
        self, *, first: int, after: str | None = None, over: bool = False
    ) -> list[DefectAlarm]:
        """Give up to `first` alarms, the newest first; with `over` also those that are closed."""
        rows = await self._records.rows(QUERIES["page"], first=first, after=after, over=over)
        return [_alarm_of(row) for row in rows]

    async def many(self, ids: Sequence[DefectAlarmId]) -> dict[DefectAlarmId, DefectAlarm]:
        rows = await self._records.rows(QUERIES["alarms"], ids=list(ids))
        return {alarm.id: alarm for alarm in map(_alarm_of, rows)}

    async def get(self, id: DefectAlarmId) -> DefectAlarm:
        """Give one alarm.

        Raises:
            NotFound: there is none.
        """
        found = await self.many([id])
        if id not in found:
            raise NotFound("defect alarm", id)
        return found[id]

    async def answer(
        self, id: DefectAlarmId, answer: DefectAnswer, operation: SettingsOperation
    ) -> DefectAlarm:
        """Acknowledge or close an alarm, with the deed of it; what changes nothing is no deed.

        Raises:
            NotFound: there is none.
        """
        async with self._records.transaction() as connection:
            row = await (await connection.execute(QUERIES["hold"], {"id": id})).fetchone()
            if row is None:
                raise NotFound("defect alarm", id)
            before = _alarm_of(row)
            if not before.takes(answer):
                return before
            given = {"id": id, "at": operation.at, "by": operation.who}
            written = await connection.execute(QUERIES[answer.value], given)
            [after] = [_alarm_of(row) for row in await written.fetchall()]
            if answer is DefectAnswer.CLOSE:
                await connection.execute(QUERIES["close_review"], given)
            change = Change(before={"state": before.state}, after={"state": after.state})
            await self._deeds.write(
                connection, [operation.deed(f"{answer}DefectAlarm", id, change)]
            )
        return after


def _row_of(alarm: DefectAlarm) -> Row:
    defect = asdict(alarm.defect)
    cohort: Row = defect.pop("cohort")
    defect["tickets"] = list(alarm.defect.tickets)
    return {"id": alarm.id, "found_at": alarm.found_at, **cohort, **defect}


def _alarm_of(row: Row) -> DefectAlarm:
    own = ("make", "supplier", "battery_batch", "firmware", "climate")
    said = ("component", "since", "at", "failures", "visits", "expected", "evidence", "synthetic")
    cohort: dict[str, Any] = {name: row[name] for name in own}
    told: dict[str, Any] = {name: row[name] for name in said}
    tickets = tuple(TicketId(one) for one in row["tickets"])
    return DefectAlarm(
        defect=EmergingDefect(cohort=Cohort(**cohort), tickets=tickets, **told),
        found_at=row["found_at"],
        acknowledged_at=row["acknowledged_at"],
        acknowledged_by=_person(row["acknowledged_by"]),
        closed_at=row["closed_at"],
        closed_by=_person(row["closed_by"]),
    )


def _person(id: str | None) -> PersonId | None:
    return None if id is None else PersonId(id)
