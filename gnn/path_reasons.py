"""Which paths speak for a card: the real ones that its path score rests on.

A path begins with a thing that the report names, and goes on to the card that names it too, or to
the earlier repairs that named it and on to the card that was tried on them. All paths of one way
through one thing are one reason. What it is worth is how far the card's path score moves with its
edges, the gradient by their presence (as NBFNet reads its paths, Zhu and others 2021). A test takes
the best away, and the score falls; it leaves the best alone, and the score stays.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from domain.ids import CardId
from domain.repair_history import RepairRecord
from gnn.repair_graph import PLACE, Ints, Link, Node, RepairGraph
from gnn.ticket_batches import BatchMaker
from gnn.ticket_network import AskedBatch, TicketNetwork, WorldVectors

Floats = NDArray[np.float64]
MOST = 3
# The step from things to cards and repairs; the one after it leads from repairs to cards.
MIDDLE, LAST = 1, 2
HELD = PLACE[Node.TICKET, Link.RESOLVED, Node.CARD]


class PathWay(StrEnum):
    """How a path goes on from the thing."""

    CARD = "the card names it"
    REPAIRS = "earlier repairs named it"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathReason:
    """All paths of one way through one thing that lead to a card.

    Attributes:
        worth: of the card's path score, what rests on them.
        held, tried: of the earlier repairs, those that the card ended for good, and all.
        edges: their edges of the middle step.
    """

    way: PathWay
    kind: Node
    name: str
    held: int
    tried: int
    worth: float
    edges: Ints


@dataclass(frozen=True, slots=True)
class WalkedReport:
    """One report with its paths to all cards."""

    network: TicketNetwork
    known: WorldVectors
    asked: AskedBatch
    graph: RepairGraph

    @classmethod
    def of(
        cls, network: TicketNetwork, known: WorldVectors, maker: BatchMaker, report: RepairRecord
    ) -> "WalkedReport":
        return cls(network, known, maker.asked([report]), maker.graph)

    def scores(self, kept: Tensor | None = None) -> Tensor:
        """Give the path score of each card reached [n]; `kept` [e] as in `PathLayer`."""
        ticket = self.network.reports(self.known, self.asked)
        return self.network.led(ticket, self.known, self.asked, (None, kept, None))

    def row(self, card: CardId) -> int | None:
        """Give the place of a card among those reached."""
        place = self.graph.card_places.get(card, -1)
        [rows] = np.nonzero(self.asked.cards.numpy() == place)
        return int(rows[0]) if len(rows) else None

    def everything(self) -> Tensor:
        """Give [e] ones, one for each edge of the middle step."""
        return torch.ones(len(self.asked.hops[MIDDLE].source))

    def reasons(self, cards: Sequence[CardId]) -> dict[CardId, list[PathReason]]:
        """Give for each card the paths that speak for it, the best first; none that speak against.

        A card that no path leads to has none.
        """
        kept = self.everything().requires_grad_()
        scores = self.scores(kept)
        found = dict[CardId, list[PathReason]]()
        for card in cards:
            row = self.row(card)
            if row is None:
                found[card] = []
                continue
            [moved] = torch.autograd.grad(scores[row], kept, retain_graph=True)
            every = self.bundles(row, moved.double().numpy())
            best = sorted(every, key=lambda one: (-one.worth, one.kind, one.name, one.way))
            found[card] = [one for one in best if one.worth > 0][:MOST]
        return found

    def bundles(self, row: int, worth: Floats) -> list[PathReason]:
        """Give all paths to a card; `worth` [e] is that of each edge of the middle step."""
        middle, last = self.asked.hops[MIDDLE], self.asked.hops[LAST]
        source, target = middle.source.numpy(), middle.target.numpy()
        place = int(self.asked.reached[row])
        itself = int(last.previous[place])
        into = np.flatnonzero(last.target.numpy() == place)
        repairs, met = last.source.numpy()[into], last.relation.numpy()[into]
        links = dict(zip(repairs.tolist(), met.tolist(), strict=True))
        edges = defaultdict[tuple[int, PathWay], list[int]](list)
        for edge in np.flatnonzero(np.isin(target, [itself, *links])).tolist():
            way = PathWay.CARD if target[edge] == itself else PathWay.REPAIRS
            edges[int(source[edge]), way].append(edge)
        return [
            PathReason(
                way=way,
                kind=kind,
                name=name,
                held=sum(links.get(one) == HELD for one in target[some].tolist()),
                tried=sum(one in links for one in target[some].tolist()),
                worth=float(worth[some].sum()),
                edges=np.array(some),
            )
            for (thing, way), some in edges.items()
            for kind, name in [self._thing(thing)]
        ]

    def _thing(self, place: int) -> tuple[Node, str]:
        node = int(self.asked.hops[0].keys[place]) - self.graph.first_thing
        return self.graph.thing_names[node]
