"""The hours of a week in which a garage is open, or somebody is on duty, by India's clock."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone

from domain import limits
from domain.errors import InvalidInput

LONGEST = 120
MOST_SPANS = 14
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
INDIA = timezone(timedelta(hours=5, minutes=30))
DAY_MINUTES = 24 * 60
SPAN = re.compile(r"([A-Za-z]{3})(?:-([A-Za-z]{3}))? (\d{2}):(\d{2})-(\d{2}):(\d{2})")
FORM = "does not read as `Mon-Fri 09:00-18:00, Sat 10:00-14:00`"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekSpan:
    """From `start` to `end` on each day from `first` to `last` (Mon is 0).

    Whatever ends at or before its start ends on the next day: a night shift is one span.
    """

    first: int
    last: int
    start: time
    end: time

    def __str__(self) -> str:
        first, last = DAYS[self.first], DAYS[self.last]
        days = first if first == last else f"{first}-{last}"
        return f"{days} {self.start:%H:%M}-{self.end:%H:%M}"

    def covers(self, day: int, minute: int) -> bool:
        start, end = _minute_of(self.start), _minute_of(self.end)
        if start < end:
            return self._has(day) and start <= minute < end
        before = (day - 1) % len(DAYS)
        return (self._has(day) and minute >= start) or (self._has(before) and minute < end)

    def _has(self, day: int) -> bool:
        if self.first <= self.last:
            return self.first <= day <= self.last
        return day >= self.first or day <= self.last


@dataclass(frozen=True, slots=True)
class WeekHours:
    """Spans of a week; written as `Mon-Fri 09:00-18:00, Sat 10:00-14:00`."""

    spans: tuple[WeekSpan, ...]

    @classmethod
    def parse(cls, field: str, text: str) -> "WeekHours":
        """Read the hours of a week.

        Raises:
            InvalidInput: they do not read as days and times.
        """
        pieces = limits.clean_text(field, text, LONGEST).split(",")
        limits.check_count(field, len(pieces), MOST_SPANS, least=1)
        return cls(tuple(_parse_span(field, piece.strip()) for piece in pieces))

    def __str__(self) -> str:
        return ", ".join(map(str, self.spans))

    def covers(self, moment: datetime) -> bool:
        """Say whether an aware moment lies within them."""
        there = moment.astimezone(INDIA)
        minute = 60 * there.hour + there.minute
        return any(span.covers(there.weekday(), minute) for span in self.spans)


def _parse_span(field: str, text: str) -> WeekSpan:
    found = SPAN.fullmatch(text)
    if found is None:
        raise InvalidInput(field, FORM)
    first = _parse_day(field, found[1])
    last = first if found[2] is None else _parse_day(field, found[2])
    try:
        start, end = time(int(found[3]), int(found[4])), time(int(found[5]), int(found[6]))
    except ValueError as error:
        raise InvalidInput(field, FORM) from error
    return WeekSpan(first=first, last=last, start=start, end=end)


def _parse_day(field: str, text: str) -> int:
    name = text.capitalize()
    if name not in DAYS:
        raise InvalidInput(field, FORM)
    return DAYS.index(name)


def _minute_of(moment: time) -> int:
    return 60 * moment.hour + moment.minute
