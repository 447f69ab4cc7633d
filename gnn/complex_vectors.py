"""ComplEx with the nuclear 3-norm: a vector of complex numbers for each entity and each relation.

Score of (h, r, t) = Re <h, r, conj(t)>; each relation has a reciprocal for the other direction
(Lacroix and others 2018; written from the paper). It knows only what it was trained on, so it can
score no new ticket and no new card: it stands here as the measure of a transductive model.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from gnn.link_graph import LinkGraph
from gnn.link_ranks import Figures, Known, Queries, figures

SMALL = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplexConfig:
    """`rank` complex numbers a vector; `negatives` are shared by a batch."""

    entity_count: int
    relation_count: int
    rank: int = 100
    negatives: int = 1024
    batch: int = 1000
    penalty: float = 5e-2


class ComplexVectors(nn.Module):
    """Entities [N, 2d] and relations [2R, 2d]: real parts first, then imaginary ones."""

    def __init__(self, config: ComplexConfig) -> None:
        super().__init__()
        self.config = config
        self.entities = nn.Parameter(torch.randn(config.entity_count, 2 * config.rank) * SMALL)
        self.relations = nn.Parameter(
            torch.randn(2 * config.relation_count, 2 * config.rank) * SMALL
        )

    def forward(self, heads: Tensor, relations: Tensor) -> Tensor:
        """Give the scores [B, N] of every entity as the tail."""
        asked = product(self.entities[heads], self.relations[relations])  # [B, 2d]
        return asked @ self.entities.T

    def loss(self, heads: Tensor, relations: Tensor, tails: Tensor) -> Tensor:
        """Cross-entropy of the tail among it and shared random entities, and the 3-norm."""
        size = len(heads)
        drawn = torch.randint(
            self.config.entity_count, (self.config.negatives,), device=heads.device
        )
        # One gather: three of them cost more than all the rest of the step.
        rows = functional.embedding(torch.cat([heads, tails, drawn]), self.entities)
        head, tail, negative = rows.split([size, size, len(drawn)])
        relation = self.relations[relations]
        asked = product(head, relation)  # [B, 2d]
        right = (asked * tail).sum(1, keepdim=True)  # [B, 1]
        scores = torch.cat([right, asked @ negative.T], 1)  # [B, 1 + negatives]
        target = torch.zeros_like(heads)
        norms = sum(_cubes(part) for part in (head, relation, tail)) / size
        return functional.cross_entropy(scores, target) + self.config.penalty * norms


class ComplexLearner:
    """Fits the vectors to the triples of a graph, in both directions."""

    def __init__(
        self, network: ComplexVectors, graph: LinkGraph, valid: Tensor, known: Known
    ) -> None:
        self.network = network
        self._graph, self._valid, self._known = graph, valid, known
        self._asked = Queries.of(graph.triples, graph.relation_count)

    def batch_count(self) -> int:
        return -(-len(self._asked.heads) // self.network.config.batch)

    def losses(self) -> Iterator[Tensor]:
        order = torch.randperm(len(self._asked.heads))
        for batch in order.split(self.network.config.batch):
            yield self.network.loss(
                self._asked.heads[batch], self._asked.relations[batch], self._asked.tails[batch]
            )

    def figure(self) -> float:
        return self.measured(self._valid).mrr

    def measured(self, triples: Tensor) -> Figures:
        """Give the figures on some triples."""
        return figures(
            lambda heads, relations, _: self.network(heads, relations),
            triples,
            self._graph,
            self._known,
        )


def product(left: Tensor, right: Tensor) -> Tensor:
    """Multiply vectors of complex numbers [B, 2d]; right of a conjugate it is a plain product."""
    a, b = left.chunk(2, 1)
    c, d = right.chunk(2, 1)
    return torch.cat([a * c - b * d, a * d + b * c], 1)


def _cubes(rows: Tensor) -> Tensor:
    real, imaginary = rows.chunk(2, 1)
    return (real**2 + imaginary**2 + 1e-12).pow(1.5).sum()
