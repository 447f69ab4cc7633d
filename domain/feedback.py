"""What people say and show of a card after a repair; how near its estimates came (FE-1 to FE-4).

Comments and corrections are somebody's own words and may name people: they are kept in one table
and go into no event, no graph and no log.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain import limits
from domain.cards import PartUse
from domain.errors import InvalidInput, StaleVersion
from domain.ids import CardId, GarageId, PersonId, TicketId
from domain.usage import STARS

COMMENT_LIMIT = 4_000
# What one person can add to what is known of one card on one ticket, however often they send it.
CLICKS_MOST = 20
DWELL_MOST_MS = 30 * 60 * 1000
PLACES = (1, 5)
BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One to five stars for a card, with what the person adds to it in words."""

    card: CardId
    stars: int
    comment: str = ""
    correction: str = ""

    def __post_init__(self) -> None:
        limits.check_range("stars", self.stars, *STARS)
        for field in ("comment", "correction"):
            clean = limits.clean_text(field, getattr(self, field), COMMENT_LIMIT, least=0)
            object.__setattr__(self, field, clean)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What one person says of one repair; a change is a new version, the old ones are kept."""

    ticket: TicketId
    person: PersonId
    garage: GarageId
    opinion: Opinion
    given_at: datetime
    changed_at: datetime
    version: int = 1


def change_feedback(feedback: Feedback, opinion: Opinion, at: datetime, expected: int) -> Feedback:
    """Give the feedback with another opinion.

    Raises:
        InvalidInput: it speaks of another card.
        StaleVersion: it was changed since the caller read it.
    """
    if opinion.card != feedback.opinion.card:
        raise InvalidInput(
            "card", f"your feedback on this repair is about {feedback.opinion.card}: give that card"
        )
    if expected != feedback.version:
        raise StaleVersion(feedback.ticket, expected, feedback.version)
    return replace(feedback, opinion=opinion, changed_at=at, version=feedback.version + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Impression:
    """What somebody did with a suggested card: opened it, read it for so long, chose it as nth."""

    card: CardId
    clicks: int = 0
    dwell_ms: int = 0
    place: int | None = None

    def __post_init__(self) -> None:
        limits.check_range("clicks", self.clicks, 0, CLICKS_MOST)
        limits.check_range("dwellMs", self.dwell_ms, 0, DWELL_MOST_MS)
        if self.place is not None:
            limits.check_range("place", self.place, *PLACES)


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateAccuracy:
    """How well a card foretold a repair; a ratio is None when there is nothing to divide by.

    Attributes:
        precision: of the parts it names, the share that was used.
        recall: of the parts that were used, the share that it names.
        time_ratio: actual minutes / estimated minutes.
    """

    precision: float | None = None
    recall: float | None = None
    time_ratio: float | None = None


def estimate_accuracy(
    predicted: Sequence[PartUse], used: Sequence[PartUse], minutes: int | None, estimated: int
) -> EstimateAccuracy:
    """Compare a card's parts and minutes with those of the repair, piece by piece (FE-4).

    Three predicted and two of them used: precision 2/3, recall 1.
    """
    foretold, taken = _count_pieces(predicted), _count_pieces(used)
    both = (foretold & taken).total()
    return EstimateAccuracy(
        precision=both / foretold.total() if foretold else None,
        recall=both / taken.total() if taken else None,
        time_ratio=minutes / estimated if minutes is not None and estimated > 0 else None,
    )


def _count_pieces(parts: Sequence[PartUse]) -> Counter[str]:
    pieces: Counter[str] = Counter()
    for use in parts:
        pieces[use.part] += use.quantity
    return pieces
