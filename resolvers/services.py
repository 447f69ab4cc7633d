"""Everything that the verbs need, each as the small protocol it is used by; wired by `web`."""

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from billing.correspondence import Correspondence
from billing.drafts import Drafts
from billing.payments import Payments
from billing.registrations import Registrations
from billing.returns import Returns
from billing.stock import Stock
from domain.access import Actor, Viewer
from domain.cards import FailureCard
from domain.codes import ErrorCode
from domain.events import Event, EventType
from domain.ids import CardId, GarageId, InvoiceId, OperationId, PersonId, TicketId
from domain.matches import Embedding, Hit, Understood
from domain.regions import Opened
from domain.technicians import Technician
from domain.tickets import Ticket, TicketStatus
from domain.vehicles import VehicleModel
from domain.vocabulary import Supplier
from graph.card_pages import CardFilter
from graph.places import Within
from matching.diagnosis.answers import Diagnosis
from records.database import Records
from records.offline import Proposal, Standing
from repair import feedback, merging, reviewing, stores
from repair.breaker import Breaker
from repair.invoicing import Invoicing
from repair.stores import EVERYTHING
from sync.cursors import Cursors
from sync.delta import Deltas

Answer = dict[str, Any]


class Cards(merging.Cards, Protocol):
    async def page(
        self, viewer: Viewer, *, first: int, after: str | None, filter: CardFilter
    ) -> list[FailureCard]: ...

    async def near(
        self, lat: float, lon: float, km: float, viewer: Viewer, limit: int
    ) -> list[FailureCard]: ...

    async def best(self, viewer: Viewer, limit: int, least: float) -> list[FailureCard]: ...

    async def once_seen(self, ids: Sequence[CardId], viewer: Viewer) -> set[CardId]: ...

    async def since(self, id: CardId, n: int) -> list[FailureCard]: ...

    async def record_of(self, author: str) -> tuple[int, int]: ...


class KeptCards(Protocol):
    """Cards as they stand, read or kept since they were read: for looking at, not for changing."""

    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]: ...


class Tickets(stores.Tickets, Protocol):
    async def many(self, ids: Sequence[TicketId], actor: Actor) -> dict[TicketId, Ticket]: ...

    async def page(
        self,
        actor: Actor,
        *,
        first: int,
        after: str | None,
        status: TicketStatus | None,
        within: Within | None = None,
    ) -> list[Ticket]: ...

    async def by_garage(
        self, since: datetime, until: datetime, actor: Actor
    ) -> Sequence[Opened]: ...


class Garages(Protocol):
    async def regions(self, ids: Sequence[GarageId]) -> Mapping[GarageId, str | None]: ...


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


class Diagnoser(Protocol):
    async def diagnose(self, understood: Understood, viewer: Viewer) -> Diagnosis: ...


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

    def sign(self, id: InvoiceId, now: datetime, *, masked: bool = False) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    """The books, and what makes an invoice of a ticket."""

    invoicing: Invoicing
    drafts: Drafts
    registrations: Registrations
    payments: Payments
    stock: Stock
    correspondence: Correspondence
    returns: Returns
    records: Records
    links: Links


class Offline(Protocol):
    async def acknowledge(self, garage: GarageId, seq: int) -> None: ...
    async def standings(self, garage: GarageId | None) -> Sequence[Standing]: ...
    async def propose(self, card: CardId, proposal: Proposal) -> None: ...
    async def proposals(self, card: CardId, sources: Sequence[str]) -> Sequence[Proposal]: ...
    async def foreign(self, operation: OperationId, actor: PersonId) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """`billing` is None where the books are not connected; `opening` guards new tickets."""

    cards: Cards
    kept: KeptCards
    tickets: Tickets
    garages: Garages
    crew: Crew
    jobs: stores.Jobs
    vocabulary: Vocabulary
    search: Search
    reader: stores.Reader
    matcher: stores.Matcher
    diagnoser: Diagnoser
    embedder: stores.Embedder
    operations: Operations
    marking: merging.Marking
    feedback: feedback.Book
    reviews: reviewing.Reviews
    feed: Feed
    offline: Offline
    deltas: Deltas
    places: Cursors
    now: Callable[[], datetime]
    billing: Billing | None = None
    opening: Breaker = field(default_factory=Breaker)
