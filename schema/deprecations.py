"""What of the API was deprecated when, and until when it is sure to be there (AP-4).

`deprecations.csv` is the record: a line for each coordinate, never taken out. A field may leave the
schema once the day in its line has passed, which is six months or more after its deprecation.
What was never written down, or was taken out again, is seen beside the last release
(`schema/releases.py`).
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

from graphql import GraphQLSchema, build_schema

from schema import sdl

RECORD = Path(__file__).with_name("deprecations.csv")
# How `schema.nodes.GOES` ends every reason.
GOES = re.compile(r"after (\d{4}-\d{2}-\d{2})")
MONTHS = 6
YEAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Deprecation:
    """When a coordinate, as `CardUsage.rating`, was deprecated, and its last sure day."""

    coordinate: str
    since: date
    goes_after: date


@cache
def read_deprecations() -> tuple[Deprecation, ...]:
    """Give the committed record."""
    return tuple(parse_deprecations(RECORD.read_text(encoding="utf-8")))


def parse_deprecations(text: str) -> list[Deprecation]:
    return [
        Deprecation(
            coordinate=row["coordinate"],
            since=date.fromisoformat(row["deprecated"]),
            goes_after=date.fromisoformat(row["goes_after"]),
        )
        for row in csv.DictReader(text.splitlines())
    ]


def read_end(reason: str) -> date | None:
    """Give the last day that a reason promises."""
    found = GOES.search(reason)
    return None if found is None else date.fromisoformat(found.group(1))


def deprecated_coordinates(schema: GraphQLSchema) -> dict[str, str]:
    """Give each deprecated coordinate of a schema, and why it goes."""
    return {
        coordinate: found.deprecation_reason
        for coordinate, found in coordinates(schema)
        if found.deprecation_reason is not None
    }


def find_broken_promises(
    schema: GraphQLSchema, record: Sequence[Deprecation], today: date
) -> list[str]:
    """Say what of a schema does not keep the record: gone too early, or not written down."""
    there = {coordinate for coordinate, _ in coordinates(schema)}
    known = {one.coordinate: one for one in record}
    early = [
        f"{one.coordinate} is gone before {one.goes_after} has passed; bring it back"
        for one in record
        if one.coordinate not in there and today <= one.goes_after
    ]
    short = [
        f"{one.coordinate} goes after {one.goes_after}, less than {MONTHS} months after {one.since}"
        for one in record
        if one.goes_after < months_after(one.since)
    ]
    unwritten = [
        f"{coordinate} says {reason!r}, and schema/deprecations.csv does not say the same"
        for coordinate, reason in deprecated_coordinates(schema).items()
        if coordinate not in known or known[coordinate].goes_after != read_end(reason)
    ]
    return [*early, *short, *unwritten]


def months_after(day: date, months: int = MONTHS) -> date:
    """Give the same day so many months later, or the last of that month."""
    years, month = divmod(day.month - 1 + months, YEAR)
    for back in range(4):
        try:
            return date(day.year + years, month + 1, day.day - back)
        except ValueError:
            continue
    raise AssertionError


def coordinates(schema: GraphQLSchema) -> Iterator[tuple[str, Any]]:
    """Give each field, argument, input field and enum value by its coordinate."""
    for kind in schema.type_map.values():
        if kind.name.startswith("__"):
            continue
        members = getattr(kind, "fields", None) or getattr(kind, "values", {})
        for name, member in cast("Mapping[str, Any]", members).items():
            yield f"{kind.name}.{name}", member
            for argument, given in getattr(member, "args", {}).items():
                yield f"{kind.name}.{name}({argument}:)", given


def check_promises(today: date) -> list[str]:
    """Say what of the committed schema does not keep the committed record."""
    return find_broken_promises(build_schema(sdl.printed_sdl()), read_deprecations(), today)
