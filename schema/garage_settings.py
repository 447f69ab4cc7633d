"""What a garage and the network go by, in the API, and what changing it answers."""

from typing import Annotated, Self

import strawberry
from strawberry import field

from domain import network_settings, people
from domain.ids import GarageId
from schema.people import Garage
from schema.people_inputs import HOURS
from schema.refusals import (
    InvalidInput,
    NotAllowed,
    NotFound,
    OperationConflict,
    StaleVersion,
)


@strawberry.type(description="What a garage goes by.")
class GarageSettings:
    garage: Garage = field(description="The garage.")
    version: int = field(description="Grows by one with every change.")
    name: str = field(description="What it is called.")
    place: str = field(description="Where it stands, in words.")
    hours: str = field(description="When it is open, by India's clock.")
    region: str | None = field(description="The region that was said of it; null: as its key says.")
    off_shift_refused: bool = field(
        description="Whether its technicians are refused outside their shift."
    )

    @classmethod
    def from_domain(cls, value: people.GarageProfile) -> Self:
        return cls(
            garage=Garage.from_domain(value.id),
            version=value.version,
            name=value.name,
            place=value.place,
            hours=str(value.hours),
            region=value.region,
            off_shift_refused=value.off_shift_refused,
        )


@strawberry.type(description="What the network goes by in all its garages.")
class NetworkSettings:
    version: int = field(description="Grows by one with every change; 0: nobody said anything.")
    usual_hours: str = field(
        description="When a garage is taken to be open that has not said it, by India's clock."
    )
    message_days: int = field(
        description="How many days it is kept what customers were told of their invoices."
    )

    @classmethod
    def from_domain(cls, value: network_settings.NetworkSettings) -> Self:
        return cls(
            version=value.version,
            usual_hours=str(value.usual_hours),
            message_days=value.message_days,
        )


@strawberry.input(description="All that a garage goes by from now on.")
class GarageSettingsInput:
    name: str = field(description="What it is called; at most 120 characters.")
    place: str = field(description="Where it stands, in words; at most 200 characters.")
    hours: str = field(description=f"When it is open. {HOURS}.")
    region: str | None = field(
        default=None,
        description="The region it lies in, at most 60 characters; left out: as its key says.",
    )
    off_shift_refused: bool = field(
        default=False, description="Whether its technicians are refused outside their shift."
    )

    def parse(self, garage: GarageId) -> people.GarageProfile:
        """Read what a garage goes by.

        Raises:
            InvalidInput: a value is wrong.
        """
        return people.parse_garage(
            garage,
            name=self.name,
            place=self.place,
            hours=self.hours,
            region=self.region,
            off_shift_refused=self.off_shift_refused,
        )


@strawberry.input(description="A garage of the network, and what it goes by.")
class GarageInput(GarageSettingsInput):
    id: str = field(description="Its key, garage_…; it never changes.")


@strawberry.input(description="All that the network goes by from now on.")
class NetworkSettingsInput:
    usual_hours: str = field(description=f"Of a garage that has not said when it is open. {HOURS}.")
    message_days: int = field(
        description="How many days to keep what customers were told of invoices: 30 to 3,650."
    )


@strawberry.type(description="The garage goes by these from now on.")
class GarageSettingsChanged:
    settings: GarageSettings = field(description="The settings at their new version.")


@strawberry.type(description="The network goes by these from now on.")
class NetworkSettingsChanged:
    settings: NetworkSettings = field(description="The settings at their new version.")


ChangeGarageSettingsResult = Annotated[
    GarageSettingsChanged | InvalidInput | NotFound | NotAllowed | StaleVersion | OperationConflict,
    strawberry.union("ChangeGarageSettingsResult", description="The settings, or why they stay."),
]
ChangeNetworkSettingsResult = Annotated[
    NetworkSettingsChanged | InvalidInput | NotAllowed | StaleVersion | OperationConflict,
    strawberry.union("ChangeNetworkSettingsResult", description="The settings, or why they stay."),
]
