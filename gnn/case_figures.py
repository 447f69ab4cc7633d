"""Figures of a model, case by case, so that two models are compared on the same cases.

A figure is a ratio of sums over cases: a mean (`below` is 1), a precision, a recall, a micro-F1.
Its interval is a bootstrap over groups of cases that belong together (a vehicle, a campaign).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from domain.model_runs import ModelFigure

ROUNDS = 1_000
INTERVAL = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class CaseFigure:
    """One figure: `above` and `below` [cases], `groups` [cases] by number."""

    above: NDArray[np.float64]
    below: NDArray[np.float64]
    groups: NDArray[np.int64]

    @property
    def value(self) -> float:
        return float(_ratio(self.above.sum(), self.below.sum()))


def mean_figure(values: ArrayLike, groups: Sequence[object] | None = None) -> CaseFigure:
    """Give the mean of a value of each case [cases]."""
    above = np.asarray(values, dtype=np.float64)
    return ratio_figure(above, np.ones_like(above), groups)


def ratio_figure(
    above: ArrayLike, below: ArrayLike, groups: Sequence[object] | None = None
) -> CaseFigure:
    """Give a sum over another one; `groups` tells which cases belong together, None: each alone."""
    over = np.asarray(above, dtype=np.float64)
    numbers = (
        np.arange(len(over))
        if groups is None
        else np.unique(np.asarray(groups, dtype=str), return_inverse=True)[1]
    )
    return CaseFigure(over, np.asarray(below, dtype=np.float64), numbers.astype(np.int64))


def with_interval(figure: CaseFigure, seed: int = 0) -> ModelFigure:
    """Give a figure with its 95 % interval."""
    weights = _draws(figure.groups, seed)
    return _measured(figure.value, _resampled(figure, weights), len(figure.above))


def paired_difference(own: CaseFigure, other: CaseFigure, seed: int = 0) -> ModelFigure:
    """Give how much a figure is above another model's on the same cases, drawn together."""
    weights = _draws(own.groups, seed)
    found = _resampled(own, weights) - _resampled(other, weights)
    return _measured(own.value - other.value, found, len(own.above))


def all_with_intervals(figures: Mapping[str, CaseFigure], seed: int = 0) -> dict[str, ModelFigure]:
    return {name: with_interval(figure, seed) for name, figure in figures.items()}


def _draws(groups: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Give how often each group is drawn [rounds, groups]."""
    count = int(groups.max()) + 1 if len(groups) else 1
    return np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), ROUNDS)


def _resampled(figure: CaseFigure, weights: NDArray[np.int64]) -> NDArray[np.float64]:
    sums = [
        np.bincount(figure.groups, weights=part, minlength=weights.shape[1])
        for part in (figure.above, figure.below)
    ]
    above, below = (weights @ part for part in sums)  # [rounds] each
    return _ratio(above, below)


def _ratio(above: ArrayLike, below: ArrayLike) -> NDArray[np.float64]:
    """Give a ratio; of nothing it is no number, which no gate lets pass."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.divide(np.asarray(above, np.float64), np.asarray(below, np.float64))


def _measured(value: float, found: NDArray[np.float64], cases: int) -> ModelFigure:
    known = found[np.isfinite(found)]
    low, high = np.percentile(known, INTERVAL) if len(known) else (np.nan, np.nan)
    return ModelFigure(value=value, low=float(low), high=float(high), cases=cases)
