"""What is deprecated and stands in the record stays for six months."""

from datetime import UTC, date, datetime

import pytest
from graphql import build_schema

from schema import deprecations
from schema.deprecations import Deprecation, find_broken_promises, months_after

SCHEMA = """
type Query {
  make: String
  old: Int @deprecated(reason: "Read `make`. It goes after 2027-06-30.")
}
"""
SINCE, LAST = date(2026, 11, 28), date(2027, 6, 30)
GONE = Deprecation(coordinate="Query.gone", since=SINCE, goes_after=LAST)
OLD = Deprecation(coordinate="Query.old", since=SINCE, goes_after=LAST)


@pytest.mark.row("AP-4")
def test_the_committed_schema_keeps_its_promises() -> None:
    assert deprecations.check_promises(datetime.now(UTC).date()) == []


@pytest.mark.row("AP-4")
def test_no_recorded_field_may_be_taken_out_yet() -> None:
    record = deprecations.read_deprecations()
    found = find_broken_promises(build_schema("type Query { make: String }"), record, LAST)
    said = "is gone before 2027-06-30 has passed; bring it back"
    assert found == [f"{one.coordinate} {said}" for one in record]


@pytest.mark.row("AP-4")
def test_a_field_stays_until_its_day_has_passed() -> None:
    built = build_schema(SCHEMA)
    said = "Query.gone is gone before 2027-06-30 has passed; bring it back"
    assert find_broken_promises(built, [GONE, OLD], LAST) == [said]
    assert find_broken_promises(built, [GONE, OLD], date(2027, 7, 1)) == []


@pytest.mark.row("AP-4")
def test_a_deprecation_lasts_six_months() -> None:
    short = Deprecation(coordinate="Query.old", since=date(2027, 1, 1), goes_after=LAST)
    assert find_broken_promises(build_schema(SCHEMA), [short], SINCE) == [
        "Query.old goes after 2027-06-30, less than 6 months after 2027-01-01"
    ]


@pytest.mark.row("AP-4")
def test_a_deprecation_is_written_down() -> None:
    [said] = find_broken_promises(build_schema(SCHEMA), [], SINCE)
    assert said.startswith("Query.old says 'Read `make`.")


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 11, 28), date(2027, 5, 28)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2026, 6, 30), date(2026, 12, 30)),
    ],
)
def test_six_months_end_in_their_month(day: date, later: date) -> None:
    assert months_after(day) == later
