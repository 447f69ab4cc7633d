"""How soon a change must be known: at once, with the next batch, or in the hour's digest."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from domain.cards import Severity
from domain.events import CARD_EVENTS, EventType

BATCH_TIME = timedelta(seconds=5)
# A hint is about the card that cannot wait, or about a batch or an hour by one of these names.
BATCH_NAME, HOUR_NAME = "batch_", "hour_"
HOUR_FORMAT = "%Y%m%dT%H"
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


def is_batch_due(oldest: datetime, now: datetime, margin: timedelta) -> bool:
    """Say whether a batch must go now: a `margin` later its oldest change would be too old."""
    return now - oldest >= BATCH_TIME - margin


def hour_before(now: datetime) -> datetime:
    """Give the beginning of the last whole hour."""
    return now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)


def name_batch(oldest: datetime) -> str:
    """Give the name of the batch whose oldest change waits since then."""
    return f"{BATCH_NAME}{oldest:%Y%m%dT%H%M%S%f}"


def name_hour(hour: datetime) -> str:
    return f"{HOUR_NAME}{hour:{HOUR_FORMAT}}"


def hour_named(entity: str) -> datetime | None:
    """Give the hour that a hint is about; None: it is about something else."""
    if not entity.startswith(HOUR_NAME):
        return None
    return datetime.strptime(entity.removeprefix(HOUR_NAME), HOUR_FORMAT).replace(tzinfo=UTC)
