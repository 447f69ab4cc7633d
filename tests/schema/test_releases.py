"""No field that was released goes without its notice, whatever else is changed with it."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest
from graphql import build_schema

from schema.deprecations import Deprecation
from schema.releases import (
    RELEASED,
    RELEASES,
    ReleasedSchema,
    check_releases,
    find_lost_fields,
    main,
    parse_releases,
    read_releases,
)
from tests.rows.text import ROOT

GOES = '@deprecated(reason: "Read `make`. It goes after 2027-06-30.")'
TEXT = f"type Query {{ make(model: String): String  old: Int {GOES} }}"
NOW = "type Query { make(model: String): String }"
LAST, AFTER = date(2027, 6, 30), date(2027, 7, 1)
RELEASE = ReleasedSchema(
    version="0.1.0",
    day=date(2026, 12, 1),
    sha256=sha256(TEXT.encode()).hexdigest(),
    text=TEXT,
)


def _lost(now: str, today: date, *record: Deprecation) -> list[str]:
    return find_lost_fields(build_schema(now), RELEASE, record, today)


def _line(coordinate: str, since: date, last: date = LAST) -> Deprecation:
    return Deprecation(coordinate=coordinate, since=since, goes_after=last)


@pytest.mark.row("AP-4")
def test_a_released_field_stays_its_six_months_without_a_line() -> None:
    assert _lost(NOW, LAST) == ["Query.old is gone before 2027-06-30 has passed; bring it back"]
    assert _lost(NOW, AFTER) == []


@pytest.mark.row("AP-4")
@pytest.mark.parametrize(
    ("now", "gone"),
    [
        (f"type Query {{ make: String  old: Int {GOES} }}", ["Query.make(model:)"]),
        (f"type Query {{ old: Int {GOES} }}", ["Query.make", "Query.make(model:)"]),
    ],
)
def test_a_field_never_deprecated_may_not_go(now: str, gone: list[str]) -> None:
    # A line that nobody was given, however old it says that it is, is no notice.
    forged = [_line(one, date(2026, 1, 1), date(2026, 8, 1)) for one in gone]
    said = [
        f"{one} of 0.1.0 is gone without a notice; "
        "bring it back, deprecate it, and take it away six months later"
        for one in gone
    ]
    assert _lost(now, AFTER, *forged) == said


@pytest.mark.row("AP-4")
def test_a_promised_day_does_not_come_nearer() -> None:
    nearer = _line("Query.old", date(2026, 11, 28), date(2027, 6, 1))
    assert _lost(TEXT, LAST, nearer) == [
        "Query.old goes after 2027-06-01; 0.1.0 promised 2027-06-30"
    ]


@pytest.mark.row("AP-4")
def test_a_notice_is_no_older_than_the_release_without_it() -> None:
    said = ["Query.make is deprecated since 2026-11-30; 0.1.0 did not say so"]
    assert _lost(TEXT, LAST, _line("Query.make", date(2026, 11, 30))) == said
    assert _lost(TEXT, LAST, _line("Query.make", date(2026, 12, 1))) == []


@pytest.mark.row("AP-4")
def test_a_changed_record_of_a_release_is_seen() -> None:
    changed = replace(RELEASE, text=NOW)
    assert find_lost_fields(build_schema(NOW), changed, [], LAST) == [
        "the schema of 0.1.0 is not the one that was released"
    ]


@pytest.mark.row("AP-4")
def test_each_released_field_is_held() -> None:
    released = read_releases()["schema.graphql"]
    empty = find_lost_fields(build_schema("type Query { a: Int }"), released, [], released.day)
    assert len(empty) == 1219
    assert main([]) is None


@pytest.mark.row("AP-4")
def test_every_release_of_the_history_is_kept() -> None:
    today = datetime.now(UTC).date()
    assert [said for one in _history() for said in check_releases(one, today)] == []


def _history() -> Iterator[dict[str, ReleasedSchema]]:
    """Give the releases as each commit kept them, so that no commit rewrites what was released."""
    for commit in _git("log", "--format=%H", "--", str(RELEASES)).split():
        names = _git("ls-tree", "--name-only", commit, f"{RELEASED}/").split()
        texts = {
            name.rpartition("/")[2]: _git("show", f"{commit}:./{name}")
            for name in names
            if name.endswith(".graphql")
        }
        record = _git("show", f"{commit}:./{RELEASES.relative_to(ROOT)}")
        yield parse_releases(record, texts)


def _git(*asked: str) -> str:
    """Give what git says here, nothing where the files came without their history."""
    program = shutil.which("git")
    if program is None:
        return ""
    done = subprocess.run(  # noqa: S603 - git on this folder alone
        [program, *asked], cwd=ROOT, capture_output=True, check=False, encoding="utf-8"
    )
    return done.stdout
