"""When a card is looked at again."""

import pytest

from domain.reviews import is_alarming
from domain.usage import Usage


@pytest.mark.parametrize(
    ("usage", "alarms"),
    [
        (Usage(matched=20, used=10, failures=10), False),
        (Usage(matched=21, used=10, failures=10), True),
        (Usage(matched=21), True),
        (Usage(matched=21, used=20, successes=20), False),
        (Usage(matched=500, used=400, successes=399, failures=1), False),
    ],
)
def test_alarms_from_21_matches(usage: Usage, alarms: bool) -> None:
    assert is_alarming(usage) is alarms
