"""The vehicles in a garage's customer book: which they are, sealed, and what was repaired on them.

A vehicle has one id in the book and in the graph: a report that names it joins its past repairs,
and the graph never learns plate, VIN or owner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from access.blind_index import BlindIndex
from access.people import PeopleDeed
from access.personal_fields import VEHICLE
from access.vault import Vault
from domain.access import Action, Actor, Resource, ResourceKind, may
from domain.customer_vehicles import (
    SealedVehicle,
    VehicleIdentity,
    VehicleMake,
    VehicleMark,
    VehicleSearch,
)
from domain.errors import NotAllowed, NotFound, StaleVersion
from domain.ids import CustomerId, GarageId, PersonId, VehicleId, uuid7
from records.audit_trail import DeedWriter
from records.customer_vehicles import (
    CustomerVehicleStore,
    add_vehicle,
    change_vehicle,
    hold_vehicle,
)
from records.customers import hold_customer
from records.database import Connection
from records.people import PeopleAnswer, PeopleStore, read_garage
from repair.customer_book import customer_deed, demand_bills

MOST_OF_OWNER = 100
BY_WHOLE_PLATE = "Find vehicles by their whole plate or VIN: plates are shown to who may bill."
IDENTITY = TypeAdapter(VehicleIdentity)
UNKNOWN = VehicleIdentity()


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleDetails:
    """All that a garage keeps of a vehicle."""

    built: VehicleMake
    identity: VehicleIdentity = UNKNOWN
    owner: CustomerId | None = None


@dataclass(frozen=True, slots=True)
class VehiclePlace:
    """A vehicle, and the garage whose repairs of it are meant."""

    vehicle: VehicleId
    garage: GarageId


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVehicle:
    """A vehicle of a garage's customer, opened."""

    id: VehicleId
    garage: GarageId
    version: int
    details: VehicleDetails
    changed_at: datetime
    changed_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleBook:
    """What keeps vehicles and finds them."""

    store: PeopleStore
    vehicles: CustomerVehicleStore
    vault: Vault
    deeds: DeedWriter

    async def create(
        self, garage: GarageId, details: VehicleDetails, deed: PeopleDeed
    ) -> KnownVehicle:
        """Keep a new vehicle; the same operation again gives it as it stands by now.

        Raises:
            NotAllowed: the actor may not bill there.
            NotFound: there is no such garage, or no such customer in it.
        """
        demand_bills(deed.actor, garage)
        made = uuid7(deed.at, deed.derived_id("vehicle").int)
        wanted = self._sealed(VehicleId(f"veh_{made.hex}"), garage, details, deed)

        async def work(connection: Connection) -> PeopleAnswer:
            await read_garage(connection, None if garage == deed.actor.garage else garage)
            await _demand_owner(connection, details, garage)
            await add_vehicle(connection, wanted)
            told = {"verb": "createVehicle", **_told(details)}
            await self.deeds.write(connection, [customer_deed(wanted, deed, told)])
            return {"id": wanted.id}

        answer = await self.store.run_once(deed.operation(), work)
        return await self.get(VehicleId(answer["id"]), deed.actor)

    async def change(
        self, id: VehicleId, details: VehicleDetails, expected: int, deed: PeopleDeed
    ) -> KnownVehicle:
        """Say anew all that is kept of a vehicle.

        Raises:
            NotFound: there is none for this actor, or no such customer in its garage.
            NotAllowed: the actor may not bill there.
            StaleVersion: somebody changed it first.
        """

        async def work(connection: Connection) -> PeopleAnswer:
            held = await hold_vehicle(connection, id, deed.actor.garage_reached)
            demand_bills(deed.actor, held.garage)
            if held.version != expected:
                raise StaleVersion(id, expected, held.version)
            await _demand_owner(connection, details, held.garage)
            await change_vehicle(connection, self._sealed(id, held.garage, details, deed))
            told = {"verb": "changeVehicle", "version": expected + 1, **_told(details)}
            await self.deeds.write(connection, [customer_deed(held, deed, told)])
            return {"id": id}

        await self.store.run_once(deed.operation(), work)
        return await self.get(id, deed.actor)

    async def get(self, id: VehicleId, actor: Actor) -> KnownVehicle:
        """Give one vehicle.

        Raises:
            NotFound: there is none for this actor.
        """
        found = await self.vehicles.many([id], actor.garage_reached)
        if id not in found:
            raise NotFound("vehicle", id)
        return self._opened(found[id])

    async def page(
        self, actor: Actor, garage: GarageId | None, *, first: int, after: str | None
    ) -> list[KnownVehicle]:
        """Give up to `first` vehicles of a garage, or of all that the actor may know of, the
        newest first, those behind the id `after`.
        """
        if garage is not None and not actor.reaches(garage):
            return []
        place = garage or actor.garage_reached
        found = await self.vehicles.page(place, first=first, after=after)
        return [self._opened(one) for one in found]

    async def search(
        self,
        garage: GarageId,
        sought: VehicleSearch,
        actor: Actor,
        *,
        first: int,
        after: str | None,
    ) -> list[KnownVehicle]:
        """Give up to `first` vehicles of one garage that fit, the newest first.

        Raises:
            NotAllowed: the end of a plate is asked for by somebody who reads the mask in its
                place, and would read it by asking for one after the other.
        """
        if not actor.reaches(garage):
            return []
        invoice = Resource(kind=ResourceKind.INVOICE, garage=garage)
        if sought.mark is VehicleMark.PLATE_END and not may(actor, Action.CREATE, invoice):
            raise NotAllowed(actor.role, Action.READ, ResourceKind.INVOICE, BY_WHOLE_PLATE)
        mark = self._index.exact(garage, sought.mark, sought.value)
        found = await self.vehicles.marked(sought.mark, mark, first=first, after=after)
        return [self._opened(one) for one in found]

    async def of_owners(
        self, owners: Sequence[CustomerId]
    ) -> Mapping[CustomerId, Sequence[KnownVehicle]]:
        """Give the newest hundred vehicles of each of these customers, whom the actor may see."""
        found: dict[CustomerId, list[KnownVehicle]] = {owner: [] for owner in owners}
        for one in await self.vehicles.of_owners(owners, MOST_OF_OWNER):
            if one.owner is not None:
                found[one.owner].append(self._opened(one))
        return found

    @property
    def _index(self) -> BlindIndex:
        return BlindIndex(self.vault)

    def _sealed(
        self, id: VehicleId, garage: GarageId, details: VehicleDetails, deed: PeopleDeed
    ) -> SealedVehicle:
        identity = details.identity
        said = IDENTITY.dump_json(identity)
        return SealedVehicle(
            id=id,
            garage=garage,
            version=1,
            owner=details.owner,
            built=details.built,
            identity=None if identity == UNKNOWN else self.vault.seal(said, VEHICLE.at(id)),
            marks={
                mark: self._index.exact(garage, mark, value)
                for mark, value in identity.marked.items()
            },
            changed_at=deed.at,
            changed_by=deed.actor.id,
        )

    def _opened(self, one: SealedVehicle) -> KnownVehicle:
        identity = UNKNOWN
        if one.identity is not None:
            identity = IDENTITY.validate_json(self.vault.open(one.identity, VEHICLE.at(one.id)))
        return KnownVehicle(
            id=one.id,
            garage=one.garage,
            version=one.version,
            details=VehicleDetails(built=one.built, identity=identity, owner=one.owner),
            changed_at=one.changed_at,
            changed_by=one.changed_by,
        )


async def _demand_owner(connection: Connection, details: VehicleDetails, garage: GarageId) -> None:
    """Hold whose it is: nobody is erased while a vehicle is given to them."""
    if details.owner is not None:
        await hold_customer(connection, details.owner, garage)


def _told(details: VehicleDetails) -> dict[str, str | int]:
    """Say which fields are filled, and whose vehicle it is by id."""
    identity = details.identity
    filled = {"plate": identity.plate, "vin": identity.vin, "notes": identity.notes}
    fields = ", ".join(["model", *(name for name, value in filled.items() if value)])
    return {"fields": fields, "owner": details.owner or ""}
