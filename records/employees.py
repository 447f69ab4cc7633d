"""Employees in PostgreSQL: what is personal comes sealed and goes sealed."""

from datetime import datetime

from domain.employees import Employee, EmployeeField
from domain.errors import InvalidInput, NotFound, StaleVersion
from domain.ids import GarageId, PersonId
from domain.people import Person
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("employees.sql")


class EmployeeStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def add(self, wanted: Employee) -> Employee | None:
        """Keep a new record, or one in place of one that was removed; None: there is one.

        Raises:
            NotFound: there is no such garage, or nobody of that id.
            InvalidInput: they work elsewhere.
        """
        async with self._records.transaction() as connection:
            found = await connection.execute(QUERIES["add"], _values(wanted))
            row = await found.fetchone()
            if row is not None:
                await _demand_works_there(connection, wanted)
        return None if row is None else _employee_of(row)

    async def put(self, wanted: Employee, expected: int, garage: GarageId | None) -> Employee:
        """Keep the next version of a record, or with `removed_at` remove it; the same operation
        again changes nothing.

        Raises:
            NotFound: there is none, or not in that garage.
            StaleVersion: it is not at version `expected`.
        """
        name = "change" if wanted.removed_at is None else "remove"
        place = {"person": wanted.id, "garage": garage}
        async with self._records.transaction() as connection:
            held = await (await connection.execute(QUERIES["hold"], place)).fetchone()
            if held is None:
                raise NotFound("employee", wanted.id)
            if held["mark"] == wanted.mark:
                return _employee_of(held)
            if held["version"] != expected:
                raise StaleVersion(wanted.id, expected, held["version"])
            [row] = await (await connection.execute(QUERIES[name], _values(wanted))).fetchall()
        return _employee_of(row)

    async def get(
        self, id: PersonId, garage: GarageId | None, *, removed: bool = False
    ) -> Employee:
        """Give somebody's record, of any garage or of one.

        Raises:
            NotFound: there is none there.
        """
        rows = await self._records.rows(QUERIES["get"], person=id, garage=garage, removed=removed)
        if not rows:
            raise NotFound("employee", id)
        return _employee_of(rows[0])

    async def key_of(self, person: PersonId) -> bytes | None:
        """Give somebody's own key, sealed; None: they have none, or are not there."""
        rows = await self._records.rows(QUERIES["key"], person=person)
        return rows[0]["key"] if rows else None

    async def page(
        self, garage: GarageId | None, *, first: int, after: str | None = None
    ) -> list[Employee]:
        """Give up to `first` records by id, those beyond the id `after`."""
        rows = await self._records.rows(QUERIES["page"], garage=garage, first=first, after=after)
        return [_employee_of(row) for row in rows]


async def move_record(connection: Connection, changed: Person, by: PersonId, at: datetime) -> None:
    """Have somebody's record follow them to the garage where they work now: those of the garage
    that they left have no business with it. Who is of no garage leaves it where it is.
    """
    given = {"person": changed.id, "garage": changed.duty.garage, "by": by, "at": at}
    await connection.execute(QUERIES["move"], given)


async def _demand_works_there(connection: Connection, wanted: Employee) -> None:
    given = {"person": wanted.id, "garage": wanted.garage}
    [there] = await (await connection.execute(QUERIES["is_garage"], given)).fetchall()
    if not there["found"]:
        raise NotFound("garage", wanted.garage)
    row = await (await connection.execute(QUERIES["works_at"], given)).fetchone()
    if row is None:
        raise NotFound("person", wanted.id)
    if row["garage"] != wanted.garage:
        raise InvalidInput("garage", "is not where they work; say that with `changeRole` first")


def _values(wanted: Employee) -> dict[str, object]:
    return {
        **{name.value: wanted.sealed.get(name) for name in EmployeeField},
        "person": wanted.id,
        "garage": wanted.garage,
        "mark": wanted.mark,
        "at": wanted.changed_at,
        "by": wanted.changed_by,
    }


def _employee_of(row: Row) -> Employee:
    return Employee(
        id=PersonId(row["person"]),
        garage=GarageId(row["garage"]),
        version=row["version"],
        mark=row["mark"],
        changed_at=row["changed_at"],
        changed_by=PersonId(row["changed_by"]),
        removed_at=row["removed_at"],
        sealed={name: bytes(row[name]) for name in EmployeeField if row[name] is not None},
        key=row["key"],
    )
