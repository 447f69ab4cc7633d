"""What is done once an hour, whoever wakes first: its mark and its effects are one transaction."""

from datetime import datetime

from domain.digests import HourlyDigest
from domain.events import Event, EventType
from domain.ids import GarageId
from records.database import Records, Row
from records.outbox import leave_events
from records.queries import named_queries

QUERIES = named_queries("digests.sql")
DIGEST = "digest"


class DigestStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def digest(self, hour: datetime, told: Event) -> bool:
        """Count an hour's events by type and tell of it; False when that was done before."""
        async with self._records.transaction() as connection:
            key = {"job": DIGEST, "hour": hour}
            begun = await connection.execute(QUERIES["begin"], key)
            if await begun.fetchone() is None:
                return False
            await connection.execute(QUERIES["digest"], {"hour": hour})
            await leave_events(connection, [told])
            return True

    async def newest(
        self, garage: GarageId | None, limit: int, before: datetime | None = None
    ) -> list[HourlyDigest]:
        """Give the digests of the hours before one, the newest first; None: of all garages."""
        rows = await self._records.rows(
            QUERIES["newest"], job=DIGEST, garage=garage, limit=limit, before=before
        )
        return [_digest_of(row) for row in rows]


def _digest_of(row: Row) -> HourlyDigest:
    events = {EventType(name): count for name, count in sorted(row["events"].items())}
    return HourlyDigest(hour=row["hour"], counted_at=row["ran_at"], events=events)
