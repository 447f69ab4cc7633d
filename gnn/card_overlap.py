"""Cards by what they name: each thing that a report names too, by how few cards name it.

What serves where no network does; the network is held against it before it may.
"""

from collections import defaultdict
from math import log

import numpy as np
from numpy.typing import NDArray

from domain.repair_history import RepairRecord
from gnn.repair_graph import Node, RepairGraph, card_says, report_says


class CardOverlap:
    """Scores all cards of a graph for a report."""

    def __init__(self, graph: RepairGraph) -> None:
        self._naming = defaultdict[tuple[Node, str], list[int]](list)
        for place, card in enumerate(graph.cards):
            for thing in card_says(card, graph.models):
                self._naming[thing].append(place)
        self._count = len(graph.cards)

    def scores(self, report: RepairRecord) -> NDArray[np.float64]:
        """Give [cards]: the sum of log(1 + cards / (1 + cards that name it))."""
        found = np.zeros(self._count)
        for thing in report_says(report):
            naming = self._naming.get(thing, [])
            found[naming] += log(1 + self._count / (1 + len(naming)))
        return found
