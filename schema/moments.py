"""Days and moments as callers write them: of our time, so that none is at the calendar's edge.

Stores and time zones reckon with what is handed in; a minute before the year 1, or after 9999, is
no date any more and would end in an accident far from whoever wrote it.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

import strawberry
from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.schema.types.base_scalars import DateDefinition, DateTimeDefinition

FIRST_YEAR, LAST_YEAR = 1900, 2200
D = TypeVar("D", bound=date)


def _bounded(parse: Callable[[object], D]) -> Callable[[object], D]:
    def parsed(value: object) -> D:
        found = parse(value)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            said = f"The year {found.year} is not between {FIRST_YEAR} and {LAST_YEAR}."
            raise StrawberryInputCoercionError(said)
        return found

    return parsed


DAY = strawberry.scalar(
    name="Date",
    description=f"A day, as 2026-11-28; of the years {FIRST_YEAR} to {LAST_YEAR}.",
    serialize=DateDefinition.serialize,
    parse_value=_bounded(DateDefinition.parse_value),
)
MOMENT = strawberry.scalar(
    name="DateTime",
    description=(
        "A moment with its time zone, as 2026-11-28T10:00:00+05:30; of the years "
        f"{FIRST_YEAR} to {LAST_YEAR}."
    ),
    serialize=DateTimeDefinition.serialize,
    parse_value=_bounded(DateTimeDefinition.parse_value),
)
SCALARS = {date: DAY, datetime: MOMENT}
