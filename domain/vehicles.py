"""Vehicles as the trade names them: make, model, variant, model year, and how used they are."""

import re
from dataclasses import dataclass
from enum import StrEnum

from domain import limits
from domain.errors import InvalidInput

FIRST_YEAR = 1950
LAST_YEAR = 2100


class VehicleCategory(StrEnum):
    TWO_WHEELER = "two_wheeler_electric"
    THREE_WHEELER = "three_wheeler_electric"
    FOUR_WHEELER = "four_wheeler_electric"
    BUS = "bus_electric"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleModel:
    """One model of one model year; `year` None stands for every year."""

    make: str
    model: str
    variant: str | None = None
    year: int | None = None
    category: VehicleCategory = VehicleCategory.OTHER

    @property
    def id(self) -> str:
        return slug(self.make, self.model, self.variant or "", str(self.year or ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleContext:
    """The vehicle that a report or a card speaks of (CA-4); whatever is unknown is None.

    Raises:
        InvalidInput: a text over 80 characters, a year outside 1950 to 2100, a negative
            odometer (km) or cycle count.
    """

    make: str | None = None
    model: str | None = None
    variant: str | None = None
    year: int | None = None
    mileage_km: int | None = None
    battery_cycles: int | None = None
    firmware: str | None = None
    category: VehicleCategory | None = None

    def __post_init__(self) -> None:
        for field in ("make", "model", "variant", "firmware"):
            value: str | None = getattr(self, field)
            if value is not None:
                object.__setattr__(self, field, limits.clean_text(field, value, 80))
        if self.model is not None and self.make is None:
            raise InvalidInput("make", "is needed when a model is named")
        if self.year is not None:
            limits.check_range("year", self.year, FIRST_YEAR, LAST_YEAR)
        if self.mileage_km is not None:
            limits.check_range("mileageKm", self.mileage_km, 0, 5_000_000)
        if self.battery_cycles is not None:
            limits.check_range("batteryCycles", self.battery_cycles, 0, 100_000)

    @property
    def named(self) -> VehicleModel | None:
        """The catalogue model this context names, if it names one."""
        if self.make is None or self.model is None:
            return None
        return VehicleModel(
            make=self.make,
            model=self.model,
            variant=self.variant,
            year=self.year,
            category=self.category or VehicleCategory.OTHER,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryOrigin:
    """Where a vehicle's traction battery comes from, as its label tells; None: nobody read it.

    Raises:
        InvalidInput: a text over 80 characters.
    """

    batch: str | None = None
    supplier: str | None = None

    def __post_init__(self) -> None:
        for field in ("batch", "supplier"):
            value: str | None = getattr(self, field)
            if value is not None:
                object.__setattr__(self, field, limits.clean_text(field, value, 80))


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareRelease:
    """New firmware for a model, whatever its year."""

    make: str
    model: str
    firmware: str


UNKNOWN = VehicleContext()
UNREAD = BatteryOrigin()
ANY_MAKE = "*"


def name_key(name: str) -> str:
    """Give what two spellings of one name share: "F-150", "f 150" and "F150" are one model."""
    return re.sub(r"[\W_]+", "", name.casefold())


def make_key(make: str | None) -> str:
    """Give the key that a make's cards stand under; those of no one make fit every make."""
    return name_key(make) if make else ANY_MAKE


def slug(*words: str) -> str:
    """Give lower-case words joined by hyphens: ("Ather", "450X", "2024") → "ather-450x-2024"."""
    return "-".join(
        part for w in words if (part := re.sub(r"[\W_]+", "-", w.casefold()).strip("-"))
    )
