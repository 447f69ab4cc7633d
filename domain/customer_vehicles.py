"""Vehicles of a garage's customers: what stands on plate and frame, and by what it is found."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain import limits
from domain.characters import digits_folded
from domain.errors import InvalidInput
from domain.ids import CustomerId, GarageId, PersonId, VehicleId

PLATE_LIMIT = 30
# Of any country: India's have 8 to 11 characters, dealers' and diplomats' fewer or more.
PLATE = re.compile(r"(?=[A-Z]{0,11}[0-9])[A-Z0-9]{4,12}")
# ISO 3779: no I, O or Q, which look like digits.
VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
END = re.compile(r"[0-9]{4}")
GAPS = re.compile(r"[\s.\-–/]")


class VehicleMark(StrEnum):
    """By what a vehicle is sought."""

    PLATE = "plate"
    PLATE_END = "end of a plate"
    VIN = "VIN"


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleSearch:
    """What is sought, in its one form."""

    mark: VehicleMark
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleIdentity:
    """What tells which vehicle it is, and what the garage notes of it; None: not known."""

    plate: str | None = None
    vin: str | None = None
    notes: str | None = None

    @property
    def marked(self) -> dict[VehicleMark, str]:
        """Give what it is found by."""
        end = self.plate and self.plate[-4:]
        found = {
            VehicleMark.PLATE: self.plate,
            VehicleMark.PLATE_END: end if end and END.fullmatch(end) else None,
            VehicleMark.VIN: self.vin,
        }
        return {mark: value for mark, value in found.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleMake:
    """What is built many times: no word of it tells whose it is."""

    make: str
    model: str
    year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedVehicle:
    """A vehicle of a customer, closed.

    Attributes:
        owner: whose it is; None: not known, or erased.
        identity: plate, VIN and notes as the vault sealed them; None: nothing is known.
        marks: what it is to be found by, as keyed hashes; they are kept, and not read again.
    """

    id: VehicleId
    garage: GarageId
    version: int
    owner: CustomerId | None
    built: VehicleMake
    identity: bytes | None
    changed_at: datetime
    changed_by: PersonId
    marks: Mapping[VehicleMark, bytes] = field(default_factory=dict[VehicleMark, bytes])


def parse_plate(value: str, field: str = "plate") -> str:
    """Give a number plate's one spelling: capital letters and digits, no gaps.

    Raises:
        InvalidInput: it is none; what was given is not repeated.
    """
    plate = _compact(field, value)
    if not PLATE.fullmatch(plate):
        raise InvalidInput(
            field, "is 4 to 12 letters and digits, a digit among them: MH 12 AB 1234"
        )
    return plate


def parse_vin(value: str, field: str = "vin") -> str:
    """Give a VIN's one spelling.

    Raises:
        InvalidInput: it is none; what was given is not repeated.
    """
    vin = _compact(field, value)
    if not VIN.fullmatch(vin):
        raise InvalidInput(field, "is 17 letters and digits without I, O and Q")
    return vin


def parse_vehicle_search(value: str, field: str = "search") -> VehicleSearch:
    """Read what somebody typed to find a vehicle: a plate, the four digits at its end, or a VIN.

    Raises:
        InvalidInput: it is none of them.
    """
    text = _compact(field, value)
    if END.fullmatch(text):
        return VehicleSearch(mark=VehicleMark.PLATE_END, value=text)
    if VIN.fullmatch(text):
        return VehicleSearch(mark=VehicleMark.VIN, value=text)
    if PLATE.fullmatch(text):
        return VehicleSearch(mark=VehicleMark.PLATE, value=text)
    raise InvalidInput(field, "is a number plate, the four digits at its end, or a VIN of 17")


def _compact(field: str, value: str) -> str:
    return GAPS.sub("", digits_folded(limits.clean_text(field, value, PLATE_LIMIT))).upper()
