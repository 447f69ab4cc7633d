"""The stores of one house, real or in memory."""

from dataclasses import dataclass
from typing import Self

from graph.cards import Cards
from graph.crew import Crew
from graph.database import Graph
from graph.outbox import Outbox
from graph.tickets import Tickets
from graph.vocabulary import Vocabulary
from tests.stores.fakes import FakeCards, FakeCrew, FakeOutbox, FakeTickets, FakeVocabulary, Memory


@dataclass(frozen=True, slots=True)
class House:
    cards: Cards | FakeCards
    tickets: Tickets | FakeTickets
    vocabulary: Vocabulary | FakeVocabulary
    outbox: Outbox | FakeOutbox
    crew: Crew | FakeCrew

    @classmethod
    def on(cls, graph: Graph) -> Self:
        return cls(Cards(graph), Tickets(graph), Vocabulary(graph), Outbox(graph), Crew(graph))

    @classmethod
    def in_memory(cls) -> Self:
        memory = Memory()
        return cls(
            FakeCards(memory),
            FakeTickets(memory),
            FakeVocabulary(memory),
            FakeOutbox(memory),
            FakeCrew(),
        )
