"""Two sizes of a test: a small one for every change, and the row's own in the long lane."""

from collections.abc import Sequence

import pytest


def short_and_full(name: str, short: object, full: object) -> pytest.MarkDecorator:
    """Give `name` both values; the second in `make test-full` alone."""
    return pytest.mark.parametrize(name, [short, pytest.param(full, marks=pytest.mark.long)])


def every_second_is_long(cases: Sequence[object]) -> list[object]:
    """Leave every second case to `make test-full`."""
    return [
        pytest.param(case, marks=[pytest.mark.long] if n % 2 else [])
        for n, case in enumerate(cases)
    ]
