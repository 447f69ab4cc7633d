"""Fit how a danger is told by the meaning of a whole text in English or Hinglish.

A multinomial logistic regression on the encoder's vectors: one class a kind of hazard, and none.
Its log odds and the margin of the sound add up; a text tells a danger from where on of the harmless
lines, each judged by fits that have not seen its group, no more than `ALARMS` give an alarm.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bench.hazard_lines import NONE, LabelledLine
from bench.hazard_sound_fit import Scores
from ingest.embedder import Embedder
from ingest.hazard_classifier import FILE, danger_logit
from ingest.hazard_contexts import read_context
from ingest.hazards import told_hazards

LANGUAGES = {"English", "Hinglish"}
STRENGTH = 10.0
# Chances are compared to two places: a closer fit costs minutes and moves none.
CLOSE = 1e-3
ALARMS = 0.005
DIGITS = 3
AT_ONCE = 32


class ChanceFit(Protocol):
    """What a fit has that gives each kind a chance."""

    classes_: Sequence[str]
    coef_: NDArray[np.float64]
    intercept_: NDArray[np.float64]

    def predict_proba(self, vectors: NDArray[np.float32], /) -> NDArray[np.float64]: ...


async def fit_meanings(
    groups: Mapping[str, Sequence[LabelledLine]], margins: Mapping[str, Scores]
) -> None:
    """Fit, choose what is sure beside the margins of the sound, and write the weights."""
    read = [
        (name, line, margin)
        for name, own in groups.items()
        for line, margin in zip(own, margins[name], strict=True)
        if line.language in LANGUAGES
    ]
    told = [line for _, line, _ in read]
    of_group = np.array([name for name, _, _ in read])
    model, vectors = await _embedded([line.text for line in told])
    scores = np.array([margin for _, _, margin in read]) + _unseen_logits(told, of_group, vectors)
    sure = _sure(told, scores)
    fit = _fit(vectors, told)
    kinds = [str(kind) for kind in fit.classes_]
    weights: dict[str, Any] = {
        "model": model,
        "texts": len(told),
        "sure": round(sure, DIGITS),
        "kinds": kinds,
        "intercepts": np.round(fit.intercept_, DIGITS).tolist(),
        "weights": np.round(fit.coef_, DIGITS).tolist(),
    }
    FILE.write_text(json.dumps(weights) + "\n", encoding="utf-8")
    print(f"{len(told)} texts, {len(kinds)} classes, sure from {sure:.3f}: {FILE.name}")


def _unseen_logits(
    told: Sequence[LabelledLine], of_group: NDArray[np.str_], vectors: NDArray[np.float32]
) -> Scores:
    """Give the log odds of a danger by a fit that has not seen a line's group."""
    logits = np.zeros(len(told))
    for name in dict.fromkeys(of_group):
        own = of_group == name
        fit = _fit(vectors[~own], [line for line, out in zip(told, own, strict=True) if not out])
        none = list(fit.classes_).index(NONE)
        logits[own] = [danger_logit(chance) for chance in fit.predict_proba(vectors[own])[:, none]]
    return logits


def _sure(told: Sequence[LabelledLine], scores: Scores) -> float:
    """Give the least score that counts, by lines that the fits had not seen."""
    danger = np.array([line.danger for line in told])
    silent = np.array([not told_hazards(line.text) for line in told])
    asked = silent & np.array([not read_context(line.text).is_harmless for line in told])
    harmless = np.sort(scores[asked & ~danger])[::-1]
    sure = float(harmless[int(ALARMS * (~danger).sum())])
    heard = asked & (scores > sure)
    print(
        f"words alone hear {(danger & ~silent).sum() / danger.sum():.3f} of {danger.sum()} English"
        f" dangers, with sound and meaning {(danger & (~silent | heard)).sum() / danger.sum():.3f}"
    )
    return sure


def _fit(vectors: NDArray[np.float32], told: Sequence[LabelledLine]) -> ChanceFit:
    fit: Any = LogisticRegression(C=STRENGTH, max_iter=5_000, tol=CLOSE)
    return fit.fit(vectors, [line.hazard for line in told])


async def _embedded(texts: Sequence[str]) -> tuple[str, NDArray[np.float32]]:
    """Give the name of the encoder and a vector of each text, [texts, dimensions]."""
    with tempfile.TemporaryDirectory() as home:
        embedder = Embedder(home=Path(home), limit_s=600.0)
        found = [
            one
            for start in range(0, len(texts), AT_ONCE)
            for one in await embedder.embed(texts[start : start + AT_ONCE], patient=True)
        ]
        embedder.close()
    return found[0].model, np.array([one.vector for one in found], dtype=np.float32)
