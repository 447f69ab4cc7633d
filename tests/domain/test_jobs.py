"""When two jobs are in each other's way, and which whiles there are."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import InvalidInput
from domain.jobs import Slot

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("shift", "overlaps"),
    [(HOUR, False), (HOUR - SECOND, True), (-HOUR, False), (SECOND - HOUR, True)],
)
def test_who_ends_when_another_begins_is_not_in_its_way(shift: timedelta, overlaps: bool) -> None:
    first = Slot(start=NOW, end=NOW + HOUR)
    second = Slot(start=NOW + shift, end=NOW + HOUR + shift)
    assert first.overlaps(second) is overlaps
    assert second.overlaps(first) is overlaps


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (NOW, NOW, "end"),
        (NOW, NOW - HOUR, "end"),
        (NOW, NOW + 24 * HOUR + SECOND, "end"),
        (NOW.replace(tzinfo=None), NOW, "start"),
    ],
)
def test_a_while_has_bounds(start: datetime, end: datetime, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Slot(start=start, end=end)
    assert refused.value.field == field
