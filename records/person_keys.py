"""People who have no key of their own yet, and what is sealed of them."""

from collections.abc import Sequence
from typing import Protocol

from psycopg.sql import SQL, Identifier

from domain.ids import PersonId
from records.database import Connection
from records.queries import named_queries

QUERIES = named_queries("person_keys.sql")


class OwnColumn(Protocol):
    """A column of sealed values of people; `person` is the column that names whose they are."""

    @property
    def table(self) -> str: ...
    @property
    def column(self) -> str: ...
    @property
    def row(self) -> str: ...
    @property
    def person(self) -> str | None: ...


async def hold_keyless(connection: Connection, most: int) -> Sequence[PersonId]:
    """Give some people without a key, whom nobody else changes meanwhile."""
    rows = await (await connection.execute(QUERIES["keyless"], {"most": most})).fetchall()
    return [PersonId(row["id"]) for row in rows]


async def keep_key(connection: Connection, person: PersonId, sealed: bytes | None) -> None:
    await connection.execute(QUERIES["keep"], {"person": person, "key": sealed})


async def own_values(
    connection: Connection, where: OwnColumn, person: PersonId
) -> dict[str, bytes]:
    """Give somebody's sealed values of a column, by row, and hold them."""
    query = SQL(QUERIES["own_values"]).format(
        table=Identifier(where.table),
        column=Identifier(where.column),
        row=Identifier(where.row),
        person=Identifier(where.person or where.row),
    )
    found = await (await connection.execute(query, {"person": person})).fetchall()
    return {row["row"]: bytes(row["value"]) for row in found}
