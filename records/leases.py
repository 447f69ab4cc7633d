"""Leases: a work that one process at a time does, and that another takes over when it dies."""

from records.database import Records
from records.queries import named_queries

QUERIES = named_queries("leases.sql")


class LeaseStore:
    """The leases of one process, which is the `holder`."""

    def __init__(self, records: Records, holder: str) -> None:
        self._records = records
        self._holder = holder

    async def take(self, name: str, seconds: float) -> bool:
        """Take a lease or keep it longer; False while another process holds it.

        Raises:
            Unavailable: the records do not answer.
        """
        taken = await self._records.rows(
            QUERIES["take"], name=name, holder=self._holder, seconds=seconds
        )
        return bool(taken)

    async def give_up(self, name: str) -> None:
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["give_up"], {"name": name, "holder": self._holder})
