"""What the network adds to a ranker that has everything else: nDCG@5 with and without its scores.

LambdaMART (LightGBM) over the peers' scores, fitted on the validation and calibration sides, which
the network has not learnt from; measured on the test side, on the same cases, with a bootstrap over
vehicles. Candidates are the best of each way that both rankers have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import lightgbm
import numpy as np
from numpy.typing import NDArray

from gnn.case_figures import CaseFigure, mean_figure, paired_difference, with_interval
from gnn.ticket_cases import gain
from gnn.ticket_learner import RankedCase

Floats = NDArray[np.float64]
BEST_OF_EACH = 20
SHAPE = {
    "objective": "lambdarank",
    "num_leaves": 15,
    "min_data_in_leaf": 50,
    "learning_rate": 0.08,
    "lambdarank_truncation_level": 8,
    "seed": 0,
    "num_threads": 1,
    "verbose": -1,
}
ROUNDS = 120


@dataclass(frozen=True, slots=True)
class ScoredCases:
    """Cases, and for each way the scores [cards] of each."""

    cases: Sequence[RankedCase]
    ways: Mapping[str, Sequence[Floats]]

    def with_network(self) -> "ScoredCases":
        """Give the same with both scores of the network."""
        own = {
            "network both": [one.both for one in self.cases],
            "network path": [one.path for one in self.cases],
        }
        return ScoredCases(self.cases, {**self.ways, **own})


def told_gain(fitted: ScoredCases, tested: ScoredCases) -> str:
    """Fit both rankers, and say how far they lie apart, in all and where the card was unused."""
    without = ranked_gains(fitted, tested)
    beside = ranked_gains(fitted.with_network(), tested.with_network())
    groups = [one.case.repair.vehicle or one.case.repair.ticket for one in tested.cases]
    own, other = mean_figure(beside, groups), mean_figure(without, groups)
    cold = np.array([float(one.uses == 0) for one in tested.cases])
    told = [
        f"LambdaMART without the network {with_interval(other)}",
        f"with it {with_interval(own)}; difference {paired_difference(own, other)}",
    ]
    if cold.sum() > 1:
        parts = [CaseFigure(one * cold, cold, own.groups) for one in (beside, without)]
        told.append(f"cold: difference {paired_difference(parts[0], parts[1])}, {cold.sum():.0f}")
    return "\n".join(told)


def ranked_gains(fitted: ScoredCases, tested: ScoredCases) -> Floats:
    """Fit a ranker on some cases and give nDCG@5 of each other one."""
    rows, right, sizes = _table(fitted)
    data = lightgbm.Dataset(rows, right, group=sizes)
    model = lightgbm.train(SHAPE, data, ROUNDS)
    found = list[float]()
    for place, one in enumerate(tested.cases):
        cards = candidates(tested, place)
        scores = np.full(len(one.both), -np.inf)
        scores[cards] = np.asarray(model.predict(_features(tested, place, cards)), dtype=float)
        found.append(gain(scores, one.case.card) if one.case.card in cards else 0.0)
    return np.array(found)


def candidates(scored: ScoredCases, place: int) -> NDArray[np.int64]:
    """Give the cards that stand best by a way of the peers: the network finds none of its own."""
    best = [
        np.argsort(-scores[place], kind="stable")[:BEST_OF_EACH]
        for name, scores in scored.ways.items()
        if not name.startswith("network")
    ]
    cards = np.unique(np.concatenate(best))
    return cards[np.isfinite(scored.cases[place].both[cards])]


def _features(scored: ScoredCases, place: int, cards: NDArray[np.int64]) -> Floats:
    """Give [cards, 2 ways]: each score, and how far it is behind the best of the case."""
    values = np.stack([scores[place][cards] for scores in scored.ways.values()], axis=1)
    return np.concatenate([values, values.max(axis=0) - values], axis=1)


def _table(scored: ScoredCases) -> tuple[Floats, NDArray[np.int64], list[int]]:
    rows, right, sizes = list[Floats](), list[NDArray[np.int64]](), list[int]()
    for place, one in enumerate(scored.cases):
        cards = candidates(scored, place)
        if one.case.card in cards:
            rows.append(_features(scored, place, cards))
            right.append((cards == one.case.card).astype(np.int64))
            sizes.append(len(cards))
    return np.concatenate(rows), np.concatenate(right), sizes
