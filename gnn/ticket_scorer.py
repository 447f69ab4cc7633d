"""The saved network as it serves: two scores for each card that was found for a report.

It needs torch, and neither PyTorch Geometric nor CUDA. What does not depend on the report, the
vectors of cards and things, is made once a day of the reports' time and kept.
"""

from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from domain.errors import InvalidInput
from domain.ids import CardId
from domain.repair_history import RepairHistory, RepairRecord
from gnn.learned_cards import AskedCards, WalkedPath
from gnn.mean_tower import MeanTower
from gnn.model_file import SavedModel, read_model
from gnn.path_reasons import WalkedReport
from gnn.repair_graph import RepairGraph, seconds
from gnn.ticket_batches import BatchMaker, ThingRows
from gnn.ticket_network import KIND, TicketConfig, TicketNetwork, WorldVectors

FRESH = 86_400
# Reports that are walked at once.
TOGETHER = 64
FAR_FUTURE = 1 << 32
Floats = NDArray[np.float64]


class TicketScorer:
    """Scores cards for reports over one history; of a report, only what came before it is seen."""

    def __init__(self, network: TicketNetwork, maker: BatchMaker) -> None:
        self._network, self._maker = network.eval(), maker
        self._known: WorldVectors | None = None
        self._since = 0

    @classmethod
    def read(cls, folder: Path, history: RepairHistory) -> "TicketScorer":
        """Read a saved network, to score over a history.

        Raises:
            InvalidInput: the folder holds no such model.
        """
        network, names = read_tickets(folder)
        return cls(network, BatchMaker(RepairGraph.of(history), names))

    def scores(self, report: RepairRecord, cards: Sequence[CardId]) -> tuple[Floats, Floats]:
        """Give the scores [cards] of both heads together, and of the path alone.

        A path score is 0 where no path leads. What a card of the history does not hold has no
        score: NaN, as a feature that is missing.
        """
        [found] = self.each([(report, cards)])
        return found

    def each(self, asked: Sequence[AskedCards]) -> list[tuple[Floats, Floats]]:
        """Give the scores of many reports; those in a row that share a snapshot go together."""
        found = list[tuple[Floats, Floats]]()
        while len(found) < len(asked):
            begin = len(found)
            with torch.no_grad():
                known = self._vectors(seconds(asked[begin][0].opened_at))
                part = list(takewhile(self._is_fresh, asked[begin : begin + TOGETHER]))
                scores = self._network.scores(known, self._maker.asked([one for one, _ in part]))
            both, path = scores.both.double().numpy(), scores.path.double().numpy()
            for row, (_, cards) in enumerate(part):
                places = self._rows(cards)
                found.append(
                    (np.append(both[row], np.nan)[places], np.append(path[row], np.nan)[places])
                )
        return found

    def _is_fresh(self, asked: AskedCards) -> bool:
        return self._since <= seconds(asked[0].opened_at) < self._since + FRESH

    def _rows(self, cards: Sequence[CardId]) -> list[int]:
        """Give the place of each card among the scores; of one that is not there, the last."""
        places = self._maker.graph.card_places
        return [places.get(card, -1) for card in cards]

    def paths(
        self, report: RepairRecord, cards: Sequence[CardId]
    ) -> dict[CardId, list[WalkedPath]]:
        """Give for each card the three paths that speak most for it (`gnn.path_reasons`)."""
        with torch.no_grad():
            known = self._vectors(seconds(report.opened_at))
        found = WalkedReport.of(self._network, known, self._maker, report).reasons(cards)
        return {
            card: [WalkedPath(thing=f"{r.kind}:{r.name}", held=r.held, tried=r.tried) for r in why]
            for card, why in found.items()
        }

    def _vectors(self, moment: int) -> WorldVectors:
        """Give the vectors of the last snapshot that is at most a day old."""
        if self._known is None or not self._since <= moment < self._since + FRESH:
            self._known = self._network.known(self._maker.world(moment, FAR_FUTURE))
            self._since = moment
        return self._known


def read_tickets(folder: Path) -> tuple[TicketNetwork, ThingRows]:
    """Read a network from a folder.

    Raises:
        InvalidInput: the folder holds no such model, or its weights do not fit its shape.
    """
    return tickets_of(read_model(folder, KIND), folder.name)


def tickets_of(saved: SavedModel, name: str) -> tuple[TicketNetwork, ThingRows]:
    """Give the network of a model file, and the things that it knows by name.

    Raises:
        InvalidInput: its weights do not fit its shape.
    """
    try:
        config = TicketConfig(**saved.config)
        network = TicketNetwork(config, MeanTower(config.width))
        network.load_state_dict(saved.weights)
        things = [str(one) for one in saved.told["things"]]
    except (TypeError, KeyError, RuntimeError) as error:
        raise InvalidInput("model", f"{name}: its weights do not fit its shape") from error
    return network.eval(), ThingRows({one: row for row, one in enumerate(things, 1)})
