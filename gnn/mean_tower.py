"""The tower as it serves: the same mean of what is heard, in torch alone.

Needs neither PyTorch Geometric nor CUDA; a test holds it against `gnn.graph_tower`.
"""

from typing import Any

import torch
from torch import Tensor, nn

from gnn.ticket_network import ROUNDS, WAYS, States, Tower, Way, norms_of


class MeanConv(nn.Module):
    """W_l mean(what is heard) + b + W_r own."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.lin_l = nn.Linear(width, width)
        self.lin_r = nn.Linear(width, width, bias=False)

    def forward(self, source: Tensor, own: Tensor, edge: Tensor) -> Tensor:
        total = torch.zeros_like(own).index_add(0, edge[1], source[edge[0]])
        count = torch.bincount(edge[1], minlength=len(own)).clamp(min=1).unsqueeze(1)
        return self.lin_l(total / count) + self.lin_r(own)


class MeanRound(nn.Module):
    """One round over all ways."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.convs = nn.ModuleDict({named(way): MeanConv(width) for way in WAYS})

    def forward(self, states: States, edges: dict[Way, Tensor]) -> States:
        heard = {name: torch.zeros_like(one) for name, one in states.items()}
        for way in WAYS:
            source, _, target = way
            message = self.convs[named(way)](states[source], states[target], edges[way])
            heard[target] = heard[target] + message
        return heard


class MeanTower(Tower):
    """Two rounds, as in `gnn.graph_tower.GraphTower`."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.rounds = nn.ModuleList(MeanRound(width) for _ in range(ROUNDS))
        self.norms = nn.ModuleList(norms_of(width) for _ in range(ROUNDS))

    def round(self, number: int, states: States, edges: dict[Way, Tensor]) -> States:
        return self.rounds[number](states, edges)

    def message(self, number: int, way: Way, source: Tensor, own: Tensor, edge: Tensor) -> Tensor:
        one: Any = self.rounds[number]
        return one.convs[named(way)](source, own, edge)


def named(way: Way) -> str:
    """Give the name under which PyTorch Geometric keeps a way's weights."""
    return f"<{'___'.join(way)}>"
