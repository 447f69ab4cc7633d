"""What the stores of a run wrote last."""

from collections.abc import Iterable
from pathlib import Path

import pytest

LINES = 6
# The logs of the run's own stores, once they are started.
LOGS = pytest.StashKey[list[Path]]()


def tails(logs: Iterable[Path]) -> list[str]:
    """Give the last lines of each log that has any."""
    found: list[str] = []
    for log in logs:
        lines = log.read_text(errors="replace").splitlines() if log.is_file() else []
        found += [f"{log.name}: {line[:200]}" for line in lines[-LINES:]]
    return found
