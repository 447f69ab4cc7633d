"""How a repair went: what was tried, whether it worked, what it took (the journey's step 4)."""

from dataclasses import dataclass
from datetime import datetime

from domain import limits
from domain.cards import PartUse, RepairStep
from domain.ids import CardId, FileId, PersonId

NOTES_LIMIT = 10_000
MINUTES = (1, 100_000)
STARS = (1, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at a repair, by a card or (None) in the technician's own way.

    What was tried and failed is knowledge too: it stays on the ticket for good.

    Attributes:
        files: photos, videos and logs that show it.
        told: an outcome tells of it, and nobody wrote it down (`domain.attempts`).
    """

    by: PersonId
    at: datetime
    worked: bool
    card: CardId | None = None
    minutes: int | None = None
    parts: tuple[PartUse, ...] = ()
    notes: str = ""
    files: tuple[FileId, ...] = ()
    told: bool = False

    def __post_init__(self) -> None:
        limits.check_count("parts", len(self.parts), 100)
        limits.check_count("files", len(self.files), limits.FILES)
        if self.minutes is not None:
            limits.check_range("minutes", self.minutes, *MINUTES)
        object.__setattr__(
            self, "notes", limits.clean_text("notes", self.notes, NOTES_LIMIT, least=0)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What closes a repair: the steps really done and the parts really used are what is billed.

    `rating` is the customer's, one to five stars; `cause` what the technician found to be wrong.
    """

    worked: bool
    minutes: int
    card: CardId | None = None
    cause: str | None = None
    steps: tuple[RepairStep, ...] = ()
    parts: tuple[PartUse, ...] = ()
    notes: str = ""
    rating: int | None = None

    def __post_init__(self) -> None:
        limits.check_range("minutes", self.minutes, *MINUTES)
        limits.check_count("steps", len(self.steps), 100)
        limits.check_count("parts", len(self.parts), 100)
        object.__setattr__(
            self, "notes", limits.clean_text("notes", self.notes, NOTES_LIMIT, least=0)
        )
        if self.cause is not None:
            object.__setattr__(self, "cause", limits.clean_text("cause", self.cause, 2_000))
        if self.rating is not None:
            limits.check_range("rating", self.rating, *STARS)
