"""The tower as it is trained: heterogeneous GraphSAGE of PyTorch Geometric.

Its weights bear the same names as those of `gnn.mean_tower`, which serves without that library.
"""

from typing import Any

from torch import Tensor, nn
from torch_geometric.nn import HeteroConv, SAGEConv

from gnn.ticket_network import ROUNDS, WAYS, States, Tower, Way, norms_of


class GraphTower(Tower):
    """Two rounds; after each a norm, and what was before is kept beside what came."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.rounds = nn.ModuleList(
            HeteroConv({way: SAGEConv(width, width, aggr="mean") for way in WAYS}, aggr="sum")
            for _ in range(ROUNDS)
        )
        self.norms = nn.ModuleList(norms_of(width) for _ in range(ROUNDS))

    def round(self, number: int, states: States, edges: dict[Way, Tensor]) -> States:
        return self.rounds[number](states, edges)

    def message(self, number: int, way: Way, source: Tensor, own: Tensor, edge: Tensor) -> Tensor:
        convolution: Any = self.rounds[number]
        return convolution.convs[way]((source, own), edge)
