"""Fit how a danger is told by the meaning of a whole text in English or Hinglish.

A multinomial logistic regression on the encoder's vectors: one class a kind of hazard, and none. A
text is sure to tell one from where on of the harmless lines, each judged by a fit that has not seen
its group, no more than `ALARMS` give an alarm that neither words nor sound give.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bench.hazard_lines import NONE, LabelledLine
from ingest.embedder import Embedder
from ingest.hazard_classifier import FILE
from ingest.hazard_contexts import read_context
from ingest.hazards import told_hazards

LANGUAGES = {"English", "Hinglish"}
STRENGTH = 10.0
ALARMS = 0.005
DIGITS = 3
AT_ONCE = 32


async def fit_meanings(groups: Mapping[str, Sequence[LabelledLine]]) -> None:
    """Fit, choose what is sure, and write the weights beside the reader."""
    read = {name: [line for line in own if line.language in LANGUAGES] for name, own in groups.items()}
    told = list(chain.from_iterable(read.values()))
    of_group = np.array([name for name, own in read.items() for _ in own])
    model, vectors = await _embedded([line.text for line in told])
    sure = _sure(told, of_group, vectors)
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


def _sure(
    told: Sequence[LabelledLine], of_group: NDArray[np.str_], vectors: NDArray[np.float32]
) -> float:
    """Give the least chance of a danger that counts, by lines that the fit had not seen."""
    chances = np.zeros(len(told))
    for name in dict.fromkeys(of_group):
        own = of_group == name
        fit = _fit(vectors[~own], [line for line, out in zip(told, own, strict=True) if not out])
        none = list(fit.classes_).index(NONE)
        chances[own] = 1 - fit.predict_proba(vectors[own])[:, none]
    danger = np.array([line.danger for line in told])
    silent = np.array([not told_hazards(line.text) for line in told])
    asked = silent & np.array([not read_context(line.text).is_harmless for line in told])
    harmless = np.sort(chances[asked & ~danger])[::-1]
    sure = float(harmless[int(ALARMS * (~danger).sum())])
    heard = asked & (chances > sure)
    print(
        f"words alone hear {(danger & ~silent).sum() / danger.sum():.3f} of {danger.sum()} English"
        f" dangers, with the meaning {(danger & (~silent | heard)).sum() / danger.sum():.3f}"
    )
    return sure


def _fit(vectors: NDArray[np.float32], told: Sequence[LabelledLine]) -> Any:
    fit: Any = LogisticRegression(C=STRENGTH, max_iter=5_000)
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
