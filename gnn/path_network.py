"""The path network: how well does each node answer (head, relation, ?), by the paths to it.

Messages start at the head alone and walk one edge a layer, so a node's state sums up the paths from
the head to it, and no node needs a name: a graph whose nodes were never seen is scored as well as
the one of the training. Which edges matter is decided by the query, through a gate on each edge
(after RED-GNN, Zhang and Yao 2022, and NBFNet, Zhu and others 2021; written from the papers).
Beside its paths, a node is told by the kinds of edges that enter it: that speaks for nodes no path
leads to. The only weights that grow with the data are one short row for each relation.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from gnn.link_graph import LinkGraph, Step, distances, first_keys, next_step

FURTHEST = 10


@dataclass(frozen=True, slots=True)
class PathConfig:
    """The shape of the network; all that is needed beside the weights.

    Attributes:
        far: what a node loses, once the network is fitted, for each edge that it is further from
            the head than the layers reach, up to `FURTHEST`: paths say nothing of it, and what
            is near is right more often.
    """

    relation_count: int
    width: int = 32
    layers: int = 4
    gate_width: int = 8
    dropout: float = 0.1
    far: float = 0.0


class PathLayer(nn.Module):
    """One step along the edges; what is known of each edge itself may speak at its gate."""

    def __init__(self, config: PathConfig, edge_width: int = 0) -> None:
        super().__init__()
        d, a, r = config.width, config.gate_width, 2 * config.relation_count
        self.gate_edge = nn.Linear(edge_width, a, bias=False) if edge_width else None
        self.relation = nn.Embedding(r, d)
        self.gate_source = nn.Linear(d, a, bias=False)
        self.gate_relation = nn.Embedding(r, a)
        self.gate_query = nn.Linear(d, a)
        self.gate = nn.Linear(a, 1)
        self.update = nn.Linear(3 * d, d)
        self.norm = nn.LayerNorm(d)
        self.dropout = nn.Dropout(config.dropout)
        nn.init.normal_(self.relation.weight, std=d**-0.5)

    def forward(
        self,
        h: Tensor,
        q: Tensor,
        step: Step,
        edges: Tensor | None = None,
        kept: Tensor | None = None,
    ) -> Tensor:
        """Give the states [n', d] after the step, from h [n, d] and the queries q [B, d].

        `kept` [e] says how much of each edge is there, 1 all of it: to ask what it is worth.
        """
        heard = (
            self.gate_source(h)[step.source]
            + self.gate_relation(step.relation)
            + self.gate_query(q)[step.query]
        )  # [e, a]
        if self.gate_edge is not None and edges is not None:
            heard = heard + self.gate_edge(edges)
        gate = self.gate(functional.relu(heard))
        gate = torch.sigmoid(gate).squeeze(1)  # [e]
        if kept is not None:
            gate = gate * kept
        total = _sum(h, step.source, step.begins, gate)
        total = total + _sum(self.relation.weight, step.relation, step.begins, gate)  # [n', d]
        weight = gate.new_zeros(len(step.keys)).index_add(0, step.target, gate).unsqueeze(1)
        mean = total / (weight + 1e-2)  # [n', d]
        before = functional.pad(h, (0, 0, 0, 1))[step.previous]  # [n', d], zero where new
        out = self.update(torch.cat([before, mean, mean * torch.log1p(weight)], 1))
        return self.dropout(functional.relu(self.norm(out))) + before


class PathNetwork(nn.Module):
    """Scores every entity of a graph as the tail of (head, relation, ?)."""

    def __init__(self, config: PathConfig) -> None:
        super().__init__()
        self.config = config
        d, r = config.width, 2 * config.relation_count
        self.query = nn.Embedding(r, d)
        self.kind = nn.Linear(r, d, bias=False)
        self.layers = nn.ModuleList(PathLayer(config) for _ in range(config.layers))
        self.read_path = nn.Linear(d, d)
        self.read_query = nn.Linear(d, d, bias=False)
        self.match_kind = nn.Linear(d, d, bias=False)
        self.score = nn.Linear(d, 1)
        nn.init.normal_(self.query.weight, std=d**-0.5)

    def forward(
        self, graph: LinkGraph, heads: Tensor, relations: Tensor, dropped: Tensor
    ) -> Tensor:
        """Give the scores [B, N]; `dropped` [B] is the triple that each query may not use."""
        size, d = len(heads), self.config.width
        q = self.query(relations)  # [B, d]
        keys = first_keys(heads, graph)
        kinds = self.kinds(graph, dropped)  # [B, N, d]
        h = q + kinds.view(-1, d)[keys]  # [B, d]
        for layer in self.layers:
            step = next_step(graph, keys, dropped)
            h, keys = layer(h, q, step), step.keys
        paths = h.new_zeros(size * graph.entity_count, d)
        paths = paths.index_copy(0, keys, self.read_path(h)).view(size, -1, d)
        asked = self.read_query(q).unsqueeze(1)  # [B, 1, d]
        read = functional.relu(paths + kinds + asked)  # [B, N, d]
        fitting = torch.bmm(kinds, self.match_kind(q).unsqueeze(2))  # [B, N, 1]
        scores = (self.score(read) + fitting).squeeze(2)  # [B, N]
        return scores if self.training else scores - self.beyond(graph, heads, dropped)

    def beyond(self, graph: LinkGraph, heads: Tensor, dropped: Tensor) -> Tensor:
        """Give what nodes lose [B, N] for being further than the layers reach."""
        if not self.config.far:
            return torch.zeros((), device=heads.device)
        steps = distances(graph, heads, dropped, FURTHEST) - self.config.layers
        return self.config.far * steps.clamp(min=0)

    def kinds(self, graph: LinkGraph, dropped: Tensor) -> Tensor:
        """Give what the edges of each node say [B, N, d], without the edges of a dropped triple."""
        counts = graph.relation_counts
        every = self.kind(_shares(counts)).expand(len(dropped), -1, -1).clone()
        rows = (dropped >= 0).nonzero().squeeze(1)
        if len(rows) == 0:
            return every
        head, relation, tail = graph.triples[dropped[rows]].unbind(1)
        for node, kind in ((tail, relation), (head, relation + self.config.relation_count)):
            less = counts[node]
            less[torch.arange(len(rows), device=less.device), kind] -= 1
            every[rows, node] = self.kind(_shares(less))
        return every


def _shares(counts: Tensor) -> Tensor:
    logs = torch.log1p(counts)
    return logs / logs.norm(dim=1, keepdim=True).clamp(min=1)


def _sum(rows: Tensor, index: Tensor, begins: Tensor, weights: Tensor) -> Tensor:
    """Sum weights * rows[index] over the slices that begin at `begins`."""
    return functional.embedding_bag(index, rows, begins, mode="sum", per_sample_weights=weights)
