"""What a failed test says beside its traceback: how to run it again, and what the stores wrote."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.logs import LOGS, tails

# What a failure says when a store or a process behind it is the cause.
BEHIND = ("does not answer", "Unavailable", "UNAVAILABLE", "LocalServiceError", "ConnectionRefused")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        seed = item.config.getoption("randomly_seed", None)
        order = "" if seed is None else f" -p randomly --randomly-seed={seed}"
        report.sections.append(("again", f"python -m pytest '{item.nodeid}'{order}"))
        if any(word in report.longreprtext for word in BEHIND):
            report.sections.append(
                ("stores", "\n".join(tails(item.config.stash.get(LOGS, list[Path]()))))
            )
    return report
