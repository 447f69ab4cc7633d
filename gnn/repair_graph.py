"""The history of repairs as a graph in time: what tickets and cards say, and which card helped.

Nodes are tickets, cards, and the things that both speak of. An edge holds from a moment on, and
whoever asks at a moment sees what held before it. Tickets and cards have no names for a model to
learn by heart; the other nodes have.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from domain.ids import CardId
from domain.repair_history import CardRecord, RepairHistory, RepairRecord
from domain.vehicles import slug

Ints = NDArray[np.int64]


class Node(StrEnum):
    """What a node is; the order is that of their numbers."""

    TICKET = "ticket"
    CARD = "card"
    SYMPTOM = "symptom"
    CODE = "code"
    MODEL = "model"
    MAKE = "make"
    FIRMWARE = "firmware"
    SUPPLIER = "supplier"
    BATCH = "batch"
    CLIMATE = "climate"
    SEASON = "season"
    COMPONENT = "component"
    PART = "part"


THINGS = tuple(kind for kind in Node if kind not in {Node.TICKET, Node.CARD})
# What a report can say, and what a card can.
REPORTED = (
    Node.SYMPTOM,
    Node.CODE,
    Node.MODEL,
    Node.MAKE,
    Node.FIRMWARE,
    Node.SUPPLIER,
    Node.BATCH,
    Node.CLIMATE,
    Node.SEASON,
)
CLAIMED = (Node.SYMPTOM, Node.CODE, Node.MODEL, Node.MAKE, Node.COMPONENT, Node.PART)


class Link(StrEnum):
    """How a repair and a card met."""

    RESOLVED = "resolved"
    CAME_BACK = "came back"
    FAILED = "tried, failed"


# (what an edge leaves, how, what it enters); each is walked both ways.
RELATIONS: tuple[tuple[Node, str, Node], ...] = (
    *((Node.TICKET, "says", kind) for kind in REPORTED),
    *((Node.CARD, "says", kind) for kind in CLAIMED),
    *((Node.TICKET, link, Node.CARD) for link in Link),
)
PLACE: dict[tuple[Node, str, Node], int] = {
    relation: number for number, relation in enumerate(RELATIONS)
}
LINKS = tuple(PLACE[Node.TICKET, link, Node.CARD] for link in Link)
Said = tuple[tuple[Node, str], ...]


def report_says(repair: RepairRecord) -> Said:
    """Give the things that a report names: what is known when it comes in, and no more."""
    found = [(Node.SYMPTOM, one) for one in repair.symptoms]
    found += [(Node.CODE, one) for one in repair.codes]
    if repair.make is not None:
        found.append((Node.MAKE, slug(repair.make)))
        if repair.model is not None:
            found.append((Node.MODEL, slug(repair.make, repair.model)))
        if repair.firmware is not None:
            found.append((Node.FIRMWARE, slug(repair.make, repair.firmware)))
    for kind, value in (
        (Node.SUPPLIER, repair.supplier),
        (Node.BATCH, repair.battery_batch),
        (Node.CLIMATE, repair.climate),
    ):
        if value is not None:
            found.append((kind, value))
    found.append((Node.SEASON, f"month {repair.opened_at.month}"))
    return tuple(dict.fromkeys(found))


def card_says(card: CardRecord, models: "ModelNames") -> Said:
    """Give the things that a card names."""
    found = [(Node.SYMPTOM, one) for one in card.symptoms]
    found += [(Node.CODE, one) for one in card.codes]
    found += [(Node.MODEL, models.base(one)) for one in card.models]
    found += [(Node.MAKE, slug(one)) for one in card.makes]
    found += [(Node.PART, one) for one in card.parts]
    if card.component is not None:
        found.append((Node.COMPONENT, card.component))
    return tuple(dict.fromkeys(found))


class ModelNames:
    """Finds the model in an id with variant and year: `ather-450x` in `ather-450x-2024`."""

    def __init__(self, repairs: Iterable[RepairRecord]) -> None:
        self._known = {slug(r.make, r.model) for r in repairs if r.make and r.model}

    def base(self, model: str) -> str:
        parts = model.split("-")
        begins = ("-".join(parts[:n]) for n in range(len(parts), 0, -1))
        return next((one for one in begins if one in self._known), model)


@dataclass(frozen=True)
class RepairGraph:
    """Edges in time between numbered nodes: tickets first, then cards, then things.

    Attributes:
        things: the number of each (kind, name).
        kinds: [N] the kind of each node, its place in `Node`.
        source, relation, target, moment: [E]; an edge holds from its moment (seconds) on.
        born: [cards] when a card was written.
    """

    tickets: tuple[RepairRecord, ...]
    cards: tuple[CardRecord, ...]
    things: Mapping[tuple[Node, str], int]
    models: ModelNames
    kinds: Ints
    source: Ints
    relation: Ints
    target: Ints
    moment: Ints
    born: Ints

    @classmethod
    def of(cls, history: RepairHistory) -> "RepairGraph":
        """Read a history; equal histories give equal graphs."""
        tickets = tuple(sorted(history.repairs, key=lambda r: (r.opened_at, r.ticket)))
        cards = tuple(sorted(history.cards, key=lambda c: (c.created_at, c.card)))
        return _Builder(tickets, cards).graph()

    @property
    def first_thing(self) -> int:
        return len(self.tickets) + len(self.cards)

    @cached_property
    def card_places(self) -> dict[CardId, int]:
        """The place of each card among the cards; its node is `len(tickets)` further."""
        return {card.card: place for place, card in enumerate(self.cards)}

    @cached_property
    def thing_names(self) -> tuple[tuple[Node, str], ...]:
        """The things by their numbers; their nodes begin at `first_thing`."""
        return tuple(self.things)

    def reported(self, said: Said) -> tuple[Ints, Ints]:
        """Give the relations and the nodes of what a report says; what nobody knows is left out."""
        rows = [
            (PLACE[Node.TICKET, "says", kind], self.things[kind, name])
            for kind, name in said
            if (kind, name) in self.things
        ]
        found = np.array(rows, dtype=np.int64).reshape(-1, 2)
        return found[:, 0], found[:, 1]


class _Builder:
    def __init__(self, tickets: Sequence[RepairRecord], cards: Sequence[CardRecord]) -> None:
        self._tickets, self._cards = tuple(tickets), tuple(cards)
        self._models = ModelNames(tickets)
        self._things: dict[tuple[Node, str], int] = {}
        self._edges: list[tuple[int, int, int, int]] = []

    def graph(self) -> RepairGraph:
        for place, ticket in enumerate(self._tickets):
            self._say(place, Node.TICKET, report_says(ticket), seconds(ticket.opened_at))
        for place, card in enumerate(self._cards, len(self._tickets)):
            said = card_says(card, self._models)
            self._say(place, Node.CARD, said, seconds(card.created_at))
        self._meet()
        edges = np.array(self._edges, dtype=np.int64).reshape(-1, 4)
        own = [Node.TICKET] * len(self._tickets) + [Node.CARD] * len(self._cards)
        order = {kind: number for number, kind in enumerate(Node)}
        return RepairGraph(
            self._tickets,
            self._cards,
            self._things,
            self._models,
            np.array([order[k] for k in own + [k for k, _ in self._things]], dtype=np.int64),
            *edges.T,
            born=np.array([seconds(c.created_at) for c in self._cards], dtype=np.int64),
        )

    def _say(self, place: int, kind: Node, said: Said, moment: int) -> None:
        first = len(self._tickets) + len(self._cards)
        for thing in said:
            node = self._things.setdefault(thing, first + len(self._things))
            self._edges.append((place, PLACE[kind, "says", thing[0]], node, moment))

    def _meet(self) -> None:
        """Link tickets to the cards that were tried on them, from the end of the repair on."""
        places = {card.card: place for place, card in enumerate(self._cards, len(self._tickets))}
        for ticket, repair in enumerate(self._tickets):
            for card, link in _links(repair):
                if card in places:
                    relation = PLACE[Node.TICKET, link, Node.CARD]
                    moment = seconds(repair.closed_at)
                    self._edges.append((ticket, relation, places[card], moment))


def _links(repair: RepairRecord) -> Iterator[tuple[CardId, Link]]:
    if repair.resolved_by is not None:
        yield repair.resolved_by, Link.CAME_BACK if repair.came_back else Link.RESOLVED
    failed = {t.card for t in repair.tries if t.card is not None and not t.worked}
    for card in sorted(failed - {repair.resolved_by}):
        yield card, Link.FAILED


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())
