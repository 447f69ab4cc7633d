"""What happened in an hour, counted for a garage: the nouns of the hourly digest."""

from datetime import datetime
from typing import Self

import strawberry
from strawberry import field

from domain import digests
from domain.events import EventType


@strawberry.type(description="How often something happened.")
class EventCount:
    type: EventType = field(description="What happened.")
    events: int = field(description="How often.")


@strawberry.type(description="What happened in an hour; no counts where nothing did.")
class HourlyDigest:
    hour: datetime = field(description="When the hour began.")
    counted_at: datetime = field(description="When it was counted: once, whoever looked first.")
    counts: list[EventCount] = field(description="One for each kind of thing that happened.")

    @classmethod
    def from_domain(cls, value: digests.HourlyDigest) -> Self:
        counts = [EventCount(type=kind, events=n) for kind, n in value.events.items()]
        return cls(hour=value.hour, counted_at=value.counted_at, counts=counts)
