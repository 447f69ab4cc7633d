"""What of a trained ranker serves, apart from the library that its trees are read by.

The service imports this at every start; LightGBM takes over a second and comes with a model alone.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gnn.ranker_chance import RankerChance
from gnn.report_memory import ReportMemory

Floats = NDArray[np.float64]


class CardTrees(Protocol):
    """What `gnn.ranker_model.RankerModel` does."""

    def scores(self, rows: Floats) -> Floats:
        """Give a score for each row [cards]; larger is better."""
        ...


@dataclass(frozen=True, slots=True)
class LearnedCards:
    """What serves: the trees, the solved repairs that vote, and what a score is worth.

    `chance` is None where the history was too short to tell one: the shipped one judges.
    """

    trees: CardTrees
    memory: ReportMemory
    chance: RankerChance | None = None
