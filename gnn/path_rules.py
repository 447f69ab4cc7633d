"""Rules by counting paths: what a network over paths has to beat (row of RuleN in the papers).

Every walk of one to three edges in the training graph is a rule "who is reached by these relations,
in this order, is also reached by r"; how often that is true is its chance. A candidate's score
joins the chances of all rules that reach it, as if each could be wrong by itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, from_numpy

from gnn.link_graph import LinkGraph
from gnn.link_ranks import Figures, figures
from gnn.path_learner import LinkSplit

LONGEST = 3
FEWEST = 2
CAUTION = 5.0
SUREST = 0.99
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Walks:
    """Walks from `start` to `end` by a `path` of relations (a number for it), over `triples`."""

    start: Ints
    end: Ints
    path: Ints
    triples: Ints

    def joined(self, other: "Walks") -> "Walks":
        return Walks(
            np.concatenate([self.start, other.start]),
            np.concatenate([self.end, other.end]),
            np.concatenate([self.path, other.path]),
            np.concatenate([_padded(self.triples), _padded(other.triples)]),
        )


def walks(graph: LinkGraph, longest: int = LONGEST) -> Walks:
    """Give every walk that uses no triple twice and does not come back to its start."""
    base = 2 * graph.relation_count + 1
    starts, sources = graph.starts.numpy(), graph.sources.numpy()
    # Edges by the node that they leave: the inverse of what enters it.
    kinds = (graph.relations.numpy() + graph.relation_count) % (2 * graph.relation_count)
    origins = graph.origins.numpy()
    nodes = np.arange(graph.entity_count)
    now = Walks(nodes, nodes, np.zeros_like(nodes), np.empty((len(nodes), 0), np.int64))
    found = now
    for _ in range(longest):
        count = starts[now.end + 1] - starts[now.end]
        rows = np.repeat(np.arange(len(count)), count)
        edges = np.arange(len(rows)) + (starts[now.end] - count.cumsum() + count)[rows]
        used = (now.triples[rows] == origins[edges][:, None]).any(1)
        kept = ~used & (sources[edges] != now.start[rows])
        rows, edges = rows[kept], edges[kept]
        now = Walks(
            now.start[rows],
            sources[edges],
            now.path[rows] * base + kinds[edges] + 1,
            np.concatenate([now.triples[rows], origins[edges][:, None]], 1),
        )
        found = now if found.triples.shape[1] == 0 else found.joined(now)
    return found


@dataclass(frozen=True, slots=True)
class PathRules:
    """The chance of each rule: `keys` are path * 2R + relation, ascending."""

    keys: Ints
    chances: NDArray[np.float64]

    @classmethod
    def of(cls, graph: LinkGraph, longest: int = LONGEST) -> "PathRules":
        """Count on a training graph how often each path leads where a relation leads too."""
        seen = walks(graph, longest)
        pairs = np.unique(np.stack([seen.path, seen.start, seen.end]), axis=1)
        paths, bodies = np.unique(pairs[0], return_counts=True)
        path, relation, pair = _witnessed(graph, seen)
        rules = np.unique(np.stack([path * (2 * graph.relation_count) + relation, pair]), axis=1)
        keys, support = np.unique(rules[0], return_counts=True)
        body = bodies[np.searchsorted(paths, keys // (2 * graph.relation_count))]
        chances = np.minimum(support / (body + CAUTION), SUREST)
        kept = support >= FEWEST
        return cls(keys[kept], chances[kept])

    def scores(self, graph: LinkGraph, found: Walks, heads: Tensor, relations: Tensor) -> Tensor:
        """Give [B, N]: how sure the rules are of each entity, as a sum of -log(1 - chance)."""
        scores = np.zeros((len(heads), graph.entity_count))
        for row, (head, relation) in enumerate(
            zip(heads.tolist(), relations.tolist(), strict=True)
        ):
            mine = slice(*np.searchsorted(found.start, [head, head + 1]))
            asked = found.path[mine] * (2 * graph.relation_count) + relation
            ends, kinds = found.end[mine], asked
            once = np.unique(np.stack([ends, kinds]), axis=1)
            place = np.searchsorted(self.keys, once[1]).clip(max=len(self.keys) - 1)
            known = self.keys[place] == once[1]
            np.add.at(scores[row], once[0][known], -np.log1p(-self.chances[place[known]]))
        return from_numpy(scores)


def by_start(found: Walks) -> Walks:
    """Give the walks in the order of their starts, as `PathRules.scores` reads them."""
    order = np.argsort(found.start, kind="stable")
    return Walks(found.start[order], found.end[order], found.path[order], found.triples[order])


def measured_rules(learnt: LinkGraph, asked: LinkSplit, longest: int = LONGEST) -> Figures:
    """Count rules on one graph, and give their figures on the test triples of another."""
    rules = PathRules.of(learnt, longest)
    found = by_start(walks(asked.graph, longest))
    return figures(
        lambda heads, relations, _: rules.scores(asked.graph, found, heads, relations),
        asked.test,
        asked.graph,
        asked.known,
    )


def _witnessed(graph: LinkGraph, seen: Walks) -> tuple[Ints, Ints, Ints]:
    """Give (path, relation, pair) where a walk ends where a triple ends that it did not use."""
    count, size = graph.relation_count, graph.entity_count
    head, relation, tail = graph.triples.numpy().T
    links = np.concatenate([head * size + tail, tail * size + head])
    kinds = np.concatenate([relation, relation + count])
    origins = np.tile(np.arange(len(head)), 2)
    order = np.argsort(links, kind="stable")
    links, kinds, origins = links[order], kinds[order], origins[order]
    pairs = seen.start * size + seen.end
    first, last = np.searchsorted(links, pairs), np.searchsorted(links, pairs, side="right")
    rows = np.repeat(np.arange(len(pairs)), last - first)
    before = (last - first).cumsum() - (last - first)
    places = np.arange(len(rows)) + (first - before)[rows]
    free = ~(seen.triples[rows] == origins[places][:, None]).any(1)
    rows, places = rows[free], places[free]
    return seen.path[rows], kinds[places], pairs[rows]


def _padded(triples: Ints) -> Ints:
    return np.pad(triples, ((0, 0), (0, LONGEST - triples.shape[1])), constant_values=-1)
