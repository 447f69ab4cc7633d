"""How good a ranking is, against values worked by hand."""

from math import log2

import numpy as np
import pytest

from matching.quality import (
    IntervalEstimate,
    JudgedRanking,
    RankingMetrics,
    calibration_error,
    estimate_mean,
    hits_at,
    ndcg,
    paired_p,
    rank_of,
    ranking_metrics,
    reciprocal_ranks,
)

RANKS = [1, 3, 0, 2, 11]


@pytest.mark.parametrize(
    ("ranking", "rank"), [(["a", "b", "c"], 2), (["b", "c"], 1), (["x"], 0), ([], 0)]
)
def test_rank_of_the_first_right(ranking: list[str], rank: int) -> None:
    assert rank_of(ranking, frozenset({"b", "c"})) == rank


def test_hits_among_the_first() -> None:
    assert hits_at(RANKS, 1).tolist() == [1, 0, 0, 0, 0]
    assert hits_at(RANKS, 3).tolist() == [1, 1, 0, 1, 0]


def test_mean_reciprocal_rank() -> None:
    assert reciprocal_ranks(RANKS).tolist() == pytest.approx([1, 1 / 3, 0, 1 / 2, 1 / 11])


@pytest.mark.parametrize(
    ("gains", "k", "value"),
    [
        ([3, 2, 0], 3, 1.0),
        ([0, 1], 2, 1 / log2(3)),
        ([2, 3], 2, (3 + 7 / log2(3)) / (7 + 3 / log2(3))),
        ([0, 1], 1, 0.0),
        ([0, 0], 2, 0.0),
        ([], 5, 0.0),
    ],
)
def test_gain_by_hand(gains: list[float], k: int, value: float) -> None:
    assert ndcg(gains, k) == pytest.approx(value)


@pytest.mark.row("EVL-3")
def test_metrics_of_a_ranker_by_hand() -> None:
    """Four lists; the ideal order of the second is 3, 2, 1, and its sixth place counts nowhere."""
    lists = [
        JudgedRanking(gains=(1, 0, 0, 0, 0), fixed=True),
        JudgedRanking(gains=(0, 3, 0, 2, 1), fixed=False),
        JudgedRanking(gains=(0, 0, 0, 0, 0, 1)),
        JudgedRanking(gains=(0, 0), fixed=False),
    ]
    # 7 / log2 3 + 3 / log2 5 + 1 / log2 6 = 6.0954 of 7 + 3 / log2 3 + 1 / log2 4 = 9.3928.
    found = ranking_metrics(lists)
    assert found.ndcg_at_5 == pytest.approx((1 + 6.095386 / 9.392789 + 0 + 0) / 4, abs=1e-6)
    assert found.mrr == pytest.approx((1 + 1 / 2 + 1 / 6 + 0) / 4)
    assert found.first_time_fix_rate == pytest.approx(1 / 3)


@pytest.mark.row("EVL-3")
def test_without_a_try_there_is_no_rate() -> None:
    assert ranking_metrics([JudgedRanking(gains=(0, 1))]) == RankingMetrics(
        ndcg_at_5=1 / log2(3), mrr=0.5, first_time_fix_rate=None
    )


@pytest.mark.row("CA-17")
@pytest.mark.parametrize(
    ("confidence", "right", "error"),
    [
        ([1.0, 1.0], [True, True], 0.0),
        ([1.0, 1.0], [True, False], 0.5),
        ([0.0, 0.0], [True, True], 1.0),
        # Bins (.1, .2] and (.8, .9]: ½ × |.15 − 0| + ½ × |.85 − 1|.
        ([0.15, 0.85], [False, True], 0.15),
        # One bin: ¾ right at a mean of .75.
        ([0.75] * 4, [True, True, True, False], 0.0),
    ],
)
def test_calibration_by_hand(confidence: list[float], right: list[bool], error: float) -> None:
    assert calibration_error(confidence, right) == pytest.approx(error)


def test_estimate_is_repeatable() -> None:
    values = np.random.default_rng(1).normal(0.5, 0.1, 50)
    assert estimate_mean(values, seed=3) == estimate_mean(values, seed=3)
    assert estimate_mean(values, seed=3) != estimate_mean(values, seed=4)


def test_estimate_of_one_value() -> None:
    assert estimate_mean(np.ones(20)) == IntervalEstimate(1.0, 1.0, 1.0)


def test_interval_covers_the_truth() -> None:
    random = np.random.default_rng(7)
    found = [estimate_mean(random.normal(0.5, 0.2, 100), seed=n) for n in range(40)]
    assert sum(e.low <= 0.5 <= e.high for e in found) >= 34


def test_groups_widen_the_interval() -> None:
    values = np.repeat([0.0, 1.0, 0.0, 1.0], 25)
    groups = [str(n // 25) for n in range(100)]
    alone, grouped = estimate_mean(values), estimate_mean(values, groups)
    assert grouped.mean == alone.mean == 0.5
    assert grouped.high - grouped.low > 3 * (alone.high - alone.low)


def test_equal_rankings_do_not_differ() -> None:
    assert paired_p(np.ones(30), np.ones(30)) == 1.0


def test_better_everywhere_is_significant() -> None:
    assert paired_p(np.ones(30), np.zeros(30)) == pytest.approx(1 / 10_001)


def test_noise_is_not_significant() -> None:
    random = np.random.default_rng(5)
    one, other = random.normal(0, 1, 60), random.normal(0, 1, 60)
    assert paired_p(one, other) > 0.05
    assert paired_p(one, other, seed=2) == pytest.approx(paired_p(other, one, seed=2))
