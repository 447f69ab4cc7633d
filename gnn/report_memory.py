"""Which cards ended repairs whose reports read like this one: a vote of the nearest.

    vote(card) = Σ of its own e^((cosine − 1) / τ) / (Σ of all of them + 1)

over the nearest solved repairs. The one keeps a single faint likeness from looking like certainty.
Reports in any language vote, since like words of one language lie near each other, whatever the
sentence model makes of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.ids import CardId

NEAREST = 40
WARMTH = 0.15

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ReportMemory:
    """Solved repairs, the oldest first: unit vectors of their reports, and which card ended each.

    `vectors` [repairs, dimensions]; `solved` [repairs] are places in `cards`.
    """

    vectors: Vectors
    solved: NDArray[np.int64]
    cards: tuple[CardId, ...]

    def votes(
        self, vector: Vectors, places: Sequence[CardId], first: int | None = None
    ) -> NDArray[np.float64]:
        """Give the vote for each card of `places` [places]; of the first so many repairs alone."""
        near = self.vectors[:first] @ vector
        if len(near) > NEAREST:
            chosen = np.argpartition(near, -NEAREST)[-NEAREST:]
        else:
            chosen = np.arange(len(near))
        weights = np.exp((near[chosen].astype(np.float64) - 1) / WARMTH)
        sums = np.bincount(self.solved[chosen], weights=weights, minlength=len(self.cards))
        at = {card: sums[i] for i, card in enumerate(self.cards) if sums[i] > 0}
        return np.array([at.get(card, 0.0) for card in places]) / (weights.sum() + 1.0)
