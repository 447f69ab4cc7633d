"""Counters that only events move: what they can never say."""

from typing import Any

import pytest

from domain.errors import InvalidInput
from domain.usage import Usage


@pytest.mark.row("CA-29")
@pytest.mark.parametrize(
    "wrong",
    [
        {"matched": -1},
        {"used": -1},
        {"used": 1, "successes": -1},
        {"used": 1, "failures": -1},
        {"used": 189, "successes": 178, "failures": 12},
        {"actual_minutes": -1},
        {"estimated_minutes": -1},
        {"ratings": (3,) * 101},
        {"ratings": (0,)},
        {"ratings": (5, 6)},
    ],
)
def test_impossible_counters_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        Usage(**wrong)
