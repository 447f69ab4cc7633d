"""Events to log."""

from datetime import UTC, datetime, timedelta

from domain.events import Event, EventType
from domain.ids import EventId, GarageId
from records.database import Records
from records.outbox import leave_events

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


async def leave(records: Records, *events: Event) -> None:
    """Leave events in the outbox, as a write does that they tell of."""
    async with records.transaction() as connection:
        await leave_events(connection, events)
