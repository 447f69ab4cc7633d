"""What `battwheels train` takes out of the stores: which ranges it reads."""

from datetime import UTC, datetime

import pytest

from domain.errors import InvalidInput
from graph.repair_history import HistorySpan
from web.cli.train_data import parse_span

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def test_days_are_read_as_utc() -> None:
    assert parse_span("2026-01-31", "2026-02-01", NOW) == HistorySpan(
        datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC), NOW
    )


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("2026-02-31", "2026-03-01", "from: '2026-02-31' is no day such as 2026-01-31"),
        ("2026-02-01", "1" * 300, f"to: '{'1' * 20}' is no day such as 2026-01-31"),
        ("2026-02-01", "2026-02-01", "from: 2026-02-01 does not lie before 2026-02-01"),
    ],
)
def test_what_is_no_range_is_refused(since: str, until: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_span(since, until, NOW)
    assert str(refused.value) == said
