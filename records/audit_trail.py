"""The audit trail: deeds, each written once by the transaction of what it tells of.

Whoever does something in Postgres writes its deed with the connection that does it. What is done in
the graph leaves an event there in the same transaction, and the change log writes the deed with the
entry of that event (`records/change_log.py`). Rows are added and never changed; the chain over them
is made soon after (`records/audit_chain.py`), so that nobody waits for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, TypeAlias

import orjson

from domain.deeds import Deed, DeedResult, DeedType, Values
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("audit_trail.sql")
FIELDS = tuple(field.name for field in fields(Deed))
TIMESTAMP = FIELDS.index("timestamp")
VALUES = frozenset({"old_value", "new_value"})
Sign: TypeAlias = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedFilter:
    """Which deeds are asked for; what is None narrows nothing."""

    user: str | None = None
    resource: str | None = None
    garage: str | None = None
    type: DeedType | None = None
    since: datetime | None = None
    until: datetime | None = None


EVERY_DEED = DeedFilter()


class AuditTrail:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def page(
        self, first: int, filter: DeedFilter = EVERY_DEED, after: str | None = None
    ) -> list[Deed]:
        """Give up to `first` deeds, the newest first, those behind the deed with the id `after`."""
        rows = await self._records.rows(
            QUERIES["page"],
            first=first,
            after=after,
            user=filter.user,
            resource=filter.resource,
            garage=filter.garage,
            type=filter.type,
            since=filter.since,
            until=filter.until,
        )
        return [read_deed(row) for row in rows]


class DeedWriter:
    def __init__(self, sign: Sign) -> None:
        """Rows bear what `sign` makes of them, with a key that the database does not have: a row
        that was written past us bears nothing that holds.
        """
        self._sign = sign

    async def write(self, connection: Connection, deeds: Sequence[Deed]) -> None:
        """Write deeds in the transaction of what they tell of; the same deed twice is one."""
        if deeds:
            rows = [deed_row(deed) for deed in deeds]
            columns = {name: [row[name] for row in rows] for name in FIELDS}
            seals = [self._sign(row_bytes(row)) for row in rows]
            await connection.execute(QUERIES["write"], columns | {"seal": seals})


async def is_written(connection: Connection, deed: Deed) -> bool:
    """Say whether an act was done already, though its operation may be forgotten by now."""
    found = await connection.execute(QUERIES["is_written"], {"id": deed.audit_id})
    return bool(found.rowcount)


def row_bytes(row: Mapping[str, Any]) -> bytes:
    """Give what a row says, the same before and after the database held it."""
    said = [row[name] for name in FIELDS]
    said[TIMESTAMP] = row["timestamp"].astimezone(UTC).isoformat(timespec="microseconds")
    return orjson.dumps(said)


def deed_row(deed: Deed) -> dict[str, Any]:
    """Give a deed as its row: what changed is JSON text, which is hashed as it stands."""
    return {
        name: _values_text(getattr(deed, name)) if name in VALUES else getattr(deed, name)
        for name in FIELDS
    }


def read_deed(row: Row) -> Deed:
    """Read a deed back from its row."""
    read: dict[str, Any] = {
        **row,
        "event_type": DeedType(row["event_type"]),
        "result": DeedResult(row["result"]),
        "old_value": _read_values(row["old_value"]),
        "new_value": _read_values(row["new_value"]),
    }
    return Deed(**read)


def _values_text(values: Values | None) -> str | None:
    return None if values is None else orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()


def _read_values(text: str | None) -> Mapping[str, Any] | None:
    return None if text is None else orjson.loads(text)
