"""What waits for a person's eye: a queue of drafts, alerts, merges, improvements, rechecks, alarms
of emerging defects.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain import effectiveness
from domain.ids import CardId, DefectAlarmId, GarageId, TicketId
from domain.usage import Usage

ALERT_BELOW = 0.5
ALERT_ABOVE_MATCHES = 20


class ReviewKind(StrEnum):
    ALERT = "alert"
    DRAFT = "draft"
    MERGE = "merge"
    IMPROVEMENT = "improvement"
    RECHECK = "recheck"
    DEFECT = "defect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One entry; there is one of a kind for one version of a card, however often it is asked for.

    A recheck that was closed is opened again for another reason.

    Attributes:
        card: what it is about; None: an alarm, and then `version` is 1.
        alarm: the emerging defect that it is about.
        other: the card that this one may be merged with.
        reason: one sentence of ours, never a person's words.
    """

    id: str
    kind: ReviewKind
    card: CardId | None
    version: int
    reason: str
    at: datetime
    garage: GarageId | None = None
    ticket: TicketId | None = None
    other: CardId | None = None
    alarm: DefectAlarmId | None = None
    closed_at: datetime | None = None


def is_alarming(usage: Usage) -> bool:
    """Say whether a card fails often enough to be looked at (EF-7).

    Below 0.5, after more than twenty showings.
    """
    return usage.matched > ALERT_ABOVE_MATCHES and effectiveness.observed_score(usage) < ALERT_BELOW
