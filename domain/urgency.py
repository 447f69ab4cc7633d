"""How soon a change must be known: at once, with the next batch, or in the hour's digest."""

from datetime import datetime, timedelta
from enum import StrEnum

from domain.cards import Severity
from domain.events import CARD_EVENTS, EventType

BATCH_TIME = timedelta(seconds=5)
NEW = frozenset({EventType.CARD_CREATED, EventType.CARD_VERIFIED})
URGENT = frozenset({Severity.HIGH, Severity.CRITICAL})


class Urgency(StrEnum):
    AT_ONCE = "at_once"
    BATCH = "batch"
    HOURLY = "hourly"


def urgency_of(type: EventType, severity: Severity | None = None) -> Urgency:
    """Say how soon those who are away must be told to look.

    A new card, a verified one, and any change of an urgent one: at once. Other changes of cards
    wait for the next batch. What no garage acts on is counted in the hour's digest.
    """
    if type not in CARD_EVENTS:
        return Urgency.HOURLY
    return Urgency.AT_ONCE if type in NEW or severity in URGENT else Urgency.BATCH


def is_batch_due(oldest: datetime, now: datetime, step: timedelta) -> bool:
    """Say whether a batch must go now: one `step` later its oldest change would be too old."""
    return now - oldest >= BATCH_TIME - step


def hour_before(now: datetime) -> datetime:
    """Give the beginning of the last whole hour."""
    return now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
