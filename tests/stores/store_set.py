"""The stores of one house, real or in memory."""

from dataclasses import dataclass
from typing import Self

from graph.cards import CardStore
from graph.database import Graph
from graph.outbox import GraphOutbox
from graph.technicians import TechnicianStore
from graph.tickets import TicketStore
from graph.vocabulary import VocabularyStore
from tests.stores.fakes import FakeCards, FakeCrew, FakeOutbox, FakeTickets, FakeVocabulary, Memory


@dataclass(frozen=True, slots=True)
class House:
    cards: CardStore | FakeCards
    tickets: TicketStore | FakeTickets
    vocabulary: VocabularyStore | FakeVocabulary
    outbox: GraphOutbox | FakeOutbox
    crew: TechnicianStore | FakeCrew

    @classmethod
    def on(cls, graph: Graph) -> Self:
        return cls(
            CardStore(graph),
            TicketStore(graph),
            VocabularyStore(graph),
            GraphOutbox(graph),
            TechnicianStore(graph),
        )

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
