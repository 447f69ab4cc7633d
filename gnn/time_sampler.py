"""Samples a graph as it was at a moment: each node's newest edges that held before it.

For a report it walks from the things that the report names to the tickets and cards that named them
before, and from those tickets to the cards that were tried on them. A report needs no node of its
own, so one that came in this minute is sampled as any other. What a report's sample holds depends
on that report alone, never on its neighbours in a batch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnn.repair_graph import LINKS, RELATIONS, Ints, Node, RepairGraph

# Seconds since 1970 fit below it until the year 2242.
SPAN = 1 << 33
DAY = 86_400.0
NEWEST = 24


@dataclass(frozen=True, slots=True)
class AskedReports:
    """AskedReports to be sampled: when each asks, and the things that it names.

    Attributes:
        moments: [B] seconds.
        query, relation, node: [m] the report, how it names the thing, and the thing.
    """

    moments: Ints
    query: Ints
    relation: Ints
    node: Ints


@dataclass(frozen=True, slots=True)
class Hop:
    """Edges of one step, by the pair that they enter.

    Attributes:
        keys: [n] the pairs (query, node) reached now, query * N + node, ascending.
        previous: [n] the place of each in the hop before, or -1.
        source, target, relation, query: [e] as in `gnn.link_graph.Step`.
        edge: [e] the edge of the graph.
        age: [e] days from the edge's moment to the query's.
        crowd: [e] how many edges of its kind the source had by then.
    """

    keys: Ints
    previous: Ints
    source: Ints
    target: Ints
    relation: Ints
    query: Ints
    edge: Ints
    age: NDArray[np.float32]
    crowd: NDArray[np.float32]


class TimeSampler:
    """Finds the newest edges by binary search: those of a node and a relation lie in time."""

    def __init__(self, graph: RepairGraph) -> None:
        self.graph = graph
        self._size = len(graph.kinds)
        count = len(RELATIONS)
        leaves = np.concatenate([graph.source, graph.target])
        self._enters = np.concatenate([graph.target, graph.source])
        kind = np.concatenate([graph.relation, graph.relation + count])
        edge = np.tile(np.arange(len(graph.source)), 2)
        key = (leaves * (2 * count) + kind) * SPAN + graph.moment[edge]
        # Of one moment by its number: the same newest edges whatever the sort does.
        order = np.lexsort((edge, key))
        self._keys, self._enters, self._edge = key[order], self._enters[order], edge[order]
        self._kinds = [
            [r for r, (a, _, _) in enumerate(RELATIONS) if a is node]
            + [r + count for r, (_, _, b) in enumerate(RELATIONS) if b is node]
            for node in Node
        ]

    def newest(
        self, nodes: Ints, moments: Ints, relations: frozenset[int] | None, most: int
    ) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Give the newest edges of each node before its moment, at most `most` of each relation.

        Returns:
            row, relation (R + r against its direction), far end, edge, and how many there were.
        """
        rows, kinds, first, last, crowd = (list[Ints]() for _ in range(5))
        of_node = self.graph.kinds[nodes]
        for kind, leaving in enumerate(self._kinds):
            mine = np.flatnonzero(of_node == kind)
            for relation in leaving:
                if len(mine) == 0 or (relations is not None and relation not in relations):
                    continue
                group = (nodes[mine] * (2 * len(RELATIONS)) + relation) * SPAN
                begin = np.searchsorted(self._keys, group)
                end = np.searchsorted(self._keys, group + moments[mine])
                rows.append(mine)
                kinds.append(np.full(len(mine), relation))
                first.append(np.maximum(begin, end - most))
                last.append(end)
                crowd.append(end - begin)
        if not rows:
            nothing = np.empty(0, np.int64)
            return nothing, nothing, nothing, nothing, nothing
        row, kind, begin, end, many = (np.concatenate(x) for x in (rows, kinds, first, last, crowd))
        count = end - begin
        spread = np.repeat(np.arange(len(row)), count)
        places = np.arange(len(spread)) + (begin - count.cumsum() + count)[spread]
        return row[spread], kind[spread], self._enters[places], self._edge[places], many[spread]

    def walk(self, reports: AskedReports, hidden: Ints, most: int = NEWEST) -> list[Hop]:
        """Walk from the reports to cards in three steps, over at most `most` edges of a relation.

        `hidden` are cards (nodes) that no ticket may lead to, as if nobody had ever tried them.
        """
        hops = [self._named(reports)]
        hops.append(self._next(hops[-1], reports, hidden, None, most))
        hops.append(self._next(hops[-1], reports, hidden, frozenset(LINKS), most))
        return hops

    def _named(self, reports: AskedReports) -> Hop:
        """From each report (itself the source, by its place) to what it names."""
        keys = reports.query * self._size + reports.node
        order = np.argsort(keys, kind="stable")
        unique, target = np.unique(keys[order], return_inverse=True)
        nothing = np.zeros(len(order), dtype=np.float32)
        return Hop(
            keys=unique,
            previous=np.full(len(unique), -1),
            source=reports.query[order],
            target=target,
            relation=reports.relation[order],
            query=reports.query[order],
            edge=np.full(len(order), -1),
            age=nothing,
            crowd=nothing,
        )

    def _next(
        self,
        hop: Hop,
        reports: AskedReports,
        hidden: Ints,
        relations: frozenset[int] | None,
        most: int,
    ) -> Hop:
        query, nodes = np.divmod(hop.keys, self._size)
        row, relation, far, edge, crowd = self.newest(
            nodes, reports.moments[query], relations, most
        )
        met = np.isin(self.graph.relation[edge], LINKS)
        kept = ~(met & np.isin(self.graph.target[edge], hidden))
        row, relation, far, edge, crowd = (x[kept] for x in (row, relation, far, edge, crowd))
        reached = query[row] * self._size + far
        keys = np.union1d(hop.keys, reached)
        target = np.searchsorted(keys, reached)
        order = np.argsort(target, kind="stable")
        place = np.searchsorted(hop.keys, keys).clip(max=max(len(hop.keys) - 1, 0))
        before = np.where(hop.keys[place] == keys, place, -1) if len(hop.keys) else place - 1
        age = (reports.moments[query[row]] - self.graph.moment[edge]) / DAY
        return Hop(
            keys=keys,
            previous=before,
            source=row[order],
            target=target[order],
            relation=relation[order],
            query=query[row][order],
            edge=edge[order],
            age=age[order].astype(np.float32),
            crowd=crowd[order].astype(np.float32),
        )
