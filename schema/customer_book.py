"""The customer book in the API: customers and their vehicles, in clear or masked."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from domain.personal_data import MASKED
from repair.customer_book import KnownCustomer
from repair.vehicle_book import KnownVehicle, VehiclePlace
from schema.context import SchemaInfo
from schema.invoices import Party
from schema.people import Garage
from schema.tickets import Ticket
from schema.vocabulary import load_edge


@strawberry.type(
    description="A customer of a garage; masked for those who may find them and not bill them."
)
class Customer:
    key: str = field(description="Its id, cus_….")
    garage: Garage = field(description="Whose customer it is.")
    version: int = field(description="Grows by one with every change.")
    changed_at: datetime = field(description="When it was changed last.")
    changed_by: strawberry.ID = field(description="By whom.")
    value: strawberry.Private[KnownCustomer]

    @strawberry.field(description="Who they are, as their bills say it.")
    def party(self, info: SchemaInfo) -> Party:
        plain = info.context.sees_customers(self.value.garage)
        return Party.from_domain(self.value.details.party, plain=plain)

    @strawberry.field(description="What the garage notes of them; null: nothing.")
    def notes(self, info: SchemaInfo) -> str | None:
        noted = self.value.details.notes
        plain = info.context.sees_customers(self.value.garage)
        return MASKED if noted and not plain else noted

    @strawberry.field(description="Their vehicles, the newest first, at most 100.")
    async def vehicles(
        self, info: SchemaInfo
    ) -> list[Annotated["CustomerVehicle", strawberry.lazy(__name__)]]:
        found = await info.context.loaders.customer_vehicles.load(self.value.id)
        return [CustomerVehicle.from_domain(one) for one in found]

    @classmethod
    def from_domain(cls, value: KnownCustomer) -> Self:
        return cls(
            key=value.id,
            garage=Garage.from_domain(value.garage),
            version=value.version,
            changed_at=value.changed_at,
            changed_by=strawberry.ID(value.changed_by),
            value=value,
        )


@strawberry.type(
    description="A vehicle of a garage's customer; plate, VIN and notes are masked for those who "
    "may find it and not bill its owner."
)
class CustomerVehicle:
    key: str = field(description="Its id, veh_…: a report that names it joins its past repairs.")
    garage: Garage = field(description="Whose customer it belongs to.")
    version: int = field(description="Grows by one with every change.")
    make: str = field(description="Who built it.")
    model: str = field(description="Which model.")
    year: int | None = field(description="The model year.")
    changed_at: datetime = field(description="When it was changed last.")
    changed_by: strawberry.ID = field(description="By whom.")
    value: strawberry.Private[KnownVehicle]

    @strawberry.field(description="The number plate, without gaps; null: not known.")
    def plate(self, info: SchemaInfo) -> str | None:
        return self._shown(info, self.value.details.identity.plate)

    @strawberry.field(description="The VIN; null: not known.")
    def vin(self, info: SchemaInfo) -> str | None:
        return self._shown(info, self.value.details.identity.vin)

    @strawberry.field(description="What the garage notes of it; null: nothing.")
    def notes(self, info: SchemaInfo) -> str | None:
        return self._shown(info, self.value.details.identity.notes)

    @strawberry.field(description="Whose it is; null: not known.")
    async def owner(self, info: SchemaInfo) -> Customer | None:
        return await load_edge(
            info.context.loaders.customers, self.value.details.owner, Customer.from_domain
        )

    @strawberry.field(
        description="Its tickets in this garage that you may see, the newest first, at most 100."
    )
    async def past_repairs(self, info: SchemaInfo) -> list[Ticket]:
        place = VehiclePlace(self.value.id, self.value.garage)
        return [
            Ticket.from_domain(one) for one in await info.context.loaders.past_repairs.load(place)
        ]

    def _shown(self, info: SchemaInfo, value: str | None) -> str | None:
        plain = info.context.sees_customers(self.value.garage)
        return value if plain or value is None else MASKED

    @classmethod
    def from_domain(cls, value: KnownVehicle) -> Self:
        built = value.details.built
        return cls(
            key=value.id,
            garage=Garage.from_domain(value.garage),
            version=value.version,
            make=built.make,
            model=built.model,
            year=built.year,
            changed_at=value.changed_at,
            changed_by=strawberry.ID(value.changed_by),
            value=value,
        )
