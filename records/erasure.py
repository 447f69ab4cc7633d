"""Takes away what is kept of somebody, in the transaction of whoever erases them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import LiteralString

from domain.ids import CUSTOMERS, VEHICLES, CustomerId, PersonId, VehicleId
from domain.personal_records import RecordKind
from records.database import Connection, Records
from records.people import SealedPerson
from records.queries import named_queries

QUERIES = named_queries("erasure.sql")
ErasedId = PersonId | CustomerId | VehicleId
# In the order in which rows that others point to may go.
ERASED: Mapping[RecordKind, LiteralString] = {
    RecordKind.PASSWORD: QUERIES["password"],
    RecordKind.INVITATION: QUERIES["invitation"],
    RecordKind.SESSION: QUERIES["session"],
    RecordKind.CHALLENGE: QUERIES["challenge"],
    RecordKind.SECOND_FACTOR: QUERIES["second_factor"],
    RecordKind.PASSKEY: QUERIES["passkey"],
    RecordKind.PROVIDER: QUERIES["provider"],
    RecordKind.TRY: QUERIES["tries"],
    RecordKind.LETTER: QUERIES["letter"],
    RecordKind.RESET: QUERIES["reset"],
    RecordKind.NOMINEE: QUERIES["nominee"],
    RecordKind.EMPLOYEE: QUERIES["employee"],
    RecordKind.NAME: QUERIES["name"],
}


async def erased_at(connection: Connection, person: PersonId) -> datetime | None:
    """Say when somebody was erased; None: they were not."""
    row = await (await connection.execute(QUERIES["erased_at"], {"person": person})).fetchone()
    return None if row is None else row["erased_at"]


async def erase_records(
    connection: Connection, who: SealedPerson, marks: Sequence[bytes], at: datetime, by: PersonId
) -> dict[RecordKind, int]:
    """Take away all that tells who somebody is; give how many records of each kind there were.

    `marks`: what their tries to sign in are counted by. Their sessions have ended, and their
    state is gone.
    """
    given = {"person": who.person.id, "mark": who.mark, "marks": list(marks), "at": at, "by": by}
    await connection.execute(QUERIES["invited"], given)
    await connection.execute(QUERIES["flow"], given)
    gone = {
        kind: (await connection.execute(query, given)).rowcount for kind, query in ERASED.items()
    }
    return {kind: count for kind, count in gone.items() if count}


async def kept_records(connection: Connection, person: PersonId) -> dict[RecordKind, int]:
    """Count what stays of somebody by their id."""
    [row] = await (await connection.execute(QUERIES["kept"], {"person": person})).fetchall()
    return {RecordKind.DEED: row["deeds"], RecordKind.BOOKS: row["books"]}


async def never_came(records: Records, before: datetime, most: int) -> list[PersonId]:
    """Give who was invited and has not come, for whom nobody waits since a moment."""
    rows = await records.rows(QUERIES["never_came"], person=None, before=before, most=most)
    return [PersonId(row["id"]) for row in rows]


async def nobody_waits(connection: Connection, person: PersonId, before: datetime) -> bool:
    """Say the same of somebody who is held: nobody invites or restores them meanwhile."""
    given = {"person": person, "before": before, "most": 1}
    return await (await connection.execute(QUERIES["never_came"], given)).fetchone() is not None


async def every_erased(records: Records) -> list[tuple[ErasedId, datetime]]:
    """Give who was erased, and when: what has to be kept apart from copies of the database."""
    rows = await records.rows(QUERIES["all_erased"])
    return [(_erased_id(row["id"]), row["erased_at"]) for row in rows]


def _erased_id(value: str) -> ErasedId:
    if value.startswith(VEHICLES):
        return VehicleId(value)
    return CustomerId(value) if value.startswith(CUSTOMERS) else PersonId(value)
