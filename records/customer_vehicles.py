"""Vehicles of customers in PostgreSQL: what tells which one it is comes sealed and goes sealed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import LiteralString

from domain.customer_vehicles import SealedVehicle, VehicleMake, VehicleMark
from domain.errors import NotFound
from domain.ids import CustomerId, GarageId, PersonId, VehicleId
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("customer_vehicles.sql")
COLUMNS: Mapping[VehicleMark, str] = {
    VehicleMark.PLATE: "plate_mark",
    VehicleMark.PLATE_END: "plate_end_mark",
    VehicleMark.VIN: "vin_mark",
}
BY_MARK: Mapping[VehicleMark, LiteralString] = {
    VehicleMark.PLATE: QUERIES["by_plate"],
    VehicleMark.PLATE_END: QUERIES["by_plate_end"],
    VehicleMark.VIN: QUERIES["by_vin"],
}


class CustomerVehicleStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def many(
        self, ids: Sequence[VehicleId], garage: GarageId | None
    ) -> dict[VehicleId, SealedVehicle]:
        """Give those of these vehicles that there are, of any garage or of one."""
        rows = await self._records.rows(QUERIES["many"], ids=list(ids), garage=garage)
        return {one.id: one for one in map(_vehicle_of, rows)}

    async def page(
        self, garage: GarageId | None, *, first: int, after: str | None
    ) -> list[SealedVehicle]:
        """Give up to `first` vehicles, the newest first, those behind the id `after`."""
        rows = await self._records.rows(QUERIES["page"], garage=garage, first=first, after=after)
        return [_vehicle_of(row) for row in rows]

    async def of_owners(self, owners: Sequence[CustomerId], first: int) -> list[SealedVehicle]:
        """Give up to `first` vehicles of each of these customers, the newest first."""
        rows = await self._records.rows(QUERIES["of_owners"], owners=list(owners), first=first)
        return [_vehicle_of(row) for row in rows]

    async def marked(
        self, kind: VehicleMark, mark: bytes, *, first: int, after: str | None
    ) -> list[SealedVehicle]:
        """Give the vehicles that a mark finds."""
        given = {"mark": mark, "first": first, "after": after}
        return [_vehicle_of(row) for row in await self._records.rows(BY_MARK[kind], **given)]


async def add_vehicle(connection: Connection, wanted: SealedVehicle) -> None:
    """Keep a new vehicle; the same id twice is one."""
    await connection.execute(QUERIES["add"], _values(wanted))


async def hold_vehicle(
    connection: Connection, id: VehicleId, garage: GarageId | None
) -> SealedVehicle:
    """Give a vehicle of any garage or of one, which nobody else may change meanwhile.

    Raises:
        NotFound: there is none there.
    """
    held = await connection.execute(QUERIES["hold"], {"id": id, "garage": garage})
    row = await held.fetchone()
    if row is None:
        raise NotFound("vehicle", id)
    return _vehicle_of(row)


async def change_vehicle(connection: Connection, wanted: SealedVehicle) -> None:
    """Keep what a held vehicle is from now on."""
    await connection.execute(QUERIES["change"], _values(wanted))


async def erase_vehicles_of(
    connection: Connection, owner: CustomerId, at: datetime, by: PersonId
) -> int:
    """Let go of what tells which vehicles a customer has and that they are theirs; say how many."""
    given = {"owner": owner, "at": at, "by": by}
    [row] = await (await connection.execute(QUERIES["erase_of"], given)).fetchall()
    return row["n"]


async def erase_vehicle(connection: Connection, id: VehicleId, at: datetime, by: PersonId) -> int:
    """Let go of what tells which vehicle a held one is; say how many."""
    given = {"id": id, "at": at, "by": by}
    [row] = await (await connection.execute(QUERIES["erase"], given)).fetchall()
    return row["n"]


def _vehicle_of(row: Row) -> SealedVehicle:
    return SealedVehicle(
        id=VehicleId(row["id"]),
        garage=GarageId(row["garage"]),
        version=row["version"],
        owner=None if row["owner"] is None else CustomerId(row["owner"]),
        built=VehicleMake(make=row["make"], model=row["model"], year=row["year"]),
        identity=None if row["identity"] is None else bytes(row["identity"]),
        changed_at=row["changed_at"],
        changed_by=PersonId(row["changed_by"]),
    )


def _values(wanted: SealedVehicle) -> Row:
    return {
        "id": wanted.id,
        "garage": wanted.garage,
        "owner": wanted.owner,
        "make": wanted.built.make,
        "model": wanted.built.model,
        "year": wanted.built.year,
        "identity": wanted.identity,
        "at": wanted.changed_at,
        "by": wanted.changed_by,
        **{column: wanted.marks.get(mark) for mark, column in COLUMNS.items()},
    }
