"""What the records keep of somebody, read to be handed to them."""

from dataclasses import dataclass
from datetime import datetime

from domain.errors import NotFound
from domain.ids import PersonId
from domain.personal_records import PersonalValue, RecordKind
from records.database import Connection, Records, Row
from records.people import SealedPerson, sealed_of
from records.queries import named_queries

QUERIES = named_queries("personal_data.sql")
# More than anybody has: sessions are forgotten, and of passkeys and keys there are few.
MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSince:
    """Somebody as the records have them, since when."""

    person: SealedPerson
    since: datetime


class PersonalDataStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def person(self, id: PersonId) -> KnownSince:
        """Give somebody who was not erased.

        Raises:
            NotFound: there is nobody of that id.
        """
        rows = await self._records.rows(QUERIES["person"], person=id)
        if not rows:
            raise NotFound("person", id)
        return KnownSince(person=sealed_of(rows[0]), since=rows[0]["created_at"])

    async def about(self, who: SealedPerson) -> list[PersonalValue]:
        """Give what is kept of them beside their name and duty, in the order in which it came."""
        given = {"person": who.person.id, "mark": who.mark, "most": MOST}
        async with self._records.transaction() as connection:
            said = [_value_of(row) for row in await _rows(connection, "about", given)]
            counted = [row for row in await _rows(connection, "counted", given) if row["n"]]
        return [*said, *(_count_of(row) for row in counted)]


async def _rows(connection: Connection, name: str, given: Row) -> list[Row]:
    return await (await connection.execute(QUERIES[name], given)).fetchall()


def _value_of(row: Row) -> PersonalValue:
    return PersonalValue(
        kind=RecordKind(row["kind"]), field=row["field"], since=row["since"], value=row["said"]
    )


def _count_of(row: Row) -> PersonalValue:
    kind = RecordKind(row["kind"])
    return PersonalValue(
        kind=kind, field=kind.value, since=row["since"], value=f"{row['n']} under their id"
    )
