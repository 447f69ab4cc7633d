"""Alarms as they are raised and told: each once, whatever is looked at or delivered again.

The chain is looked at link by link. How far, and what was raised on the way, is one transaction.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from domain import alarms
from domain.alarms import RULES, Alarm, AlarmKind, AlarmRule
from domain.deeds import Deed
from domain.hours import WeekHours
from records.audit_trail import FIELDS, read_deed
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("alarms.sql")
LINKS_AT_ONCE = 2_000
LOOKING_SECONDS = 60.0
# A mail server may take its time; one alarm is held meanwhile.
TELLING_SECONDS = 40.0
TYPES = sorted({kind.value for rule in RULES for kind in rule.types})


class AlarmStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def look(self) -> list[Alarm] | None:
        """Look at the next links and give what they raised; None: there was nothing to look at.

        Raises:
            Unavailable: the records do not answer; nothing was raised.
        """
        async with self._records.transaction(LOOKING_SECONDS) as connection:
            [held] = await (await connection.execute(QUERIES["position"])).fetchall()
            given = {"after": held["n"], "limit": LINKS_AT_ONCE}
            [end] = await (await connection.execute(QUERIES["end"], given)).fetchall()
            if end["n"] is None or end["n"] <= held["n"]:
                return None
            span = given | {"until": end["n"], "types": TYPES}
            rows = await (await connection.execute(QUERIES["linked"], span)).fetchall()
            hours = await _hours_of(connection, {row["garage_id"] for row in rows})
            raised = [await _raised(connection, row, hours) for row in rows]
            await connection.execute(QUERIES["move"], {"n": end["n"]})
            return [alarm for alarm in raised if alarm is not None]

    async def tell_next(self, send: Callable[[Alarm], Awaitable[str]], now: datetime) -> bool:
        """Have the oldest alarm told that nobody was told of; False: there is none, or another
        process is telling it.

        Raises:
            Unavailable: whoever carries it, or the records, do not answer; it is told later.
        """
        async with self._records.transaction(TELLING_SECONDS) as connection:
            [lock] = await (await connection.execute(QUERIES["hold"])).fetchall()
            if not lock["held"]:
                return False
            row = await (await connection.execute(QUERIES["untold"])).fetchone()
            if row is None:
                return False
            read: dict[str, Any] = {**row, "kind": AlarmKind(row["kind"])}
            alarm = Alarm(**read)
            state = await send(alarm)
            given = {"id": alarm.id, "state": state, "at": now}
            await connection.execute(QUERIES["told"], given)
            return True


async def _hours_of(connection: Connection, garages: set[str | None]) -> dict[str, WeekHours]:
    """Give when those of some garages are open that are in the records."""
    given = {"garages": sorted(filter(None, garages))}
    rows = await (await connection.execute(QUERIES["hours"], given)).fetchall()
    return {row["id"]: WeekHours.parse("hours", row["hours"]) for row in rows}


async def _raised(connection: Connection, row: Row, hours: Mapping[str, WeekHours]) -> Alarm | None:
    deed = read_deed({name: row[name] for name in FIELDS})
    rule = alarms.rule_for(deed, hours)
    if rule is None:
        return None
    subject = alarms.subject_of(deed)
    count = await _count_alike(connection, row["n"], deed, rule) if rule.most else 1
    key = {"kind": rule.kind, "subject": subject}
    [last] = await (await connection.execute(QUERIES["last"], key)).fetchall()
    alarm = alarms.raise_alarm(deed, rule, count, last["at"])
    if alarm is not None:
        await connection.execute(QUERIES["raise"], asdict(alarm) | {"id": alarm.id})
    return alarm


async def _count_alike(connection: Connection, n: int, deed: Deed, rule: AlarmRule) -> int:
    """Count the deeds of a deed's subject that fall under its rule, up to a link."""
    given = {
        "types": sorted(rule.types),
        "results": sorted(rule.results),
        "at": deed.timestamp,
        "window": rule.window,
        "subject": alarms.subject_of(deed),
        "n": n,
    }
    [counted] = await (await connection.execute(QUERIES["count"], given)).fetchall()
    return counted["found"]
