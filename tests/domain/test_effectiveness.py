"""How well a card works: the composite to the digit, and its interval against hand values."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.effectiveness import (
    EffectivenessMetrics,
    Timing,
    WilsonInterval,
    beta_mean,
    effectiveness_metrics,
    effectiveness_score,
    is_proven,
    observed_score,
    success_rate,
    wilson_interval,
)
from domain.usage import Usage

EXAMPLE = Usage(matched=234, used=189, successes=178, failures=11)
FULL = Usage(
    matched=10,
    used=8,
    successes=6,
    failures=2,
    ratings=(5, 4, 3),
    actual_minutes=120,
    estimated_minutes=90,
)


@pytest.mark.row("EF-1", "EF-2", "EF-3")
@pytest.mark.row("EF-4")
def test_metrics_of_known_counters() -> None:
    assert effectiveness_metrics(FULL) == EffectivenessMetrics(
        first_time_fix=0.75, acceptance=0.8, rating=0.8, timeliness=0.75
    )


@pytest.mark.row("EF-1", "EF-2", "EF-3", "EF-4")
def test_nothing_counted_gives_none() -> None:
    assert effectiveness_metrics(Usage()) == EffectivenessMetrics(
        first_time_fix=None, acceptance=None, rating=None, timeliness=None
    )


@pytest.mark.row("FE-8")
@pytest.mark.parametrize("fake", [1, 5])
@pytest.mark.parametrize("genuine", [(), (5,) * 3, (1, 4) * 25])
def test_ratings_decide_nothing(fake: int, genuine: tuple[int, ...]) -> None:
    """Fifty fakes move neither what is shown (0.7) nor what alerts (0.5)."""
    usage = replace(EXAMPLE, ratings=genuine)
    brigade = replace(EXAMPLE, ratings=(*genuine, *(fake,) * 50))
    assert (
        observed_score(brigade)
        == observed_score(usage)
        == pytest.approx(effectiveness_score(EXAMPLE))
    )


@pytest.mark.row("EF-6")
def test_composite_of_the_example() -> None:
    assert effectiveness_score(EXAMPLE) == pytest.approx(0.8930, abs=5e-5)


@pytest.mark.row("EF-6")
def test_composite_weighs_what_is_there() -> None:
    whole = 0.35 * 0.75 + 0.20 * 0.8 + 0.25 * 0.8 + 0.20 * 0.75
    assert effectiveness_score(FULL) == pytest.approx(whole / 1.00)


@pytest.mark.row("EF-4")
def test_literal_reading_leaves_time_out() -> None:
    without = 0.35 * 0.75 + 0.20 * 0.8 + 0.25 * 0.8
    assert effectiveness_score(FULL, Timing.IGNORED) == pytest.approx(without / 0.80)


@pytest.mark.row("EF-6")
@pytest.mark.parametrize(
    ("usage", "composite"),
    [
        (Usage(), 0.5),
        (Usage(matched=4), 0.0),
        (Usage(ratings=(5, 4)), 0.9),
        (Usage(used=4, successes=4), 1.0),
        (Usage(actual_minutes=50, estimated_minutes=100), 1.0),
        (Usage(actual_minutes=100, estimated_minutes=50), 0.5),
    ],
)
def test_composite_of_one_metric(usage: Usage, composite: float) -> None:
    assert effectiveness_score(usage) == pytest.approx(composite)


@pytest.mark.row("EF-6")
def test_only_time_read_literally() -> None:
    assert (
        effectiveness_score(Usage(actual_minutes=50, estimated_minutes=100), Timing.IGNORED) == 0.5
    )


@pytest.mark.row("EF-2")
def test_acceptance_is_at_most_one() -> None:
    assert effectiveness_metrics(Usage(matched=1, used=3)).acceptance == 1.0


@pytest.mark.row("EF-4")
@pytest.mark.parametrize(("actual", "timely"), [(30, 1.0), (60, 1.0), (90, 2 / 3), (120, 0.5)])
def test_slower_repairs_count_less(actual: int, timely: float) -> None:
    usage = Usage(actual_minutes=actual, estimated_minutes=60)
    assert effectiveness_metrics(usage).timeliness == pytest.approx(timely)


@pytest.mark.row("CA-24")
def test_success_rate_of_the_example() -> None:
    assert success_rate(EXAMPLE) == pytest.approx(0.9418, abs=5e-5)
    assert success_rate(Usage(matched=3)) is None


@pytest.mark.row("CA-24")
@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # The two roots p of (p − successes ÷ n)² = z² p (1 − p) ÷ n with z = 1.959964.
        (0, 10, 0.0, 0.277533),
        (10, 10, 0.722467, 1.0),
        (5, 10, 0.236593, 0.763407),
        (1, 1, 0.206549, 1.0),
        (178, 189, 0.898802, 0.967194),
    ],
)
def test_wilson_against_hand_values(successes: int, n: int, low: float, high: float) -> None:
    interval = wilson_interval(successes, n)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.row("CA-24")
def test_wilson_knows_nothing_of_none() -> None:
    assert wilson_interval(0, 0) == WilsonInterval(0.0, 1.0)


@pytest.mark.row("CA-24")
@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_proportion(counts: tuple[int, int]) -> None:
    successes, n = counts
    interval = wilson_interval(successes, n)
    assert 0 <= interval.low <= successes / n + 1e-12
    assert successes / n - 1e-12 <= interval.high <= 1


@pytest.mark.parametrize(("used", "believed"), [(4, False), (5, True)])
def test_five_uses_prove(used: int, believed: bool) -> None:
    assert is_proven(Usage(used=used)) is believed


@pytest.mark.parametrize(
    ("successes", "failures", "mean"), [(0, 0, 0.5), (2, 0, 0.75), (0, 2, 0.25), (3, 1, 4 / 6)]
)
def test_beta_prior_starts_even(successes: int, failures: int, mean: float) -> None:
    assert beta_mean(successes, failures) == pytest.approx(mean)
