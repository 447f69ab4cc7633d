"""A danger told in words that `hazards.yaml` does not know, by the meaning of the whole text.

It adds to what the words tell and never takes anything back. Only English is read so, and only
short texts: in a long one the meaning of a sentence drowns. `bench/hazard_fit.py` made the weights
and says what they have seen.
"""

import json
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from domain.hazards import HazardKind, SeenHazard
from domain.matches import Embedding
from ingest.hazard_sounds import heard_text, sound_margin

FILE = Path(__file__).with_suffix(".json")
NONE = "none"
LEAST_CHANCE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class HazardWeights:
    """A multinomial logistic fit: `weights` [kinds, dimensions] for vectors of `model`.

    Attributes:
        sure: the least sum of the log odds of a danger and the margin of its sound that counts.
    """

    model: str
    sure: float
    kinds: tuple[str, ...]
    intercepts: NDArray[np.float32]
    weights: NDArray[np.float32]

    @classmethod
    @cache
    def read(cls) -> Self:
        told = json.loads(FILE.read_text(encoding="utf-8"))
        return cls(
            model=told["model"],
            sure=told["sure"],
            kinds=tuple(told["kinds"]),
            intercepts=np.array(told["intercepts"], dtype=np.float32),
            weights=np.array(told["weights"], dtype=np.float32),
        )

    def chances(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give how likely each kind is, [kinds]; they add up to one."""
        scores = self.weights @ vector + self.intercepts
        raised = np.exp(scores - scores.max())
        return raised / raised.sum()


def find_meant_hazard(text: str, embedding: Embedding) -> SeenHazard | None:
    """Give the danger that a whole English text means; None where it means none, or is too long.

    How the text sounds counts as much as what it means: neither alone is as sure as both.
    """
    fit = HazardWeights.read()
    heard = heard_text(text)
    if embedding.model != fit.model or not heard.pieces:
        return None
    chances = fit.chances(np.array(embedding.vector, dtype=np.float32))
    if danger_logit(float(chances[fit.kinds.index(NONE)])) + sound_margin(heard) < fit.sure:
        return None
    likeliest = max(
        (kind for kind in fit.kinds if kind != NONE), key=lambda k: chances[fit.kinds.index(k)]
    )
    return SeenHazard(kind=HazardKind(likeliest), start=0, end=len(text))


def danger_logit(none: float) -> float:
    """Give the log odds of a danger where `none` is the chance that there is none."""
    held = min(max(none, LEAST_CHANCE), 1 - LEAST_CHANCE)
    return log((1 - held) / held)
