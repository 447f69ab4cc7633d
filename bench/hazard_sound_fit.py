"""Fit how a danger sounds, and choose from which score on a text tells one.

A logistic regression on what `ingest/hazard_sounds.py` hears in a text, and one more for the kinds.
Of each group a fit that has not seen it says how high its lines score. The threshold is the lowest
at which of all harmless lines no more than `ALARMS` give an alarm that the words do not.
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
from ingest.hazard_sounds import BUCKETS, FILE, KIND_BUCKETS, HeardText, heard_text
from ingest.hazards import told_hazards

STRENGTH = 10.0
KIND_STRENGTH = 10.0
ALARMS = 0.005
# A weight is kept in a byte.
LARGEST = 127
# The fit is asked only where the words are silent: such lines count so many times.
SILENT = 3.0
Scores = NDArray[np.float64]
Heard = Sequence[HeardText]


class LinearFit(Protocol):
    """What a linear fit has, once it has seen its lines."""

    coef_: Scores
    intercept_: Scores

    def decision_function(self, places: csr_matrix, /) -> Scores: ...


def fit_sounds(groups: Mapping[str, Sequence[LabelledLine]]) -> Mapping[str, Scores]:
    """Fit, choose the threshold, say how well it does, and write the weights beside the reader.

    Give how far above the threshold each line scores by a fit that has not seen its group.
    """
    heard = {name: [heard_text(line.text) for line in own] for name, own in groups.items()}
    lines = list(chain.from_iterable(groups.values()))
    every = list(chain.from_iterable(heard.values()))
    fit = _fit(every, lines)
    # At run time only weights are added, so the threshold has the intercept in it.
    scores = {name: _unseen_scores(groups, heard, name) for name in groups}
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
    groups: Mapping[str, Sequence[LabelledLine]], heard: Mapping[str, Heard], left_out: str
) -> Scores:
    others = [name for name in groups if name != left_out]
    fit = _fit(
        list(chain.from_iterable(heard[name] for name in others)),
        list(chain.from_iterable(groups[name] for name in others)),
    )
    return fit.decision_function(_matrix(heard[left_out]))


def _fit(heard: Heard, lines: Sequence[LabelledLine]) -> LinearFit:
    counted = [1.0 if told_hazards(line.text) else SILENT for line in lines]
    fit: Any = LogisticRegression(C=STRENGTH, max_iter=2_000, solver="liblinear", random_state=1)
    return fit.fit(_matrix(heard), [line.danger for line in lines], sample_weight=counted)


def _matrix(heard: Heard, buckets: int = 2 * BUCKETS) -> csr_matrix:
    """Give a row a text, [texts, buckets]."""
    rows = [list(text.weighed()) for text in heard]
    ends = np.cumsum([0, *map(len, rows)])
    cells = list(chain.from_iterable(rows))
    columns = np.array([place % buckets for place, _ in cells])
    return csr_matrix(([weight for _, weight in cells], columns, ends), (len(rows), buckets))


def _in_bytes(weights: Scores) -> tuple[NDArray[np.int8], float]:
    scale = float(np.abs(weights).max()) / LARGEST
    return np.round(weights / scale).astype(np.int8), scale
