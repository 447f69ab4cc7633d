"""The verbs of customers' vehicles: which they are, and how they are found."""

from dataclasses import asdict
from typing import Annotated

import strawberry

from domain.access import Action, ResourceKind
from domain.customer_vehicles import (
    VehicleIdentity,
    VehicleMake,
    parse_plate,
    parse_vehicle_search,
    parse_vin,
)
from domain.customers import parse_notes
from domain.deeds import DeedType
from domain.errors import NotFound
from domain.ids import customer_id, vehicle_id
from domain.vehicles import VehicleContext
from repair.vehicle_book import KnownVehicle, VehicleDetails
from resolvers.arguments import ExpectedArgument, OperationArgument
from resolvers.context import RequestContext, RequestInfo
from resolvers.customers import GarageArgument, place_of
from resolvers.guards import guard_field
from resolvers.people import naming_deed
from schema.customer_book import CustomerVehicle
from schema.customer_vehicles import (
    ChangeVehicleResult,
    CreateVehicleResult,
    CustomerVehicleInput,
    VehicleChanged,
    VehicleCreated,
)
from schema.nodes import USUAL, Connection, after_position, make_connection, page_size
from schema.vocabulary import After, First

VehicleArgument = Annotated[strawberry.ID, strawberry.argument(description="The vehicle, veh_….")]
DetailsArgument = Annotated[CustomerVehicleInput, strawberry.argument(description="What it is.")]
SearchArgument = Annotated[
    str | None,
    strawberry.argument(
        description="A number plate, the four digits at its end, or a VIN. Null: all of them."
    ),
]


@strawberry.type
class VehicleQueries:
    @strawberry.field(description="A vehicle of a customer; null when it is not yours to see.")
    @guard_field(Action.READ, ResourceKind.TICKET)
    async def vehicle(self, info: RequestInfo, id: VehicleArgument) -> CustomerVehicle | None:
        context, key = info.context, vehicle_id(id)
        try:
            found = await context.vehicle_book.get(key, context.actor)
        except NotFound:
            return None
        return CustomerVehicle.from_domain(found)

    @strawberry.field(
        description="The vehicles of a garage's customers, the newest first. Whoever reads plates "
        "masked finds them by whole plate or VIN alone."
    )
    @guard_field(Action.READ, ResourceKind.TICKET)
    async def vehicles(
        self,
        info: RequestInfo,
        search: SearchArgument = None,
        garage: GarageArgument = None,
        first: First = USUAL,
        after: After = None,
    ) -> Connection[CustomerVehicle]:
        context, size, start = info.context, page_size(first) + 1, after_position(after)
        found = await _found(context, search, garage, size, start)
        return make_connection(found, first, after, lambda v: v.id, CustomerVehicle.from_domain)


@strawberry.type
class VehicleMutations:
    @strawberry.mutation(description="Keep a vehicle of a customer of your garage.")
    @guard_field(Action.CREATE, ResourceKind.INVOICE, deed=DeedType.CUSTOMER_CHANGE)
    async def create_vehicle(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        vehicle: DetailsArgument,
        garage: GarageArgument = None,
    ) -> CreateVehicleResult:
        context, place = info.context, place_of(info.context, garage)
        asked = {"garage": place, "vehicle": asdict(vehicle)}
        deed = naming_deed(context, operation_id, "createVehicle", asked)
        made = await context.vehicle_book.create(place, parse_details(vehicle), deed)
        return VehicleCreated(vehicle=CustomerVehicle.from_domain(made))

    @strawberry.mutation(
        description="Say anew all that is kept of a vehicle: what is left out is not kept."
    )
    @guard_field(Action.CREATE, ResourceKind.INVOICE, deed=DeedType.CUSTOMER_CHANGE)
    async def change_vehicle(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: VehicleArgument,
        expected_version: ExpectedArgument,
        vehicle: DetailsArgument,
    ) -> ChangeVehicleResult:
        context, key = info.context, vehicle_id(id)
        asked = {"id": key, "expected": expected_version, "vehicle": asdict(vehicle)}
        deed = naming_deed(context, operation_id, "changeVehicle", asked)
        details = parse_details(vehicle)
        changed = await context.vehicle_book.change(key, details, expected_version, deed)
        return VehicleChanged(vehicle=CustomerVehicle.from_domain(changed))


def parse_details(value: CustomerVehicleInput) -> VehicleDetails:
    """Read all that is to be kept of a vehicle.

    Raises:
        InvalidInput: one of the fields reads as none; it is named.
    """
    named = VehicleContext(make=value.make, model=value.model, year=value.year)
    return VehicleDetails(
        built=VehicleMake(make=named.make or "", model=named.model or "", year=named.year),
        identity=VehicleIdentity(
            plate=None if value.plate is None else parse_plate(value.plate),
            vin=None if value.vin is None else parse_vin(value.vin),
            notes=parse_notes(value.notes),
        ),
        owner=None if value.owner is None else customer_id(value.owner),
    )


async def _found(
    context: RequestContext,
    search: str | None,
    garage: strawberry.ID | None,
    size: int,
    start: str | None,
) -> list[KnownVehicle]:
    book, actor = context.vehicle_book, context.actor
    if search is None:
        place = None if garage is None else place_of(context, garage)
        return await book.page(actor, place, first=size, after=start)
    sought, place = parse_vehicle_search(search), place_of(context, garage)
    return await book.search(place, sought, actor, first=size, after=start)
