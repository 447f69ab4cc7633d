"""Collects what each test says of rows: `--rows` prints their states, `--rows-write` their page.

A test says `@pytest.mark.row("MA-5")`, and for a row that it shows only in part what is missing:
`@pytest.mark.row("PI-1", missing="a report carries no photo")`. A row whose acceptance test holds a
figure to measure is proved only where a test says which it compares, `figure="p95 < 5 s"`, or where
a bar of the benchmarks does (`bench/rows.py`).
"""

from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import pytest

from tests.rows import bars
from tests.rows.page import page
from tests.rows.states import Claim, State, judged
from tests.rows.text import ROOT, TEXT, Row, rows

FEATURES = ROOT / "docs" / "features.md"
MARKED = pytest.StashKey[list[Claim]]()
FILES = pytest.StashKey[set[Path]]()

# What the tests of this run said of rows, and how each ended.
_reported: dict[Claim, set[str]] = defaultdict(set)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("rows of the specification")
    group.addoption("--rows", action="store_true", help="print each row's state in this run")
    group.addoption("--rows-write", action="store_true", help="write each row's state to its page")
    group.addoption("--rows-text", default=TEXT, help="the text of the rows")
    group.addoption("--rows-page", default=FEATURES, help="the page of the rows")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the marks of all tests, before those that do not run here are taken out."""
    config.stash[MARKED] = [claim for item in items for claim in claimed(item)]
    config.stash[FILES] = {item.path for item in items}
    if config.getoption("--rows-write"):
        known = rows(Path(str(config.getoption("--rows-text"))))
        made = page(known, judged(known, [*config.stash[MARKED], *bars.claims()]))
        Path(str(config.getoption("--rows-page"))).write_text(made)


def claimed(item: pytest.Item) -> list[Claim]:
    """Give what a test's marks say, however many parameters it runs with."""
    return [
        Claim(
            row=row,
            by=item.nodeid.partition("[")[0].removeprefix("tests/"),
            missing=mark.kwargs.get("missing"),
            figure="figure" in mark.kwargs,
        )
        for mark in item.iter_markers("row")
        for row in mark.args
    ]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" or not report.passed:
        # Plain values, so that they travel from the workers of a run that is shared out.
        report.user_properties += [("row", asdict(claim)) for claim in claimed(item)]
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for name, said in report.user_properties:
        if name == "row":
            _reported[Claim(**cast("dict[str, Any]", said))].add(report.outcome)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:  # noqa: ANN401
    if config.getoption("--rows"):
        known = rows(Path(str(config.getoption("--rows-text"))))
        terminalreporter.section("rows of the specification")
        for line in told(known, _reported, bars.claims()):
            terminalreporter.write_line(line)


def told(
    known: Sequence[Row], reported: Mapping[Claim, set[str]], barred: Iterable[Claim]
) -> list[str]:
    """Give a line for each row, and one that counts them; skipped tests prove nothing."""
    passed = [c for c, ends in reported.items() if c.missing or ends & {"passed"}]
    failed: dict[str, set[str]] = defaultdict(set)
    for claim, ends in reported.items():
        if "failed" in ends:
            failed[claim.row].add(claim.by)
    verdicts = judged(known, [*passed, *barred])
    counts: Counter[str] = Counter()
    lines: list[str] = []
    for row in known:
        verdict, broken = verdicts[row.id], sorted(failed[row.id])
        state = "failed" if broken else verdict.state
        counts[state] += 1
        why = broken or (["; ".join(verdict.missing)] if verdict.missing else verdict.by)
        lines.append(" ".join((row.id, state, *why)))
    return [*lines, ", ".join(f"{counts[state]} {state}" for state in (*State, "failed"))]
