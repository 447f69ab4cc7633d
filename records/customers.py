"""Customers of garages in PostgreSQL: who they are comes sealed and goes sealed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import LiteralString

from domain.customers import SealedCustomer, SearchKind
from domain.errors import NotFound
from domain.ids import CustomerId, GarageId, PersonId
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("customers.sql")
# So many of a garage's customers are looked at in their order before an index is asked.
NEWEST = 1_000
BY_MARK: Mapping[SearchKind, LiteralString] = {
    SearchKind.PHONE: QUERIES["by_phone"],
    SearchKind.GSTIN: QUERIES["by_gstin"],
}


class CustomerStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def many(
        self, ids: Sequence[CustomerId], garage: GarageId | None
    ) -> dict[CustomerId, SealedCustomer]:
        """Give those of these customers that there are, of any garage or of one."""
        rows = await self._records.rows(QUERIES["many"], ids=list(ids), garage=garage)
        return {one.id: one for one in map(customer_of, rows)}

    async def page(
        self, garage: GarageId | None, *, first: int, after: str | None
    ) -> list[SealedCustomer]:
        """Give up to `first` customers, the newest first, those behind the id `after`."""
        rows = await self._records.rows(QUERIES["page"], garage=garage, first=first, after=after)
        return [customer_of(row) for row in rows]

    async def marked(
        self, kind: SearchKind, mark: bytes, *, first: int, after: str | None
    ) -> list[SealedCustomer]:
        """Give whom the mark of a whole telephone number or GSTIN finds."""
        given = {"mark": mark, "first": first, "after": after}
        return [customer_of(row) for row in await self._records.rows(BY_MARK[kind], **given)]

    async def marked_all(
        self, garage: GarageId, marks: Sequence[bytes], *, first: int, after: str | None
    ) -> list[SealedCustomer]:
        """Give whose names bear all of these marks of a garage, the newest first: others than who
        is sought may be among them.
        """
        given = {"marks": list(marks), "first": first, "after": after}
        newest = {"garage": garage, "newest": NEWEST}
        rows = await self._records.rows(QUERIES["by_name_newest"], **given, **newest)
        if len(rows) < first:
            rows = await self._records.rows(QUERIES["by_name"], **given)
        return [customer_of(row) for row in rows]


async def add_customer(connection: Connection, wanted: SealedCustomer) -> None:
    """Keep a new customer; the same id twice is one."""
    await connection.execute(QUERIES["add"], _values(wanted))


async def hold_customer(
    connection: Connection, id: CustomerId, garage: GarageId | None
) -> SealedCustomer:
    """Give a customer of any garage or of one, whom nobody else may change meanwhile.

    Raises:
        NotFound: there is none there.
    """
    held = await connection.execute(QUERIES["hold"], {"id": id, "garage": garage})
    row = await held.fetchone()
    if row is None:
        raise NotFound("customer", id)
    return customer_of(row)


async def change_customer(connection: Connection, wanted: SealedCustomer) -> None:
    """Keep who a held customer is from now on."""
    await connection.execute(QUERIES["change"], _values(wanted))


async def erase_customer(
    connection: Connection, id: CustomerId, at: datetime, by: PersonId
) -> None:
    """Let go of all that tells who a held customer is."""
    await connection.execute(QUERIES["erase"], {"id": id, "at": at, "by": by})


def customer_of(row: Row) -> SealedCustomer:
    return SealedCustomer(
        id=CustomerId(row["id"]),
        garage=GarageId(row["garage"]),
        version=row["version"],
        who=bytes(row["who"]),
        changed_at=row["changed_at"],
        changed_by=PersonId(row["changed_by"]),
    )


def _values(wanted: SealedCustomer) -> Row:
    return {
        "id": wanted.id,
        "garage": wanted.garage,
        "who": wanted.who,
        "name_marks": list(wanted.marks.name),
        "phone_mark": wanted.marks.phone,
        "gstin_mark": wanted.marks.gstin,
        "at": wanted.changed_at,
        "by": wanted.changed_by,
    }
