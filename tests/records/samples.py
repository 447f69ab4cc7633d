"""Events to log."""

from datetime import UTC, datetime, timedelta

from domain.events import Event, EventType
from domain.ids import EventId, GarageId

START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def event(n: int, type: EventType = EventType.CARD_CREATED) -> Event:
    """Give the n-th event of a test."""
    return Event(
        id=EventId(f"event-{n:05}"),
        type=type,
        entity=f"fc_{n:05}",
        version=1,
        at=START + timedelta(seconds=n),
        actor="anu",
        garage=GarageId("garage_pune") if n % 2 else None,
        trace="trace" if n % 3 else None,
    )
