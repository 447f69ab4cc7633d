"""The hybrid logical clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clock import DRIFT_MS, HybridTimestamp, bound_drift, parse_timestamp, receive, tick
from domain.errors import InvalidInput

NOW = 1_764_000_000_000
YEAR_MS = 365 * 86_400_000
stamps = st.builds(HybridTimestamp, st.integers(0, 10**14), st.integers(0, 10**6), st.just("phone"))


@given(stamps, st.integers(0, 10**14))
def test_a_tick_is_always_later(last: HybridTimestamp, now: int) -> None:
    assert tick(last, now) > last


@given(stamps)
def test_a_stamp_reads_back(stamp: HybridTimestamp) -> None:
    assert parse_timestamp(str(stamp)) == stamp


@given(stamps, stamps)
def test_hearing_is_above_what_was_heard_within_the_drift(
    last: HybridTimestamp, remote: HybridTimestamp
) -> None:
    now = remote.ms
    assert receive(last, remote, now).ms >= now
    assert receive(last, remote, now) > last


def test_a_phone_a_year_ahead_counts_as_of_now() -> None:
    assert bound_drift(HybridTimestamp(NOW + YEAR_MS, 7, "phone"), NOW) == HybridTimestamp(
        NOW, 0, "phone"
    )


def test_a_small_lead_is_kept() -> None:
    stamp = HybridTimestamp(NOW + DRIFT_MS, 3, "phone")
    assert bound_drift(stamp, NOW) == stamp


def test_what_is_no_stamp_is_refused() -> None:
    with pytest.raises(InvalidInput):
        parse_timestamp("yesterday")
