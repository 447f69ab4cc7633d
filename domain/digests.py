"""What happened in an hour, counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.events import EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class HourlyDigest:
    """How many events of each type an hour had, and when they were counted."""

    hour: datetime
    counted_at: datetime
    events: Mapping[EventType, int]
