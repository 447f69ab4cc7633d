"""Which row of the specification each test proves: `--rows` prints them, `--rows-write` keeps them.

After a whole run, `pytest --rows-write` brings docs/features.md up to date: the state of each row
and the first of the tests that prove it.
"""

import re
from collections import defaultdict
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest

FEATURES = Path(__file__).resolve().parent.parent / "docs" / "features.md"
ROW = re.compile(r"^\| ([A-Z]{2,3}-\d+) \|", re.MULTILINE)
LINE = re.compile(r"^\| ([A-Z]{2,3}-\d+) \| (.*) \| (?:open|proved) \|.*\|$", re.MULTILINE)

_collected: dict[str, dict[str, str]] = defaultdict(dict)


def known(features: Path = FEATURES) -> list[str]:
    """Give the ids of all rows, in the order of the page."""
    return ROW.findall(features.read_text())


def pytest_addoption(parser: pytest.Parser) -> None:
    rows = parser.getgroup("rows of the specification")
    rows.addoption("--rows", action="store_true", help="print each row's state")
    rows.addoption("--rows-write", action="store_true", help="write each row's state to its page")
    rows.addoption("--rows-page", default=FEATURES, help="the page of the rows")


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
    page = Path(str(config.getoption("--rows-page")))
    if config.getoption("--rows"):
        terminalreporter.section("rows of the specification")
        for line in told(known(page), _collected):
            terminalreporter.write_line(line)
    if config.getoption("--rows-write"):
        page.write_text(written(page.read_text(), _collected))


def told(rows: list[str], collected: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Give a line for each row, and one that counts them."""
    counts = {"pass": 0, "fail": 0, "absent": 0}
    lines: list[str] = []
    for row in rows:
        state, tests = _state(collected.get(row, {}))
        counts[state] += 1
        lines.append(" ".join((row, state, *tests)))
    return [*lines, ", ".join(f"{n} {state}" for state, n in counts.items())]


def written(page: str, collected: Mapping[str, Mapping[str, str]]) -> str:
    """Give the page with every row `proved` by its first test, or `open`."""

    def line(found: re.Match[str]) -> str:
        row, capability = found.groups()
        state, tests = _state(collected.get(row, {}))
        if state != "pass":
            return f"| {row} | {capability} | open | |"
        return f"| {row} | {capability} | proved | `{tests[0].removeprefix('tests/')}` |"

    return LINE.sub(line, page)


def _state(outcomes: Mapping[str, str]) -> tuple[str, list[str]]:
    """A row passes when a test of it ran and none failed; skipped tests prove nothing."""
    failed = _tests(outcomes, "failed")
    passed = _tests(outcomes, "passed")
    if failed:
        return "fail", failed
    return ("pass", passed) if passed else ("absent", [])


def _tests(outcomes: Mapping[str, str], wanted: str) -> list[str]:
    """Give the tests with this outcome, each once however many parameters it ran with."""
    return sorted({test.partition("[")[0] for test, got in outcomes.items() if got == wanted})
