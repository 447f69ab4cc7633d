"""A danger told in words that `hazards.yaml` does not know, by the meaning of the whole text.

It adds to what the words tell and never takes anything back. Only English is read so, and only
short texts: in a long one the meaning of a sentence drowns. `bench/hazard_fit.py` made the weights
and says what they have seen.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from domain.hazards import HazardKind, SeenHazard
from domain.matches import Embedding

FILE = Path(__file__).with_suffix(".json")
NONE = "none"
# Words; of longer texts the fit has seen no more.
LONGEST = 60


@dataclass(frozen=True, slots=True, eq=False)
class HazardWeights:
    """A multinomial logistic fit: `weights` [kinds, dimensions] for vectors of `model`.

    Attributes:
        sure: the least chance of any danger that counts.
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
    """Give the danger that a whole English text means; None where it means none, or is too long."""
    fit = HazardWeights.read()
    if embedding.model != fit.model or len(text.split()) > LONGEST:
        return None
    chances = fit.chances(np.array(embedding.vector, dtype=np.float32))
    if 1 - chances[fit.kinds.index(NONE)] < fit.sure:
        return None
    likeliest = max(
        (kind for kind in fit.kinds if kind != NONE), key=lambda k: chances[fit.kinds.index(k)]
    )
    return SeenHazard(kind=HazardKind(likeliest), start=0, end=len(text))
