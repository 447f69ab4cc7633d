"""A failure as it is reported, before anything is made of it."""

from dataclasses import dataclass
from typing import Self

from domain import limits
from domain.ids import VehicleId
from domain.vehicles import UNKNOWN, VehicleContext

TEXT_LIMIT = 10_000
CODES_LIMIT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureReport:
    """What somebody says of a failing vehicle; `codes` are as typed, not yet normalised."""

    text: str
    codes: tuple[str, ...] = ()
    vehicle: VehicleContext = UNKNOWN
    vehicle_id: VehicleId | None = None

    @classmethod
    def parsed(
        cls, text: str, codes: tuple[str, ...] = (), vehicle: VehicleContext | None = None
    ) -> Self:
        """Give the report with its text cleaned and its bounds checked.

        Raises:
            InvalidInput: no text and no code, over 10,000 characters, over 50 codes, or a code of
                more than 40 characters.
        """
        limits.count("codes", len(codes), CODES_LIMIT)
        clean = limits.text("text", text, TEXT_LIMIT, least=0 if codes else 1)
        kept = tuple(limits.text("codes", code, 40) for code in codes)
        return cls(text=clean, codes=kept, vehicle=vehicle or UNKNOWN)
