"""Vehicles in the API: the one a card or report speaks of, and the models of the catalogue."""

from typing import Self

import strawberry
from strawberry import field

from domain import vehicles
from domain.vehicles import BatteryOrigin, VehicleCategory, VehicleContext
from schema.nodes import GOES, Node, global_id


@strawberry.type(description="A vehicle as a card or report names it; null is unknown.")
class Vehicle:
    make: str | None = field(description="Who made it, as in Ather.")
    model: str | None = field(description="Its model, as in 450X.")
    variant: str | None = field(description="Its variant, as in Gen 3.")
    year: int | None = field(description="Its model year.")
    mileage_km: int | None = field(description="Kilometres driven.")
    battery_cycles: int | None = field(description="Full charge cycles of its battery.")
    firmware: str | None = field(description="Its firmware version.")
    category: VehicleCategory | None = field(description="What kind of vehicle it is.")

    @classmethod
    def from_domain(cls, value: VehicleContext) -> Self:
        return cls(
            make=value.make,
            model=value.model,
            variant=value.variant,
            year=value.year,
            mileage_km=value.mileage_km,
            battery_cycles=value.battery_cycles,
            firmware=value.firmware,
            category=value.category,
        )


@strawberry.type(description="Where a traction battery comes from; null is unknown.")
class Battery:
    batch: str | None = field(description="Its batch, as in 25-W30.")
    supplier: str | None = field(description="Who made it.")

    @classmethod
    def from_domain(cls, value: BatteryOrigin) -> Self:
        return cls(batch=value.batch, supplier=value.supplier)


@strawberry.type(description="One model of one model year; a null year stands for every year.")
class VehicleModel(Node):
    make: str = field(description="Who makes it.", deprecation_reason=f"Read `makeName`. {GOES}")
    make_name: str = field(description="Who makes it.")
    model: str = field(description="Its name.")
    variant: str | None = field(description="Its variant.")
    year: int | None = field(description="Its model year.")
    category: VehicleCategory = field(description="What kind of vehicle it is.")

    @classmethod
    def from_domain(cls, value: vehicles.VehicleModel) -> Self:
        return cls(
            id=global_id("VehicleModel", value.id),
            key=value.id,
            make=value.make,
            make_name=value.make,
            model=value.model,
            variant=value.variant,
            year=value.year,
            category=value.category,
        )
