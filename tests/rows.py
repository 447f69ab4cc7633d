"""Which row of the specification each test proves: `pytest --rows` prints them after the run."""

import re
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

FEATURES = Path(__file__).resolve().parent.parent / "docs" / "features.md"
ROW = re.compile(r"^\| ([A-Z]{2,3}-\d+) \|", re.MULTILINE)

_collected: dict[str, dict[str, str]] = defaultdict(dict)


def known() -> list[str]:
    """Give the ids of all rows, in the order of docs/features.md."""
    return ROW.findall(FEATURES.read_text())


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rows", action="store_true", help="print each specification row's state")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" or not report.passed:
        rows = [row for mark in item.iter_markers("row") for row in mark.args]
        report.user_properties += [("row", row) for row in rows]
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for name, row in report.user_properties:
        if name == "row":
            _collected[str(row)][report.nodeid] = report.outcome


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:  # noqa: ANN401
    if not config.getoption("--rows"):
        return
    counts = {"pass": 0, "fail": 0, "absent": 0}
    terminalreporter.section("rows of the specification")
    for row in known():
        state, tests = _state(_collected.get(row, {}))
        counts[state] += 1
        terminalreporter.write_line(f"{row} {state} {' '.join(tests)}".rstrip())
    terminalreporter.write_line(", ".join(f"{n} {state}" for state, n in counts.items()))


def _state(outcomes: dict[str, str]) -> tuple[str, list[str]]:
    """A row passes when a test of it ran and none failed; skipped tests prove nothing."""
    failed = [test for test, outcome in outcomes.items() if outcome == "failed"]
    passed = [test for test, outcome in outcomes.items() if outcome == "passed"]
    if failed:
        return "fail", failed
    return ("pass", passed) if passed else ("absent", [])
