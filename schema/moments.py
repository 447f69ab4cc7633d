"""Days and moments as callers write them: of our time, so that none is at the calendar's edge.

Stores and time zones reckon with what is handed in; a minute before the year 1, or after 9999, is
no date any more and would end in an accident far from whoever wrote it.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar, cast

import strawberry
from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.schema.types.base_scalars import DateDefinition, DateTimeDefinition
from strawberry.types.scalar import ScalarDefinition

FIRST_YEAR, LAST_YEAR = 1900, 2200
D = TypeVar("D", bound=date)


def _bounded(scalar: ScalarDefinition, kind: type[D]) -> Callable[[object], D]:
    """Read as Strawberry's own scalar does, and keep what is of our time."""

    def parsed(value: object) -> D:
        found = cast("Callable[[object], object]", scalar.parse_value)(value)
        assert isinstance(found, kind)  # noqa: S101 - what the scalar of this kind gives
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            said = f"The year {found.year} is not between {FIRST_YEAR} and {LAST_YEAR}."
            raise StrawberryInputCoercionError(said)
        return found

    return parsed


DAY = strawberry.scalar(
    name="Date",
    description=f"A day, as 2026-11-28; of the years {FIRST_YEAR} to {LAST_YEAR}.",
    serialize=date.isoformat,
    parse_value=_bounded(DateDefinition, date),
)
MOMENT = strawberry.scalar(
    name="DateTime",
    description=(
        "A moment with its time zone, as 2026-11-28T10:00:00+05:30; of the years "
        f"{FIRST_YEAR} to {LAST_YEAR}."
    ),
    serialize=datetime.isoformat,
    parse_value=_bounded(DateTimeDefinition, datetime),
)
SCALARS = {date: DAY, datetime: MOMENT}
