"""How often a card was shown, used and confirmed; only events move it (CA-29, EF-5)."""

from dataclasses import dataclass
from datetime import datetime

from domain import limits
from domain.errors import InvalidInput

RATINGS_KEPT = 100
STARS = (1, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Counts since the card was made; `ratings` are 1 to 5, the newest last, at most 100.

    `actual_minutes` and `estimated_minutes` are sums over the repairs whose duration is known.
    """

    matched: int = 0
    used: int = 0
    successes: int = 0
    failures: int = 0
    ratings: tuple[int, ...] = ()
    actual_minutes: int = 0
    estimated_minutes: int = 0
    last_used: datetime | None = None

    def __post_init__(self) -> None:
        minutes = (self.actual_minutes, self.estimated_minutes)
        if min(self.matched, self.used, self.successes, self.failures, *minutes) < 0:
            raise InvalidInput("usage", "a counter is negative")
        if self.successes + self.failures > self.used:
            raise InvalidInput("usage", "more outcomes than uses")
        limits.check_count("ratings", len(self.ratings), RATINGS_KEPT)
        if self.ratings:
            limits.check_range("rating", min(self.ratings), *STARS)
            limits.check_range("rating", max(self.ratings), *STARS)
