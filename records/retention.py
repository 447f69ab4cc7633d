"""Lets go of what was kept of people long enough, by the rules of `domain.personal_records`.

A kind of record stands in one table or in several. What is over is counted before it goes, by the
same query, so that whoever asks what would go is told what goes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from psycopg.sql import SQL, Composed, Identifier

from domain.network_settings import NetworkSettings
from domain.personal_records import RETENTION, RecordKind
from records.database import Connection, Records
from records.network_settings import read_settings
from records.queries import named_queries

QUERIES = named_queries("retention.sql")
# A machine that was off for a year has much to let go of.
SECONDS = 60.0
TABLES: Mapping[RecordKind, tuple[str, ...]] = {
    RecordKind.INVITATION: ("invitation",),
    RecordKind.SESSION: ("session",),
    RecordKind.CHALLENGE: ("sign_in_challenge", "passkey_challenge", "oidc_flow"),
    RecordKind.TRY: ("sign_in_try",),
    RecordKind.LETTER: ("account_letter",),
    RecordKind.RESET: ("password_reset",),
    RecordKind.MESSAGE: ("message",),
    RecordKind.DRAFT: ("invoice_draft",),
    RecordKind.SAGA: ("saga",),
    RecordKind.RETURN: ("return_export",),
}


@dataclass(frozen=True, slots=True)
class Retention:
    """What keeps no longer than it may."""

    records: Records

    async def due(self, now: datetime) -> dict[RecordKind, int]:
        """Count the records of each kind that would go now; nothing goes."""
        found, settings = dict.fromkeys(TABLES, 0), await read_settings(self.records)
        async with self.records.transaction(SECONDS) as connection:
            for kind, table, before in _timed_tables(now, settings):
                counted = await connection.execute(_query("count", table), {"before": before})
                [row] = await counted.fetchall()
                found[kind] += row["n"]
        return found

    async def clear(self, now: datetime) -> dict[RecordKind, int]:
        """Remove what is over, and say how much of each kind."""
        gone, settings = dict.fromkeys(TABLES, 0), await read_settings(self.records)
        for kind, table, before in _timed_tables(now, settings):
            while True:
                async with self.records.transaction(SECONDS) as connection:
                    count = await _removed(connection, table, before)
                gone[kind] += count
                if not count:
                    break
        return gone


async def _removed(connection: Connection, table: str, before: datetime) -> int:
    return (await connection.execute(_query("remove", table), {"before": before})).rowcount


def _timed_tables(
    now: datetime, settings: NetworkSettings
) -> Iterator[tuple[RecordKind, str, datetime]]:
    """Give each table with the moment that ends what goes now: of messages as the network says."""
    said = {RecordKind.MESSAGE: timedelta(days=settings.message_days)}
    for kind, tables in TABLES.items():
        rest = said.get(kind, RETENTION[kind].rest)
        if rest is not None:
            for table in tables:
                yield kind, table, now - rest


def _query(name: str, table: str) -> Composed:
    due: LiteralString = QUERIES[table]
    return SQL(QUERIES[name]).format(due=SQL(due), table=Identifier(table))
