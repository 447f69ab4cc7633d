"""The fit of `matching/chance.json`: two logistic regressions, by Newton's method with a ridge.

The first tells of each card whether it is right, the second of each list whether the right card is
on it. The second is fitted on what the first tells of campaigns that it has not seen, since on
those that it has seen it is too sure.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from matching.chance import INTERCEPT, ChanceFit, Coefficients, sigmoid, weigh
from matching.chance_features import Features, list_features

Floats = NDArray[np.float64]

RIDGE, FOLDS, STEPS, SEED = 10.0, 10, 60, 7
# Cards of a list that are learned from: as many as are shown.
PLACES = 5
# Of the right cards that would be among five, so many stay.
KEPT = 0.880
MEANING = frozenset({"cosine", "cosine_margin", "cosine_above", "cosine_usual", "cosine_beyond"})
FILE = Path("matching/chance.json")


@dataclass(frozen=True, slots=True)
class JudgedList:
    """One answer: the features of its cards, best ranked first, and which of them are right.

    Attributes:
        gone: the right cards and their sisters were taken away.
        counts: whether it is one of the real cases that are measured.
    """

    features: Sequence[Features]
    right: Sequence[bool]
    gone: bool
    group: str
    name: str
    kind: str
    given: bool
    counts: bool = True

    @property
    def holds_right(self) -> bool:
        return any(self.right[:PLACES])


def folds(lists: Sequence[JudgedList]) -> Iterator[tuple[list[JudgedList], list[JudgedList]]]:
    """Give what to fit on and what to judge, ten times: no group is in both."""
    groups = sorted({one.group for one in lists})
    Random(SEED).shuffle(groups)
    part = {group: i % FOLDS for i, group in enumerate(groups)}
    for fold in range(FOLDS):
        yield (
            [one for one in lists if part[one.group] != fold],
            [one for one in lists if part[one.group] == fold],
        )


def fit_chances(lists: Sequence[JudgedList], left_out: frozenset[str] = frozenset()) -> ChanceFit:
    """Fit both on these lists; the limit keeps what has to be kept of what was not seen."""
    told: list[tuple[JudgedList, Features]] = []
    for seen, other in folds(lists):
        card = _fit_card(seen, left_out)
        told += [(one, whole_features(card, one)) for one in other if one.features]
    judged = [(one, told_of) for one, told_of in told if one.gone or one.holds_right]
    whole = _fit([f for _, f in judged], [not one.gone for one, _ in judged], left_out)
    present = [sigmoid(weigh(whole, f)) for one, f in judged if not one.gone and one.counts]
    limit = float(np.quantile(present, 1 - KEPT))
    return ChanceFit(_fit_card(lists, left_out), whole, limit)


def whole_features(card: Coefficients, one: JudgedList) -> Features:
    """Give the features of the list as the fit of a card tells them."""
    logits = [weigh(card, features) for features in one.features]
    return list_features(one.features, [sigmoid(z) for z in logits], logits)


def write_fits(whole: ChanceFit, without: ChanceFit, lists: Sequence[JudgedList]) -> None:
    """Keep both fits as data, with the names of the cases that they saw."""
    kept = {
        "with_meaning": _record(whole),
        "without_meaning": _record(without),
        "seen": sorted({one.name for one in lists}),
    }
    FILE.write_text(json.dumps(kept, indent=1) + "\n")


def _record(fit: ChanceFit) -> dict[str, object]:
    def rounded(told: Coefficients) -> dict[str, float]:
        return {name: round(value, 4) for name, value in told.items()}

    return {"card": rounded(fit.card), "list": rounded(fit.whole), "limit": round(fit.limit, 4)}


def _fit_card(lists: Sequence[JudgedList], left_out: frozenset[str]) -> Coefficients:
    rows = [f for one in lists for f in one.features[:PLACES]]
    return _fit(rows, [was for one in lists for was in one.right[:PLACES]], left_out)


def _fit(rows: Sequence[Features], right: Sequence[bool], left_out: frozenset[str]) -> Coefficients:
    """Give the coefficients in the features' own units; the ridge is on standardised ones."""
    names = [name for name in rows[0] if name not in left_out]
    raw = np.array([[row[name] for name in names] for row in rows])
    middle, spread = raw.mean(axis=0), raw.std(axis=0)
    spread[spread == 0] = 1.0
    scaled = np.hstack([np.ones((len(raw), 1)), (raw - middle) / spread])
    found = _newton(scaled, np.array(right, dtype=np.float64))
    own = found[1:] / spread
    return {
        INTERCEPT: float(found[0] - own @ middle),
        **dict(zip(names, own.tolist(), strict=True)),
    }


def _newton(rows: Floats, right: Floats) -> Floats:
    found = np.zeros(rows.shape[1])
    ridge = np.full(rows.shape[1], RIDGE)
    ridge[0] = 0.0
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(rows @ found, -30, 30)))
        slope = rows.T @ (right - chance) - ridge * found
        bend = (rows * (chance * (1 - chance))[:, None]).T @ rows + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        found = found + step
        if np.abs(step).max() < 1e-8:  # noqa: PLR2004
            break
    return found
