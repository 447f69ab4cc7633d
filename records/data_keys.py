"""Data keys as PostgreSQL keeps them: wrapped; and the values that are sealed with them."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("data_keys.sql")
# The queries of each column (`TABLE_COLUMN`) whose values are sealed anew: count, stale, reseal.
RESEALED = {
    "saga_buyer": ("count_saga_buyer", "stale_saga_buyer", "reseal_saga_buyer"),
    "invoice_draft_buyer": (
        "count_invoice_draft_buyer",
        "stale_invoice_draft_buyer",
        "reseal_invoice_draft_buyer",
    ),
    "message_sealed": ("count_message_sealed", "stale_message_sealed", "reseal_message_sealed"),
    "employee_salary": ("count_employee_salary", "stale_employee_salary", "reseal_employee_salary"),
    "employee_bank_account": (
        "count_employee_bank_account",
        "stale_employee_bank_account",
        "reseal_employee_bank_account",
    ),
    "employee_pan": ("count_employee_pan", "stale_employee_pan", "reseal_employee_pan"),
    "employee_aadhaar": (
        "count_employee_aadhaar",
        "stale_employee_aadhaar",
        "reseal_employee_aadhaar",
    ),
    "person_who": ("count_person_who", "stale_person_who", "reseal_person_who"),
}
# Every sealed value is looked at, its first bytes alone: a million take some seconds.
SCAN_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptKey:
    """A wrapped data key.

    Attributes:
        table: whose values it seals; None: a key from before there were data keys.
        master: the name of the key that wrapped it.
        primary: whether it seals what is new.
    """

    name: str
    table: str | None
    master: str
    wrapped: bytes
    primary: bool


@dataclass(frozen=True, slots=True)
class DataKeyTable:
    """The table of data keys over one connection."""

    connection: Connection

    async def every_key(self) -> list[KeptKey]:
        return [_kept_key(row) for row in await self._rows("all")]

    async def last_number(self, table: str) -> int:
        [row] = await self._rows("last", table=table)
        return row["n"]

    async def add(self, key: KeptKey) -> None:
        """Keep a key; of two primaries of a table, made at once, the first stays."""
        await self.connection.execute(
            QUERIES["add"],
            {
                "name": key.name,
                "table": key.table,
                "wrapped_by": key.master,
                "wrapped": key.wrapped,
                "primary": key.primary,
            },
        )

    async def promote(self, names: Sequence[str]) -> None:
        """Let these keys seal what is new, and those before them only open."""
        await self.connection.execute(QUERIES["retire"], {"names": list(names)})
        await self.connection.execute(QUERIES["promote"], {"names": list(names)})

    async def rewrap(self, key: KeptKey) -> None:
        given = {"name": key.name, "wrapped_by": key.master, "wrapped": key.wrapped}
        await self.connection.execute(QUERIES["rewrap"], given)

    async def values_of_keys(self) -> dict[str, int]:
        """Give how many values each key seals, those alone that seal any."""
        return {row["name"]: row["values"] for row in await self._rows("in_use")}

    async def remove_unused(self, seconds: float) -> list[str]:
        """Remove the keys that seal nothing and that were retired so many seconds ago."""
        old = {row["name"] for row in await self._rows("old", seconds=seconds)}
        gone = sorted(old - (await self.values_of_keys()).keys())
        await self.connection.execute(QUERIES["remove"], {"names": gone})
        return gone

    async def count_stale(self, column: str, key: str) -> int:
        """Count the values of a column (`TABLE_COLUMN`) that another key than this one seals."""
        [row] = await self._rows(RESEALED[column][0], key=key)
        return row["n"]

    async def stale_values(
        self, column: str, key: str, after: str | None, limit: int
    ) -> dict[str, bytes]:
        """Give values of a column that another key than this one seals, by row, and hold them."""
        found = await self._rows(RESEALED[column][1], key=key, after=after, limit=limit)
        return {row["row"]: bytes(row["value"]) for row in found}

    async def reseal(self, column: str, values: Mapping[str, bytes]) -> None:
        query = QUERIES[RESEALED[column][2]]
        for row, value in values.items():
            await self.connection.execute(query, {"row": row, "value": value})

    async def _rows(self, name: str, **given: object) -> list[Row]:
        return await (await self.connection.execute(QUERIES[name], given)).fetchall()


class DataKeyStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    @asynccontextmanager
    async def apart(self) -> AsyncGenerator[DataKeyTable]:
        """Give the table over a connection outside of the pool, each statement for itself."""
        async with self._records.apart() as connection:
            yield DataKeyTable(connection)

    @asynccontextmanager
    async def transaction(self, seconds: float = SCAN_SECONDS) -> AsyncGenerator[DataKeyTable]:
        async with self._records.transaction(seconds) as connection:
            yield DataKeyTable(connection)


def _kept_key(row: Row) -> KeptKey:
    return KeptKey(
        name=row["name"],
        table=row["of_table"],
        master=row["wrapped_by"],
        wrapped=bytes(row["wrapped"]),
        primary=row["primary_since"] is not None and row["retired_at"] is None,
    )
