"""How good a ranking is: hits, reciprocal rank, gain, calibration, intervals, a paired test.

A rank is the place (from 1) of the first right answer, 0 when it was not found. Intervals are
percentile bootstraps (Efron 1979), drawn by group when answers of one group are not independent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESAMPLES = 10_000
LEVEL = 0.95
METRIC_DEPTH = 5


@dataclass(frozen=True, slots=True)
class IntervalEstimate:
    """A mean with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRanking:
    """One ranked list as it was judged, best place first.

    Attributes:
        gains: what each card of the list was worth, 0 for a wrong one.
        fixed: whether the first card mended the vehicle at the first try; None: nobody tried it.
    """

    gains: tuple[float, ...]
    fixed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingMetrics:
    """What the specification measures of a ranker; without a try there is no rate."""

    ndcg_at_5: float
    mrr: float
    first_time_fix_rate: float | None


def ranking_metrics(lists: Sequence[JudgedRanking]) -> RankingMetrics:
    """Give the means over at least one list; only first cards that were tried make the rate."""
    tried = [one.fixed for one in lists if one.fixed is not None]
    ranks = [_first_gain(one.gains) for one in lists]
    return RankingMetrics(
        ndcg_at_5=sum(ndcg(one.gains, METRIC_DEPTH) for one in lists) / len(lists),
        mrr=float(reciprocal_ranks(ranks).mean()),
        first_time_fix_rate=sum(tried) / len(tried) if tried else None,
    )


def rank_of(ranking: Sequence[str], right: frozenset[str]) -> int:
    """Give the place of the first right answer, 0 when there is none."""
    return next((i for i, card in enumerate(ranking, start=1) if card in right), 0)


def reciprocal_ranks(ranks: Sequence[int]) -> Floats:
    """Give 1 / rank for each question, 0 where nothing was found; their mean is the MRR."""
    values = np.asarray(ranks, dtype=np.float64)
    return np.divide(1.0, values, out=np.zeros_like(values), where=values > 0)


def hits_at(ranks: Sequence[int], k: int) -> Floats:
    """Give 1 where the right answer is among the first `k`, else 0; their mean is hit@k."""
    values = np.asarray(ranks)
    return ((values > 0) & (values <= k)).astype(np.float64)


def ndcg(gains: Sequence[float], k: int) -> float:
    """Give the normalised discounted cumulative gain of one ranking's gains, in 0..1.

    DCG = Σ (2^gain − 1) / log2(place + 1) (Burges et al. 2005); 0 when no answer has gain.
    """
    best = _discounted_gain(sorted(gains, reverse=True)[:k])
    return _discounted_gain(list(gains)[:k]) / best if best > 0 else 0.0


def calibration_error(confidence: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Give the expected calibration error: Σ share of bin × |mean confidence − accuracy|."""
    sure, truth = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    edges = np.linspace(0.0, 1.0, bins + 1)
    error = 0.0
    for low, high in pairwise(edges):
        inside = (sure > low) & (sure <= high) if low > 0 else sure <= high
        if inside.any():
            error += inside.mean() * abs(sure[inside].mean() - truth[inside].mean())
    return float(error)


def estimate_mean(
    values: Floats, groups: Sequence[str] | None = None, seed: int = 0
) -> IntervalEstimate:
    """Give the mean and its interval, resampling whole groups when groups are named."""
    means = _resample_means(values, groups, np.random.default_rng(seed))
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return IntervalEstimate(float(values.mean()), float(low), float(high))


def paired_p(one: Floats, other: Floats, seed: int = 0) -> float:
    """Give the two-sided p of a paired randomisation test on the difference of means.

    Each pair's sign is flipped at random (Fisher 1935); (1 + as extreme) / (1 + draws).
    """
    difference = one - other
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(RESAMPLES, len(difference)))
    drawn = np.abs((signs * difference).mean(axis=1))
    extreme = int((drawn >= abs(difference.mean()) - 1e-12).sum())
    return (1 + extreme) / (1 + RESAMPLES)


def _first_gain(gains: Sequence[float]) -> int:
    return next((place for place, gain in enumerate(gains, start=1) if gain > 0), 0)


def _discounted_gain(gains: Sequence[float]) -> float:
    places = np.arange(2, len(gains) + 2)
    return float(((2.0 ** np.asarray(gains, dtype=np.float64) - 1) / np.log2(places)).sum())


def _resample_means(
    values: Floats, groups: Sequence[str] | None, random: np.random.Generator
) -> Floats:
    names = np.asarray(groups if groups is not None else range(len(values)))
    _, which = np.unique(names, return_inverse=True)
    sums = np.bincount(which, weights=values)
    sizes = np.bincount(which)
    drawn = random.integers(0, len(sums), size=(RESAMPLES, len(sums)))
    return sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
