"""What of a trained ranker serves, apart from the library that its trees are read by.

The service imports this at every start; LightGBM takes over a second and comes with a model alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from domain.ids import CardId
from domain.repair_history import RepairHistory, RepairRecord
from gnn.ranker_chance import RankerChance
from gnn.report_memory import ReportMemory

Floats = NDArray[np.float64]
# A report, and the cards that were found for it.
AskedCards = tuple[RepairRecord, Sequence[CardId]]


class CardTrees(Protocol):
    """What `gnn.ranker_model.RankerModel` does."""

    def scores(self, rows: Floats) -> Floats:
        """Give a score for each row [cards]; larger is better."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkedPath:
    """Why a card's paths speak for it (`gnn.path_reasons`): the thing that they lead
    through, as "kind:name".

    `held` of `tried` earlier repairs that named it were ended by the card; 0 of 0: it names the
    thing itself.
    """

    thing: str
    held: int
    tried: int


class CardScorer(Protocol):
    """What scores cards of a history that it knows up to some moment."""

    def each(self, asked: Sequence[AskedCards]) -> Sequence[tuple[Floats, Floats]]:
        """Give the scores of many reports, as `CardNetwork.scores` does; faster in time's order."""
        ...


class CardNetwork(CardScorer, Protocol):
    """What `gnn.ticket_scorer.TicketScorer` does."""

    def scores(self, report: RepairRecord, cards: Sequence[CardId]) -> tuple[Floats, Floats]:
        """Give for each card [cards] what all heads say, and the paths alone (0: none leads)."""
        ...

    def paths(
        self, report: RepairRecord, cards: Sequence[CardId]
    ) -> Mapping[CardId, Sequence[WalkedPath]]:
        """Give for each card its three best paths at most, the best first."""
        ...


class ReportNetwork(Protocol):
    """What `gnn.ticket_recipe.ServedNetwork` does.

    `until` (Unix seconds): of reports before it knows more than a report of now tells.
    """

    @property
    def until(self) -> int: ...
    def over(self, history: RepairHistory) -> CardNetwork:
        """Give the network as it scores over a history."""
        ...


@dataclass(frozen=True, slots=True)
class LearnedCards:
    """What serves: the trees, the solved repairs that vote, and what a score is worth.

    `network` is the one whose scores the trees read; None: they read none.
    `chance` is None where the history was too short to tell one: the shipped one judges.
    """

    trees: CardTrees
    memory: ReportMemory
    chance: RankerChance | None = None
    network: ReportNetwork | None = None
