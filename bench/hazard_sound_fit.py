"""Fit how a danger sounds, and choose from which score on a text tells one.

A logistic regression on the pieces of words that `ingest/hazard_sounds.py` cuts, and one more for
the kinds. Of each group a fit that has not seen it says how high its lines score. The threshold is
the lowest at which of all harmless lines no more than `ALARMS` give an alarm that the words do not.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bench.hazard_lines import LabelledLine
from ingest.hazard_contexts import read_context
from ingest.hazard_sounds import BUCKETS, FILE, KIND_BUCKETS, heard_places
from ingest.hazards import told_hazards

STRENGTH = 30.0
KIND_STRENGTH = 10.0
ALARMS = 0.005
# A weight is kept in a byte.
LARGEST = 127
Scores = NDArray[np.float64]
Places = Sequence[Sequence[int]]


class LinearFit(Protocol):
    """What a linear fit has, once it has seen its lines."""

    coef_: Scores
    intercept_: Scores

    def decision_function(self, places: csr_matrix, /) -> Scores: ...


def fit_sounds(groups: Mapping[str, Sequence[LabelledLine]]) -> Mapping[str, Scores]:
    """Fit, choose the threshold, say how well it does, and write the weights beside the reader.

    Give how far above the threshold each line scores by a fit that has not seen its group.
    """
    places = {name: [heard_places(line.text) for line in own] for name, own in groups.items()}
    lines = list(chain.from_iterable(groups.values()))
    every = list(chain.from_iterable(places.values()))
    fit = _fit(every, lines)
    # At run time only weights are added, so the threshold has the intercept in it.
    scores = {name: _unseen_scores(groups, places, name) for name in groups}
    chosen = _threshold(lines, np.concatenate(list(scores.values())))
    threshold = chosen - float(fit.intercept_[0])
    told = [at for at, line in enumerate(lines) if line.danger]
    kinds: Any = LogisticRegression(C=KIND_STRENGTH, max_iter=2_000)
    kinds.fit(_matrix([every[at] for at in told], KIND_BUCKETS), [lines[at].hazard for at in told])
    weights, scale = _in_bytes(fit.coef_[0])
    kind_weights, kinds_scale = _in_bytes(kinds.coef_)
    np.savez_compressed(
        FILE,
        danger=weights,
        danger_scale=scale,
        threshold=threshold,
        kinds=kind_weights,
        kinds_scale=kinds_scale,
        names=np.array([str(kind) for kind in kinds.classes_]),
    )
    print(f"{len(lines)} lines, threshold {threshold:.2f}: {FILE.name}")
    return {name: own - chosen for name, own in scores.items()}


def _threshold(lines: Sequence[LabelledLine], scores: Scores) -> float:
    """Give the threshold by scores of lines that the fit had not seen."""
    danger = np.array([line.danger for line in lines])
    silent = np.array([not told_hazards(line.text) for line in lines])
    asked = silent & np.array([not read_context(line.text).is_harmless for line in lines])
    harmless = np.sort(scores[asked & ~danger])[::-1]
    threshold = float(harmless[int(ALARMS * (~danger).sum())])
    heard = asked & (scores > threshold)
    print(
        f"words alone hear {(danger & ~silent).sum() / danger.sum():.3f} of {danger.sum()} dangers,"
        f" with the sound {(danger & (~silent | heard)).sum() / danger.sum():.3f};"
        f" {(~danger & heard).sum() / (~danger).sum():.4f} of {(~danger).sum()} harmless lines are"
        " alarms of the sound"
    )
    return threshold


def _unseen_scores(
    groups: Mapping[str, Sequence[LabelledLine]], places: Mapping[str, Places], left_out: str
) -> Scores:
    others = [name for name in groups if name != left_out]
    fit = _fit(
        list(chain.from_iterable(places[name] for name in others)),
        list(chain.from_iterable(groups[name] for name in others)),
    )
    return fit.decision_function(_matrix(places[left_out]))


def _fit(places: Places, lines: Sequence[LabelledLine]) -> LinearFit:
    fit: Any = LogisticRegression(C=STRENGTH, max_iter=2_000, solver="liblinear", random_state=1)
    return fit.fit(_matrix(places), [line.danger for line in lines])


def _matrix(places: Places, buckets: int = BUCKETS) -> csr_matrix:
    """Give a row a text: the places of its pieces, weighed so that long texts count alike."""
    ends = np.cumsum([0, *map(len, places)])
    values = np.concatenate([np.full(len(row), 1 / max(1, len(row)) ** 0.5) for row in places])
    columns = np.fromiter(chain.from_iterable(places), dtype=np.int32) % buckets
    return csr_matrix((values, columns, ends), shape=(len(places), buckets))


def _in_bytes(weights: Scores) -> tuple[NDArray[np.int8], float]:
    scale = float(np.abs(weights).max()) / LARGEST
    return np.round(weights / scale).astype(np.int8), scale
