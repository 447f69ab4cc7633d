"""Makes the tensors of a batch: reports of one time, with the world as it was at its first moment.

The tower sees one snapshot, from before the first report of the batch; each report's paths are
walked at the report's own moment. A card that was written between the two is scored by what it
says alone. What reports of one batch say never reaches each other: no message leaves a report.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from domain.repair_history import RepairRecord
from gnn.link_graph import Step
from gnn.ngrams import text_rows
from gnn.repair_graph import (
    CLAIMED,
    LINKS,
    PLACE,
    RELATIONS,
    REPORTED,
    Ints,
    Link,
    Node,
    RepairGraph,
    report_says,
    seconds,
)
from gnn.ticket_features import Bags, CardPast, TextShelf, ticket_numbers
from gnn.ticket_network import UNKNOWN, AskedBatch, Way, WorldBatch
from gnn.time_sampler import NEWEST, AskedReports, Hop, TimeSampler

# Of each way that tickets met a card, so many newest tickets speak to it in the tower.
HEARD = 4
NOTHING: Ints = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class ThingRows:
    """The rows of things that a network knows by name; all others share row 0."""

    rows: dict[str, int]

    @classmethod
    def of(cls, graph: RepairGraph, until: int) -> "ThingRows":
        """Name what an edge before a moment led to: later things must stay unknown."""
        seen = set(graph.target[graph.moment < until].tolist())
        named = (thing for thing, node in graph.things.items() if node in seen)
        return cls({_word(*thing): row for row, thing in enumerate(named, UNKNOWN + 1)})

    def row(self, kind: Node, name: str) -> int:
        return self.rows.get(_word(kind, name), UNKNOWN)


class BatchMaker:
    """Makes batches over one graph; what does not change with time is read once."""

    def __init__(self, graph: RepairGraph, names: ThingRows, newest: int = NEWEST) -> None:
        self.graph, self.names = graph, names
        self._newest = newest
        self._sampler = TimeSampler(graph)
        self.shelf = TextShelf(graph.tickets, graph.cards)
        self._numbers = ticket_numbers(graph.tickets)
        self.past = CardPast(graph)
        self._card_bags = self.shelf.card_bags()
        order = {kind: number for number, kind in enumerate(Node)}
        rows, kinds = [names.row(*one) for one in graph.things], [order[k] for k, _ in graph.things]
        self._thing_rows = torch.tensor(rows, dtype=torch.long)
        self._thing_kinds = torch.tensor(kinds, dtype=torch.long)
        claims = np.isin(graph.relation, [PLACE[Node.CARD, "says", kind] for kind in CLAIMED])
        self._claims = np.flatnonzero(claims)

    def batch(
        self, reports: Sequence[RepairRecord], hidden: Ints = NOTHING
    ) -> tuple[WorldBatch, AskedBatch]:
        """Make the batch of some reports (at least one), of the graph or not, in any order.

        `hidden` are places of cards that look as if nobody had ever tried them.
        """
        moments = [seconds(one.opened_at) for one in reports]
        return self.world(min(moments), max(moments), hidden), self.asked(reports, hidden)

    def world(self, first: int, last: int, hidden: Ints = NOTHING) -> WorldBatch:
        """Make the snapshot of a moment, with the cards that were written up to `last`."""
        old, edges = self._snapshot(first, last, hidden + len(self.graph.tickets))
        return WorldBatch(
            texts=Bags.of([self.shelf.tickets[one] for one in old]),
            numbers=self._numbers[torch.from_numpy(old)],
            card_texts=self._card_bags,
            card_numbers=self.past.numbers(first, hidden),
            things=self._thing_rows,
            thing_kinds=self._thing_kinds,
            edges=edges,
        )

    def asked(self, reports: Sequence[RepairRecord], hidden: Ints = NOTHING) -> AskedBatch:
        """Make the reports' own part: what they say, and where that leads."""
        asked = self._reports(reports)
        hops = self._sampler.walk(asked, hidden + len(self.graph.tickets), self._newest)
        says = dict[Way, Tensor]()
        for kind in REPORTED:
            said = asked.relation == PLACE[Node.TICKET, "says", kind]
            pairs = np.stack([asked.node[said] - self.graph.first_thing, asked.query[said]])
            says["thing", kind.value, "ticket"] = torch.from_numpy(pairs)
        reached, cards = self._cards_reached(hops[-1])
        return AskedBatch(
            texts=Bags.of([text_rows(one.text) for one in reports]),
            numbers=ticket_numbers(reports),
            says=says,
            hops=[_step(hop) for hop in hops],
            hop_numbers=[_numbers(hop) for hop in hops],
            reached=reached,
            cards=cards,
        )

    def _reports(self, reports: Sequence[RepairRecord]) -> AskedReports:
        said = [self.graph.reported(report_says(one)) for one in reports]
        sizes = [len(relations) for relations, _ in said]
        return AskedReports(
            np.array([seconds(one.opened_at) for one in reports], dtype=np.int64),
            np.repeat(np.arange(len(reports)), sizes),
            np.concatenate([relations for relations, _ in said]),
            np.concatenate([nodes for _, nodes in said]),
        )

    def _snapshot(self, first: int, last: int, hidden: Ints) -> tuple[Ints, dict[Way, Tensor]]:
        """Give the old tickets that speak, and the edges of each way, as of `first`.

        Cards of up to `last` hear the things that they name; nobody hears them before `first`.
        """
        graph, tickets = self.graph, len(self.graph.tickets)
        cards = tickets + np.flatnonzero(graph.born < first)
        cards = np.setdiff1d(cards, hidden)
        row, relation, far, _, _ = self._sampler.newest(
            cards, np.full(len(cards), first), INVERSE_LINKS, HEARD
        )
        old = np.unique(far)
        edges = dict[Way, Ints]()
        for link, place in zip(Link, LINKS, strict=True):
            mine = relation == place + len(RELATIONS)
            met = np.stack([np.searchsorted(old, far[mine]), cards[row[mine]] - tickets])
            edges["ticket", link.name.lower(), "card"] = met
        self._claimed(edges, first, last)
        row, relation, far, _, _ = self._sampler.newest(
            old, np.full(len(old), first), SAID_BY_TICKETS, NEWEST
        )
        for kind in REPORTED:
            mine = relation == PLACE[Node.TICKET, "says", kind]
            said = np.stack([far[mine] - graph.first_thing, row[mine]])
            edges["thing", kind.value, "ticket"] = said
        return old, {way: torch.from_numpy(edge) for way, edge in edges.items()}

    def _claimed(self, edges: dict[Way, Ints], first: int, last: int) -> None:
        graph = self.graph
        claims = self._claims[graph.moment[self._claims] < last]
        for kind in CLAIMED:
            mine = claims[graph.relation[claims] == PLACE[Node.CARD, "says", kind]]
            card = graph.source[mine] - len(graph.tickets)
            thing = graph.target[mine] - graph.first_thing
            known = graph.moment[mine] < first
            edges["thing", kind.value, "card"] = np.stack([thing, card])
            edges["card", kind.value, "thing"] = np.stack([card[known], thing[known]])

    def _cards_reached(self, hop: Hop) -> tuple[Tensor, Tensor]:
        query, node = np.divmod(hop.keys, len(self.graph.kinds))
        card = node - len(self.graph.tickets)
        mine = np.flatnonzero((card >= 0) & (card < len(self.graph.cards)))
        pairs = query[mine] * len(self.graph.cards) + card[mine]
        return torch.from_numpy(mine), torch.from_numpy(pairs)


INVERSE_LINKS = frozenset(place + len(RELATIONS) for place in LINKS)
SAID_BY_TICKETS = frozenset(PLACE[Node.TICKET, "says", kind] for kind in REPORTED)


def _step(hop: Hop) -> Step:
    counts = np.bincount(hop.target, minlength=len(hop.keys))
    return Step(
        keys=torch.from_numpy(hop.keys),
        previous=torch.from_numpy(hop.previous),
        source=torch.from_numpy(hop.source),
        relation=torch.from_numpy(hop.relation),
        query=torch.from_numpy(hop.query),
        target=torch.from_numpy(hop.target),
        begins=torch.from_numpy(counts.cumsum() - counts),
    )


def _numbers(hop: Hop) -> Tensor:
    """Give [e, 2]: how old an edge is, and how many of its kind its source had."""
    found = np.stack([np.log1p(hop.age) / 6, np.log1p(hop.crowd) / 6], axis=1)
    return torch.from_numpy(found.astype(np.float32))


def _word(kind: Node, name: str) -> str:
    return f"{kind.value}:{name}"
