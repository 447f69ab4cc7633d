"""Vehicles of customers in the API: what is handed in, and what changing them answers."""

from typing import Annotated

import strawberry
from strawberry import field

from schema.customer_book import CustomerVehicle
from schema.refusals import InvalidInput, NotAllowed, NotFound, OperationConflict, StaleVersion


@strawberry.input(description="All that is kept of a vehicle; what is left out is not kept.")
class CustomerVehicleInput:
    make: str = field(description="Who built it, at most 80 characters.")
    model: str = field(description="Which model, at most 80 characters.")
    year: int | None = field(default=None, description="The model year.")
    plate: str | None = field(default=None, description="The number plate; kept sealed.")
    vin: str | None = field(default=None, description="17 letters and digits; kept sealed.")
    notes: str | None = field(default=None, description="At most 2,000 characters; kept sealed.")
    owner: strawberry.ID | None = field(default=None, description="Whose it is, cus_….")


@strawberry.type(description="The vehicle is kept.")
class VehicleCreated:
    vehicle: CustomerVehicle = field(description="The vehicle.")


@strawberry.type(description="The vehicle is kept as it was said.")
class VehicleChanged:
    vehicle: CustomerVehicle = field(description="The vehicle at its new version.")


CreateVehicleResult = Annotated[
    VehicleCreated | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("CreateVehicleResult", description="The vehicle, or why there is none."),
]
ChangeVehicleResult = Annotated[
    VehicleChanged | InvalidInput | NotFound | NotAllowed | StaleVersion | OperationConflict,
    strawberry.union("ChangeVehicleResult", description="The vehicle, or why it stays."),
]
