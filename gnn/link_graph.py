"""A graph of (head, relation, tail) triples, and the part of it that a query has reached.

Every triple is two edges: the relation, and its inverse. The edges lie sorted by the node that they
enter, so the edges of a set of nodes are slices, and the messages into a node are neighbours in
memory: a sum over them is one `embedding_bag`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from domain.errors import InvalidInput

NO_TRIPLE = -1


@dataclass(frozen=True)
class LinkGraph:
    """T triples over N entities and R relations.

    Attributes:
        triples: [T, 3], long: head, relation, tail.
    """

    triples: Tensor
    entity_count: int
    relation_count: int

    @cached_property
    def _order(self) -> Tensor:
        return torch.cat([self.triples[:, 2], self.triples[:, 0]]).argsort(stable=True)

    @cached_property
    def sources(self) -> Tensor:
        """[2T] the node that an edge leaves, edges by the node that they enter."""
        return torch.cat([self.triples[:, 0], self.triples[:, 2]])[self._order]

    @cached_property
    def relations(self) -> Tensor:
        """[2T] the relation of an edge: r, or R + r against its direction."""
        straight = self.triples[:, 1]
        return torch.cat([straight, straight + self.relation_count])[self._order]

    @cached_property
    def origins(self) -> Tensor:
        """[2T] the triple that an edge comes from."""
        return self._order % max(len(self.triples), 1)

    @cached_property
    def starts(self) -> Tensor:
        """[N + 1] where the edges into a node begin."""
        entered = torch.cat([self.triples[:, 2], self.triples[:, 0]])
        counts = torch.bincount(entered, minlength=self.entity_count)
        return torch.cat([counts.new_zeros(1), counts.cumsum(0)])

    @cached_property
    def relation_counts(self) -> Tensor:
        """[N, 2R] how many edges of each relation enter a node: the kind of thing that it is."""
        counts = self.starts.new_zeros(self.entity_count, 2 * self.relation_count)
        nodes = torch.arange(self.entity_count, device=counts.device)
        entered = nodes.repeat_interleave(self.starts.diff())
        ones = torch.ones_like(entered)
        return counts.index_put_((entered, self.relations), ones, accumulate=True).float()

    def to(self, device: torch.device) -> "LinkGraph":
        """Give the same graph on a device."""
        return LinkGraph(self.triples.to(device), self.entity_count, self.relation_count)

    def edges_into(self, nodes: Tensor) -> tuple[Tensor, Tensor]:
        """Give the edges into each of n nodes, and which of the n each of them enters."""
        begin = self.starts[nodes]
        count = self.starts[nodes + 1] - begin
        rows = torch.arange(len(nodes), device=nodes.device).repeat_interleave(count)
        before = count.cumsum(0) - count
        return torch.arange(len(rows), device=nodes.device) + (begin - before)[rows], rows


@dataclass(frozen=True, slots=True)
class Step:
    """The edges that carry messages from the nodes reached before to those reached now.

    Attributes:
        keys: [n] the pairs (query, node) reached now, as query * N + node, ascending.
        previous: [n] the place of each in the step before, or -1.
        source, target: [e] the place of an edge's ends, in the step before and in this one.
        relation, query: [e] the edge's relation, and the query that it serves.
        begins: [n] where the edges into each pair begin.
    """

    keys: Tensor
    previous: Tensor
    source: Tensor
    relation: Tensor
    query: Tensor
    target: Tensor
    begins: Tensor


def first_keys(heads: Tensor, graph: LinkGraph) -> Tensor:
    """Give the pairs (query, its head)."""
    return torch.arange(len(heads), device=heads.device) * graph.entity_count + heads


def next_step(graph: LinkGraph, keys: Tensor, dropped: Tensor) -> Step:
    """Go one edge further from the pairs `keys`.

    `dropped` [B] is the triple that a query may not walk over, or NO_TRIPLE. What is reached over
    it alone is not reached, so nothing tells that it was there.
    """
    size = len(dropped) * graph.entity_count
    place = torch.full((size,), -1, device=keys.device)
    place[keys] = torch.arange(len(keys), device=keys.device)
    edges, _, query = _walkable(graph, keys, dropped)
    reached = torch.zeros(size, dtype=torch.bool, device=keys.device)
    reached[keys] = True
    reached[query * graph.entity_count + graph.sources[edges]] = True
    new = reached.nonzero().squeeze(1)
    edges, rows, query = _walkable(graph, new, dropped)
    source = place[query * graph.entity_count + graph.sources[edges]]
    kept = source >= 0
    counts = torch.bincount(rows[kept], minlength=len(new))
    return Step(
        keys=new,
        previous=place[new],
        source=source[kept],
        relation=graph.relations[edges[kept]],
        query=query[kept],
        target=rows[kept],
        begins=counts.cumsum(0) - counts,
    )


def distances(graph: LinkGraph, heads: Tensor, dropped: Tensor, most: int) -> Tensor:
    """Give how many edges each node is from each head [B, N]; most + 1: further, or not at all."""
    keys = first_keys(heads, graph)
    found = torch.full((len(heads) * graph.entity_count,), most + 1, device=heads.device)
    found[keys] = 0
    for step in range(1, most + 1):
        edges, _, query = _walkable(graph, keys, dropped)
        keys = (query * graph.entity_count + graph.sources[edges]).unique()
        keys = keys[found[keys] > most]
        found[keys] = step
    return found.view(len(heads), -1)


def _walkable(graph: LinkGraph, keys: Tensor, dropped: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Give the edges into each pair that its query may use, the pair's place, and the query."""
    edges, rows = graph.edges_into(keys % graph.entity_count)
    query = (keys // graph.entity_count)[rows]
    kept = graph.origins[edges] != dropped[query]
    return edges[kept], rows[kept], query[kept]


def read_triples(path: Path) -> list[tuple[str, str, str]]:
    """Read lines of head, relation and tail with tabs between them.

    Raises:
        InvalidInput: a line has another number of cells; it is named by its number.
    """
    found: list[tuple[str, str, str]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match line.split("\t"):
            case [head, relation, tail]:
                found.append((head, relation, tail))
            case cells:
                raise InvalidInput(
                    "triples", f"{path.name}, line {number}: {len(cells)} cells instead of 3"
                )
    return found


def numbered(
    triples: Sequence[tuple[str, str, str]], entities: dict[str, int], relations: dict[str, int]
) -> Tensor:
    """Give [T, 3] numbers for words; a triple of an unknown entity or relation is left out."""
    rows = [
        (entities[head], relations[relation], entities[tail])
        for head, relation, tail in triples
        if head in entities and tail in entities and relation in relations
    ]
    return torch.tensor(rows, dtype=torch.long).reshape(-1, 3)
