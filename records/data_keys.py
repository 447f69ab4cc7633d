"""Data keys as PostgreSQL keeps them: wrapped; and the values that are sealed with them."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from psycopg.sql import SQL, Composed, Identifier

from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("data_keys.sql")
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


class SealedColumn(Protocol):
    """A column of sealed values; `row` is the column that names its row, of any type."""

    @property
    def table(self) -> str: ...
    @property
    def column(self) -> str: ...
    @property
    def row(self) -> str: ...


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

    async def count_stale(self, where: SealedColumn, key: str) -> int:
        """Count the values of a column that another key than this one seals."""
        query = _on_column("count_stale", where)
        [row] = await (await self.connection.execute(query, {"key": key})).fetchall()
        return row["n"]

    async def stale_values(
        self, where: SealedColumn, key: str, after: str | None, limit: int
    ) -> dict[str, bytes]:
        """Give values of a column that another key than this one seals, by row, and hold them."""
        given = {"key": key, "first": after is None, "after": after, "limit": limit}
        found = await (await self.connection.execute(_on_column("stale", where), given)).fetchall()
        return {row["row"]: bytes(row["value"]) for row in found}

    async def reseal(self, where: SealedColumn, values: Mapping[str, bytes]) -> None:
        query = _on_column("reseal", where)
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


def _on_column(name: str, where: SealedColumn) -> Composed:
    """Give a query that serves every sealed column, for one of them."""
    return SQL(QUERIES[name]).format(
        table=Identifier(where.table), column=Identifier(where.column), row=Identifier(where.row)
    )
