"""The hybrid logical clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clock import DRIFT_MS, Stamp, bounded, heard, parsed, ticked
from domain.errors import InvalidInput

NOW = 1_764_000_000_000
YEAR_MS = 365 * 86_400_000
stamps = st.builds(Stamp, st.integers(0, 10**14), st.integers(0, 10**6), st.just("phone"))


@given(stamps, st.integers(0, 10**14))
def test_a_tick_is_always_later(last: Stamp, now: int) -> None:
    assert ticked(last, now) > last


@given(stamps)
def test_a_stamp_reads_back(stamp: Stamp) -> None:
    assert parsed(str(stamp)) == stamp


@given(stamps, stamps)
def test_hearing_is_above_what_was_heard_within_the_drift(last: Stamp, remote: Stamp) -> None:
    now = remote.ms
    assert heard(last, remote, now).ms >= now
    assert heard(last, remote, now) > last


def test_a_phone_a_year_ahead_counts_as_of_now() -> None:
    assert bounded(Stamp(NOW + YEAR_MS, 7, "phone"), NOW) == Stamp(NOW, 0, "phone")


def test_a_small_lead_is_kept() -> None:
    stamp = Stamp(NOW + DRIFT_MS, 3, "phone")
    assert bounded(stamp, NOW) == stamp


def test_what_is_no_stamp_is_refused() -> None:
    with pytest.raises(InvalidInput):
        parsed("yesterday")
