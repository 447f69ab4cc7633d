"""The verbs of settings: what a garage and the network go by."""

from dataclasses import asdict
from typing import Annotated

import strawberry

from domain.access import Action, ResourceKind
from domain.deeds import DeedType
from domain.errors import NotFound
from domain.hours import WeekHours
from domain.ids import garage_id
from domain.network_settings import NetworkSettings as NetworkValues
from resolvers.arguments import ExpectedArgument, OperationArgument
from resolvers.context import RequestInfo
from resolvers.guards import guard_field
from resolvers.people import OneGarage, people_deed
from schema.garage_settings import (
    ChangeGarageSettingsResult,
    ChangeNetworkSettingsResult,
    GarageSettings,
    GarageSettingsChanged,
    GarageSettingsInput,
    NetworkSettings,
    NetworkSettingsChanged,
    NetworkSettingsInput,
)
from schema.nodes import key_of

SETTINGS = DeedType.SETTINGS_CHANGE
SettingsOfGarage = Annotated[
    GarageSettingsInput, strawberry.argument(description="All of them, as they are to be.")
]
SettingsOfNetwork = Annotated[
    NetworkSettingsInput, strawberry.argument(description="All of them, as they are to be.")
]


@strawberry.type
class SettingsQueries:
    @strawberry.field(
        description="What a garage goes by, as it was kept a quarter of an hour ago at most; a "
        "change is seen at once. Null when it is not yours to see."
    )
    @guard_field(Action.READ, ResourceKind.SETTING)
    async def garage_settings(self, info: RequestInfo, garage: OneGarage) -> GarageSettings | None:
        context, place = info.context, garage_id(key_of("Garage", garage))
        try:
            return GarageSettings.from_domain(await context.settings.garage(place, context.actor))
        except NotFound:
            return None

    @strawberry.field(description="What the network goes by in all its garages.")
    @guard_field(Action.READ, ResourceKind.SETTING)
    async def network_settings(self, info: RequestInfo) -> NetworkSettings:
        return NetworkSettings.from_domain(await info.context.settings.network())


@strawberry.type
class SettingsMutations:
    @strawberry.mutation(
        description="Write all anew that a garage goes by; it holds everywhere within a second."
    )
    @guard_field(Action.UPDATE, ResourceKind.SETTING, deed=SETTINGS)
    async def change_garage_settings(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        garage: OneGarage,
        expected_version: ExpectedArgument,
        settings: SettingsOfGarage,
    ) -> ChangeGarageSettingsResult:
        context, place = info.context, garage_id(key_of("Garage", garage))
        asked = {"garage": place, "expected": expected_version, "settings": asdict(settings)}
        deed = people_deed(context, operation_id, "changeGarageSettings", asked)
        wanted = settings.parse(place)
        changed = await context.settings.change_garage(wanted, expected_version, deed)
        return GarageSettingsChanged(settings=GarageSettings.from_domain(changed))

    @strawberry.mutation(
        description="Write all anew that the network goes by; it holds everywhere within a second."
    )
    @guard_field(Action.UPDATE, ResourceKind.SETTING, network=True, deed=SETTINGS)
    async def change_network_settings(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        expected_version: ExpectedArgument,
        settings: SettingsOfNetwork,
    ) -> ChangeNetworkSettingsResult:
        context = info.context
        asked = {"expected": expected_version, "settings": asdict(settings)}
        deed = people_deed(context, operation_id, "changeNetworkSettings", asked)
        wanted = NetworkValues(
            usual_hours=WeekHours.parse("usualHours", settings.usual_hours),
            message_days=settings.message_days,
        )
        changed = await context.settings.change_network(wanted, expected_version, deed)
        return NetworkSettingsChanged(settings=NetworkSettings.from_domain(changed))
