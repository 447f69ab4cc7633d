"""The shared vocabulary that cards and tickets point at: symptoms, components, parts, suppliers."""

import re
from dataclasses import dataclass, replace

from domain.errors import InvalidInput
from domain.vehicles import VehicleContext

SYMPTOM_CODE = re.compile(r"SYM_[A-Z]{2,8}_[0-9]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """What a driver or technician notices; `phrases` are other ways of saying it."""

    code: str
    text: str
    component: str | None = None
    phrases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        symptom_code(self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A thing that can fail; a component without a parent is a subsystem."""

    id: str
    name: str
    part_of: str | None = None
    suppliers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    id: str
    name: str
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A thing on the shelf: `hsn` is its tariff heading, `fits` the ids of vehicle models."""

    id: str
    name: str
    hsn: str | None = None
    component: str | None = None
    fits: tuple[str, ...] = ()
    supersedes: str | None = None


def fits(part: Part, vehicle: VehicleContext) -> bool:
    """Say whether the catalogue knows that a part fits a vehicle's model (MK-1).

    A part for every variant or year fits each of them; a vehicle of no known model fits nothing.
    """
    if vehicle.named is None:
        return False
    model = vehicle.named
    wider = (
        model,
        replace(model, year=None),
        replace(model, variant=None),
        replace(model, variant=None, year=None),
    )
    return any(known.id in part.fits for known in wider)


def symptom_code(value: str) -> str:
    """Give the code if it has the form SYM_BATT_001.

    Raises:
        InvalidInput: it has not.
    """
    if not SYMPTOM_CODE.fullmatch(value):
        raise InvalidInput("symptom code", f"{value[:40]!r} does not have the form SYM_BATT_001")
    return value
