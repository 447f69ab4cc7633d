"""Figures over cases, against scikit-learn and against what can be counted by hand."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from bench.bars import gain_bar
from domain.model_runs import ModelFigure
from gnn.case_figures import mean_figure, paired_difference, ratio_figure, with_interval


@pytest.mark.row("EVL-1", missing="f1_macro, precision@k and recall@k are not measured")
def test_micro_f1_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    right, told = rng.random((2, 200, 7)) < 0.3
    both = (right & told).sum(axis=1)
    figure = ratio_figure(2 * both, right.sum(axis=1) + told.sum(axis=1))
    assert figure.value == pytest.approx(f1_score(right, told, average="micro"))


def test_interval_is_over_groups() -> None:
    values = [1.0] * 50 + [0.0] * 50
    alone = with_interval(mean_figure(values))
    together = with_interval(mean_figure(values, ["a"] * 50 + ["b"] * 50))
    assert (alone.low > 0.39, alone.high < 0.61) == (True, True)
    assert (together.low, together.high) == (0.0, 1.0)


def test_pairs_are_drawn_together() -> None:
    own = mean_figure(np.arange(100.0))
    found = paired_difference(mean_figure(np.arange(100.0) + 1), own)
    assert [found.value, found.low, found.high] == pytest.approx([1.0, 1.0, 1.0])


def test_ratio_over_nothing_is_no_number() -> None:
    assert np.isnan(ratio_figure([0.0], [0.0]).value)
    assert np.isnan(with_interval(mean_figure([])).value)


@pytest.mark.parametrize(
    ("value", "low", "passed"),
    [(0.03, 0.01, True), (0.03, 0.0, False), (0.03, np.nan, False), (0.019, 0.01, False)],
)
def test_gain_passes_where_its_interval_does(value: float, low: float, *, passed: bool) -> None:
    gain = ModelFigure(value=value, low=low, high=0.05, cases=100)
    assert gain_bar("gnn_gain_ndcg5", gain, 0.02).passed is passed
