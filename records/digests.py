"""What is done once an hour, whoever wakes first: its mark and its effects are one transaction."""

from datetime import datetime

from domain.events import Event
from records.database import Records
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

    async def read(self, hour: datetime) -> dict[str, int]:
        """Give how many events of each type an hour had."""
        rows = await self._records.rows(QUERIES["read"], hour=hour)
        return {row["type"]: row["events"] for row in rows}
