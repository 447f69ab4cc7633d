"""Counters that only events move."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.usage import Usage
from tests.domain.samples import LATER, NOW


@pytest.mark.row("CA-29", "EF-5")
def test_each_event_moves_its_counter() -> None:
    usage = (
        Usage().shown().used_at(NOW).outcome(worked=True).rated(4).timed(actual=50, estimated=40)
    )
    assert usage == Usage(
        matched=1,
        used=1,
        successes=1,
        ratings=(4,),
        actual_minutes=50,
        estimated_minutes=40,
        last_used=NOW,
    )


@pytest.mark.row("CA-29")
def test_failed_outcome_counts_apart() -> None:
    assert Usage(used=2, successes=1).outcome(worked=False) == Usage(
        used=2, successes=1, failures=1
    )


@pytest.mark.row("CA-29")
def test_late_report_keeps_last_use() -> None:
    usage = Usage().used_at(LATER).used_at(LATER - timedelta(days=2))
    assert usage == Usage(used=2, last_used=LATER)


@pytest.mark.row("CA-29")
def test_outcomes_never_exceed_uses() -> None:
    with pytest.raises(InvalidInput, match="more outcomes than uses"):
        Usage(used=189, successes=178, failures=11).outcome(worked=True)


@pytest.mark.row("CA-29")
@pytest.mark.parametrize(
    "wrong",
    [
        {"matched": -1},
        {"used": -1},
        {"used": 1, "successes": -1},
        {"used": 1, "failures": -1},
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


@pytest.mark.row("EF-5")
def test_101st_rating_drops_the_first() -> None:
    hundred = (1, *(3,) * 99)
    assert Usage(ratings=hundred).rated(5) == Usage(ratings=(*(3,) * 99, 5))


@pytest.mark.row("EF-5")
@pytest.mark.parametrize("stars", [0, 6, -1])
def test_stars_are_one_to_five(stars: int) -> None:
    with pytest.raises(InvalidInput, match="rating"):
        Usage().rated(stars)


@pytest.mark.parametrize(("actual", "estimated"), [(0, 10), (10, 0), (100_001, 10)])
def test_durations_are_positive(actual: int, estimated: int) -> None:
    with pytest.raises(InvalidInput, match="Minutes"):
        Usage().timed(actual=actual, estimated=estimated)


@pytest.mark.row("CA-29")
@given(st.lists(st.sampled_from(["shown", "used", "worked", "failed"]), max_size=60))
def test_counters_recount_the_events(events: list[str]) -> None:
    usage = Usage()
    counted: dict[str, int] = dict.fromkeys(("shown", "used", "worked", "failed"), 0)
    for event in events:
        if (
            event in ("worked", "failed")
            and counted["worked"] + counted["failed"] >= counted["used"]
        ):
            continue
        counted[event] += 1
        usage = {
            "shown": usage.shown,
            "used": lambda u=usage: u.used_at(NOW),
            "worked": lambda u=usage: u.outcome(worked=True),
            "failed": lambda u=usage: u.outcome(worked=False),
        }[event]()
    assert replace(usage, last_used=None) == Usage(
        matched=counted["shown"],
        used=counted["used"],
        successes=counted["worked"],
        failures=counted["failed"],
    )
