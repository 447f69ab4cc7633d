"""Everything that the verbs need, each as the small protocol it is used by; wired by `web`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from billing.payments import Payments
from billing.stock import Stock
from domain.access import Actor, Viewer
from domain.cards import FailureCard
from domain.codes import ErrorCode
from domain.events import Event, EventType
from domain.ids import GarageId, InvoiceId, OperationId, PersonId, TicketId
from domain.matches import Embedding, Hit
from domain.technicians import Technician
from domain.tickets import Ticket, TicketStatus
from domain.vehicles import VehicleModel
from domain.vocabulary import Supplier
from graph.card_pages import CardFilter
from records.database import Records
from repair import feedback, merging, reviewing, stores
from repair.invoicing import Invoicing
from repair.stores import EVERYTHING

Answer = dict[str, Any]


class Cards(merging.Cards, Protocol):
    async def page(
        self, viewer: Viewer, *, first: int, after: str | None, filter: CardFilter
    ) -> list[FailureCard]: ...


class Tickets(stores.Tickets, Protocol):
    async def many(self, ids: Sequence[TicketId], actor: Actor) -> dict[TicketId, Ticket]: ...

    async def page(
        self, actor: Actor, *, first: int, after: str | None, status: TicketStatus | None
    ) -> list[Ticket]: ...


class Crew(stores.Crew, Protocol):
    async def technicians(self, garage: GarageId) -> Sequence[Technician]: ...


class Vocabulary(stores.Vocabulary, Protocol):
    async def error_codes(
        self, keys: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> Sequence[ErrorCode]: ...

    async def suppliers(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> Sequence[Supplier]: ...

    async def models(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> Sequence[VehicleModel]: ...


class Search(Protocol):
    async def by_meaning(
        self, embedding: Embedding, viewer: Viewer, limit: int, make: str | None = None
    ) -> list[Hit]: ...

    async def by_words(
        self, text: str, viewer: Viewer, limit: int, make: str | None = None
    ) -> list[Hit]: ...


class Operations(Protocol):
    async def once(
        self,
        operation: OperationId,
        actor: PersonId,
        body: str,
        work: Callable[[], Awaitable[Answer]],
    ) -> Answer: ...


class Feed(Protocol):
    """The change log as it grows: every event once, in one order."""

    def follow(
        self, types: Collection[EventType], after: int | None = None, until: int | None = None
    ) -> AsyncIterator[tuple[int, Event]]: ...

    async def head(self) -> int: ...


class Links(Protocol):
    """Signs where a PDF may be fetched without a token, for some minutes."""

    def sign(self, id: InvoiceId, now: datetime) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    """The books, and what makes an invoice of a ticket."""

    invoicing: Invoicing
    payments: Payments
    stock: Stock
    records: Records
    links: Links


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """`billing` is None where the books are not connected."""

    cards: Cards
    tickets: Tickets
    crew: Crew
    vocabulary: Vocabulary
    search: Search
    reader: stores.Reader
    matcher: stores.Matcher
    embedder: stores.Embedder
    operations: Operations
    marking: merging.Marking
    feedback: feedback.Book
    reviews: reviewing.Reviews
    feed: Feed
    now: Callable[[], datetime]
    billing: Billing | None = None
