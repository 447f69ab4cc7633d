"""How far each consumer of the change log has come, so that it goes on there after a restart."""

from records.database import Records
from records.queries import named_queries

QUERIES = named_queries("cursors.sql")


class ConsumerCursors:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def at(self, consumer: str) -> int:
        """Give the number of the last entry the consumer has dealt with, 0 at first."""
        rows = await self._records.rows(QUERIES["at"], consumer=consumer)
        return rows[0]["seq"] if rows else 0

    async def move(self, consumer: str, seq: int) -> None:
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["move"], {"consumer": consumer, "seq": seq})
