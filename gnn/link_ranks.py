"""How well a scorer finds the tails and heads of held-out triples: filtered ranks, and figures.

The protocol: each triple is asked in both directions, among all entities of the graph; what is
known to be right as well is left out ("filtered"); ties count half, so a scorer that says the same
of everything gets the middle and not the first place. Hits@10 among fifty negatives is the exact
expectation over all draws of fifty, so no seed moves it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from gnn.link_graph import NO_TRIPLE, LinkGraph

NEGATIVES = 50
PLACES = 10
BATCH = 64
Scorer = Callable[[Tensor, Tensor, Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over all queries; `hits10_of_50` is Hits@10 against fifty random negatives."""

    mrr: float
    hits1: float
    hits10: float
    hits10_of_50: float
    queries: int


@dataclass(frozen=True, slots=True)
class Queries:
    """Each triple asked for its tail, then each for its head (relation R + r)."""

    heads: Tensor
    relations: Tensor
    tails: Tensor
    origins: Tensor

    @classmethod
    def of(cls, triples: Tensor, relation_count: int) -> "Queries":
        head, relation, tail = triples.unbind(1)
        origins = torch.arange(len(triples), device=triples.device)
        return cls(
            torch.cat([head, tail]),
            torch.cat([relation, relation + relation_count]),
            torch.cat([tail, head]),
            torch.cat([origins, origins]),
        )


class Known:
    """All right answers to a query, of all sets, to leave them out."""

    def __init__(self, triples: Tensor, graph: LinkGraph) -> None:
        self._answers: dict[tuple[int, int], list[int]] = {}
        self._entities = graph.entity_count
        asked = Queries.of(triples, graph.relation_count)
        for head, relation, tail in zip(
            asked.heads.tolist(), asked.relations.tolist(), asked.tails.tolist(), strict=True
        ):
            self._answers.setdefault((head, relation), []).append(tail)

    def others(self, heads: Tensor, relations: Tensor, tails: Tensor) -> Tensor:
        """Give [B, N]: true where an entity is a right answer other than the asked tail."""
        rows, columns = list[int](), list[int]()
        for row, key in enumerate(zip(heads.tolist(), relations.tolist(), strict=True)):
            answers = self._answers.get(key, [])
            rows += [row] * len(answers)
            columns += answers
        mask = torch.zeros(len(heads), self._entities, dtype=torch.bool)
        mask[rows, columns] = True
        mask[torch.arange(len(heads)), tails.cpu()] = False
        return mask.to(heads.device)


def figures(scorer: Scorer, triples: Tensor, graph: LinkGraph, known: Known) -> Figures:
    """Rank both ends of each triple; `scorer(heads, relations, dropped)` gives [B, N]."""
    asked = Queries.of(triples, graph.relation_count)
    ranks, sampled = list[Tensor](), list[Tensor]()
    for batch in torch.arange(len(asked.heads)).split(BATCH):
        heads, relations, tails = asked.heads[batch], asked.relations[batch], asked.tails[batch]
        with torch.no_grad():
            scores = scorer(heads, relations, torch.full_like(heads, NO_TRIPLE)).double()
        own = scores.gather(1, tails.unsqueeze(1))  # [B, 1]
        rivals = ~known.others(heads, relations, tails)
        above = ((scores > own) & rivals).sum(1).cpu()
        equal = ((scores == own) & rivals).sum(1).cpu() - 1
        ranks.append(1 + above + equal / 2)
        sampled.append(_chance_of_a_place(above, equal, rivals.sum(1).cpu() - 1))
    found = torch.cat(ranks)
    return Figures(
        mrr=(1 / found).mean().item(),
        hits1=(found <= 1).double().mean().item(),
        hits10=(found <= PLACES).double().mean().item(),
        hits10_of_50=torch.cat(sampled).mean().item(),
        queries=len(found),
    )


def _chance_of_a_place(above: Tensor, equal: Tensor, rivals: Tensor) -> Tensor:
    """Give [B]: how likely a mean rank of at most ten is among fifty of the rivals.

    Of the draws of fifty, C(above, a) C(equal, b) C(rest, 50 - a - b) hold a rivals above and b of
    the same score; a + b / 2 <= 9 is a place.
    """
    a = torch.arange(PLACES).view(1, -1, 1)
    b = torch.arange(2 * PLACES - 1).view(1, 1, -1)
    above, equal, rivals = (one.view(-1, 1, 1) for one in (above, equal, rivals))
    drawn = rivals.clamp(max=NEGATIVES)
    ways = (
        _log_choose(above, a)
        + _log_choose(equal, b)
        + _log_choose(rivals - above - equal, drawn - a - b)
        - _log_choose(rivals, drawn)
    )
    return ways.exp().masked_fill(a + b / 2 > PLACES - 1, 0).sum((1, 2))


def _log_choose(n: Tensor, k: Tensor) -> Tensor:
    n, k = torch.broadcast_tensors(n.double(), k.double())
    possible = (k >= 0) & (k <= n)
    safe = torch.where(possible, k, 0)
    found = torch.lgamma(n + 1) - torch.lgamma(safe + 1) - torch.lgamma(n - safe + 1)
    return found.masked_fill(~possible, -torch.inf)
