"""Numbers for tickets and cards: what their words are, and what was known of a card at a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from domain.repair_history import CardRecord, RepairRecord
from gnn.ngrams import ROWS, text_rows
from gnn.repair_graph import LINKS, Ints, RepairGraph
from gnn.time_sampler import DAY

SEVERITIES = ("low", "medium", "high", "critical")
TICKET_NUMBERS = 2 + len(SEVERITIES)
CARD_NUMBERS = 5 + len(SEVERITIES)
FIELDS = 3
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Bags:
    """Texts as rows of pieces, one behind the other; the text i begins at `begins[i]`."""

    rows: Tensor
    begins: Tensor

    @classmethod
    def of(cls, texts: Sequence[Ints]) -> "Bags":
        sizes = np.array([len(text) for text in texts], dtype=np.int64)
        rows = np.concatenate(texts) if len(texts) else np.empty(0, np.int64)
        return cls(torch.from_numpy(rows), torch.from_numpy(sizes.cumsum() - sizes))


class TextShelf:
    """The pieces of every ticket's text and of every card's three, read once."""

    def __init__(self, tickets: Sequence[RepairRecord], cards: Sequence[CardRecord]) -> None:
        self.tickets = [text_rows(ticket.text) for ticket in tickets]
        self.cards = [
            (
                text_rows(f"{card.title} {card.symptom_text}"),
                text_rows(card.cause),
                text_rows(card.fix),
            )
            for card in cards
        ]

    def rarity(self, tickets: int) -> Tensor:
        """Give how rare each piece is in cards and first tickets: log(1 + texts / those)."""
        texts = [*self.tickets[:tickets], *(text for card in self.cards for text in card)]
        seen = np.bincount(np.concatenate([np.unique(one) for one in texts]), minlength=ROWS)
        return torch.from_numpy(np.log1p(len(texts) / (1 + seen)).astype(np.float32))

    def card_bags(self) -> Bags:
        """Give three texts of each card: how it shows, why, what to do."""
        return Bags.of([text for card in self.cards for text in card])


def ticket_numbers(tickets: Sequence[RepairRecord]) -> Tensor:
    """Give [tickets, 6]: odometer, whether it is known, severity."""
    rows = [
        [
            log1p(ticket.odometer_km or 0) / 10,
            float(ticket.odometer_km is not None),
            *(float(ticket.severity == one) for one in SEVERITIES),
        ]
        for ticket in tickets
    ]
    return torch.tensor(rows, dtype=torch.float32).reshape(-1, TICKET_NUMBERS)


class CardPast:
    """How often each card had worked and failed by a moment."""

    def __init__(self, graph: RepairGraph) -> None:
        self._born = graph.born
        order = np.argsort(graph.moment, kind="stable")
        order = order[np.isin(graph.relation[order], LINKS)]
        self._moment = graph.moment[order]
        self._card = graph.target[order] - len(graph.tickets)
        self._worked = graph.relation[order] == LINKS[0]
        self._severity = np.array(
            [[float(card.severity == one) for one in SEVERITIES] for card in graph.cards],
            dtype=np.float32,
        ).reshape(-1, len(SEVERITIES))

    def uses(self, moment: int) -> Ints:
        """Give [cards] how often each was tried before a moment."""
        now = int(np.searchsorted(self._moment, moment))
        return np.bincount(self._card[:now], minlength=len(self._born))

    def numbers(self, moment: int, hidden: Ints) -> Tensor:
        """Give [cards, 9]: smoothed success, uses, days since one worked, age, unused, severity.

        A hidden card looks as if nobody had ever tried it.
        """
        now, count = int(np.searchsorted(self._moment, moment)), len(self._born)
        card, worked = self._card[:now], self._worked[:now]
        seen = ~np.isin(card, hidden)
        card, worked, when = card[seen], worked[seen], self._moment[:now][seen]
        uses = np.bincount(card, minlength=count)
        good = np.bincount(card[worked], minlength=count)
        usual = (good.sum() + 1) / (uses.sum() + 2)
        last = np.zeros(count)
        last[card[worked]] = when[worked]
        quiet = np.where(last > 0, (moment - last) / DAY, 365.0)
        age = np.maximum(moment - self._born, 0) / DAY
        found = np.stack(
            [
                (good + 2 * usual) / (uses + 2),
                np.log1p(uses) / 5,
                np.log1p(quiet) / 6,
                np.log1p(age) / 6,
                (uses == 0).astype(float),
            ],
            axis=1,
        ).astype(np.float32)
        return torch.from_numpy(np.concatenate([found, self._severity], axis=1))
