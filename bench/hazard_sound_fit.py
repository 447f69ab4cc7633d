"""Fit how a danger sounds, and choose from which score on a text tells one.

A logistic regression on the pieces of words that `ingest/hazard_sounds.py` cuts, and one more for
the kinds. Of each group a fit that has not seen it says how high its lines score. The threshold is
the lowest at which of all harmless lines no more than `ALARMS` give an alarm that the words do not.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
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


def fit_sounds(groups: Mapping[str, Sequence[LabelledLine]]) -> None:
    """Fit, choose the threshold, say how well it does, and write the weights beside the reader."""
    pieces = {name: _matrix([line.text for line in lines]) for name, lines in groups.items()}
    threshold = _threshold(groups, pieces)
    lines = list(chain.from_iterable(groups.values()))
    every = vstack(list(pieces.values()))
    danger = np.array([line.danger for line in lines])
    fit = _fit(every, danger, STRENGTH)
    # The threshold takes the intercept up: at run time only weights are added.
    threshold -= float(fit.intercept_[0])
    told = [line for line in lines if line.danger]
    kinds: Any = LogisticRegression(C=KIND_STRENGTH, max_iter=2_000)
    kinds.fit(_matrix([line.text for line in told], KIND_BUCKETS), [line.hazard for line in told])
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


def _threshold(groups: Mapping[str, Sequence[LabelledLine]], pieces: Mapping[str, Any]) -> float:
    """Give the threshold by scores of lines that the fit had not seen."""
    scores = np.concatenate([_unseen_scores(groups, pieces, name) for name in groups])
    lines = list(chain.from_iterable(groups.values()))
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
    groups: Mapping[str, Sequence[LabelledLine]], pieces: Mapping[str, Any], left_out: str
) -> Scores:
    others = [name for name in groups if name != left_out]
    danger = np.array([line.danger for name in others for line in groups[name]])
    fit = _fit(vstack([pieces[name] for name in others]), danger, STRENGTH)
    return fit.decision_function(pieces[left_out])


def _fit(pieces: Any, labels: NDArray[np.bool_], strength: float) -> Any:
    fit: Any = LogisticRegression(C=strength, max_iter=2_000, solver="liblinear", random_state=1)
    return fit.fit(pieces, labels)


def _matrix(texts: Iterable[str], buckets: int = BUCKETS) -> csr_matrix:
    """Give a row a text: the places of its pieces, weighed so that long texts count alike."""
    rows = [heard_places(text) for text in texts]
    ends = np.cumsum([0, *map(len, rows)])
    values = np.concatenate([np.full(len(row), 1 / max(1, len(row)) ** 0.5) for row in rows])
    places = np.fromiter(chain.from_iterable(rows), dtype=np.int32) % buckets
    return csr_matrix((values, places, ends), shape=(len(rows), buckets))


def _in_bytes(weights: NDArray[np.float64]) -> tuple[NDArray[np.int8], float]:
    scale = float(np.abs(weights).max()) / LARGEST
    return np.round(weights / scale).astype(np.int8), scale
