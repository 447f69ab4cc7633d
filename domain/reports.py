"""A failure as it is reported, before anything is made of it."""

from dataclasses import dataclass
from typing import Self

from domain import limits
from domain.errors import InvalidInput
from domain.ids import FileId, VehicleId
from domain.personal_data import holds_personal
from domain.vehicles import UNKNOWN, UNREAD, BatteryOrigin, VehicleContext

TEXT_LIMIT = 10_000
CODES_LIMIT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureReport:
    """What somebody says of a failing vehicle.

    Attributes:
        codes: as typed, not yet normalised.
        files: photos, videos and logs that come with it, sent before.
        measured: what its logs measured, in sentences that are read as its text is.
        whole: how many characters the text had, where only its beginning is kept; else None.
    """

    text: str
    codes: tuple[str, ...] = ()
    vehicle: VehicleContext = UNKNOWN
    vehicle_id: VehicleId | None = None
    battery: BatteryOrigin = UNREAD
    files: tuple[FileId, ...] = ()
    measured: str = ""
    whole: int | None = None

    @property
    def note(self) -> str | None:
        """Say what was not read of the report; None: all of it was."""
        if self.whole is None:
            return None
        return f"Only the first {TEXT_LIMIT:,} of its {self.whole:,} characters were read."

    @classmethod
    def parse(
        cls, text: str, codes: tuple[str, ...] = (), vehicle: VehicleContext | None = None
    ) -> Self:
        """Give the report with its text cleaned and cut after 10,000 characters, in its bounds.

        Raises:
            InvalidInput: no text and no code, over 50 codes, or a code of more than 40 characters.
        """
        limits.check_count("codes", len(codes), CODES_LIMIT)
        # What takes the place of telephone numbers may be longer than they were.
        room = 2 * TEXT_LIMIT
        clean = limits.clean_prose("text", text[:TEXT_LIMIT], room, least=0 if codes else 1)
        kept = tuple(_code(code) for code in codes)
        whole = len(text) if len(text) > TEXT_LIMIT else None
        return cls(text=clean[:TEXT_LIMIT], codes=kept, vehicle=vehicle or UNKNOWN, whole=whole)


def _code(typed: str) -> str:
    """Give a code as typed; a telephone number or a plate in its place would be kept as one."""
    clean = limits.clean_text("codes", typed, 40)
    if holds_personal(clean):
        raise InvalidInput("codes", "reads as a telephone number or a plate, not as a code")
    return clean
