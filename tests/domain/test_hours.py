"""The hours of a week, by India's clock."""

from datetime import UTC, datetime

import pytest

from domain.access import Actor, Role, demand_on_shift
from domain.errors import InvalidInput, NotAllowed
from domain.hours import WeekHours
from domain.ids import GarageId, PersonId

DAY, NIGHT = "Mon-Fri 09:00-18:00, Sat 10:00-14:00", "Fri-Mon 22:00-06:00"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Give a moment of India in November 2026, in which the 30th is a Monday."""
    minutes = 60 * hour + minute - 330
    return datetime.fromtimestamp(
        datetime(2026, 11, day, tzinfo=UTC).timestamp() + 60 * minutes, tz=UTC
    )


@pytest.mark.row("AU-5")
@pytest.mark.parametrize(
    ("hours", "moment", "on"),
    [
        (DAY, at(30, 9), True),
        (DAY, at(30, 8, 59), False),
        (DAY, at(30, 17, 59), True),
        (DAY, at(30, 18), False),
        (DAY, at(28, 13, 59), True),
        (DAY, at(28, 14), False),
        (DAY, at(29, 12), False),
        (NIGHT, at(27, 23), True),
        (NIGHT, at(28, 5, 59), True),
        (NIGHT, at(28, 6), False),
        (NIGHT, at(27, 5), False),
        (NIGHT, at(24, 5), True),
        (NIGHT, at(25, 5), False),
        ("Wed 00:00-00:00", at(25, 13), True),
        ("Wed 00:00-00:00", at(26, 0), False),
    ],
)
def test_hours_cover_their_times(hours: str, moment: datetime, on: bool) -> None:
    shift = WeekHours.parse("shift", hours)
    anu = Actor(
        id=PersonId("anu"), role=Role.TECHNICIAN, garage=GarageId("garage_pune"), shift=shift
    )
    assert str(shift) == hours
    assert shift.covers(moment) == on
    if not on:
        with pytest.raises(NotAllowed, match=hours.partition(",")[0]):
            demand_on_shift(anu, moment)


@pytest.mark.parametrize(
    "text",
    ["", "always", "Mon", "Mon 9-18", "Mon 09:00", "Xyz 09:00-18:00", "Mon 25:00-26:00", "," * 50],
)
def test_what_is_no_hours_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        WeekHours.parse("shift", text)
    assert refused.value.field == "shift"
