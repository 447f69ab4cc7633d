"""What the use cases need of the stores and of matching; `web.wiring` supplies it."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from domain.access import Actor, Viewer
from domain.cards import FailureCard
from domain.events import Event
from domain.ids import BayId, CardId, GarageId, JobId, PersonId, TicketId, VehicleId
from domain.jobs import Bay, Job, Slot
from domain.matches import Embedding, Understood
from domain.reports import FailureReport
from domain.technicians import Candidate, Technician
from domain.tickets import Matching, Shown, Ticket
from domain.vocabulary import Component, Part, Symptom
from graph.cards import CardVersion
from matching.answers import Answer

EVERYTHING = 1_000_000


class Cards(Protocol):
    async def add(
        self, card: FailureCard, events: Sequence[Event], embedding: Embedding | None = None
    ) -> None: ...

    async def put(
        self,
        card: FailureCard,
        events: Sequence[Event],
        *,
        expected: int,
        embedding: Embedding | None = None,
    ) -> None: ...

    async def get(self, id: CardId, viewer: Viewer) -> FailureCard: ...

    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]: ...

    async def versions(self, id: CardId, viewer: Viewer) -> list[CardVersion]: ...


class Tickets(Protocol):
    async def add(
        self, ticket: Ticket, events: Sequence[Event], embedding: Embedding | None = None
    ) -> None: ...

    async def put(self, ticket: Ticket, events: Sequence[Event], *, expected: int) -> None: ...

    async def get(self, id: TicketId, actor: Actor) -> Ticket: ...

    async def closed_on(self, vehicle: VehicleId, garage: GarageId) -> Sequence[Ticket]: ...

    async def shown(self, ids: Sequence[TicketId]) -> dict[TicketId, tuple[Shown, ...]]: ...

    async def show(
        self,
        id: TicketId,
        shown: Sequence[Shown],
        matching: Matching,
        events: Sequence[Event],
    ) -> None: ...


class Crew(Protocol):
    async def register(self, technician: Technician) -> None: ...

    async def technician(self, id: PersonId) -> Technician | None: ...

    async def candidates(self, ticket: Ticket) -> list[Candidate]: ...


class Jobs(Protocol):
    async def register_bay(self, bay: Bay) -> None: ...

    async def bay(self, id: BayId) -> Bay | None: ...

    async def job(self, id: JobId) -> Job | None: ...

    async def day(self, garage: GarageId, slot: Slot) -> Sequence[Job]: ...

    async def book(self, job: Job, *, expected: int = 0) -> None: ...

    async def cancel(self, job: Job, mark: str) -> None: ...

    async def cancelled(self, id: JobId, mark: str) -> bool: ...


class Vocabulary(Protocol):
    """Each gives the things of these ids, or all; by id, up to `first` beyond the id `after`."""

    async def symptoms(
        self, codes: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> Sequence[Symptom]: ...

    async def components(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> Sequence[Component]: ...

    async def parts(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> Sequence[Part]: ...


class Reader(Protocol):
    """Understands a report: codes, symptoms, vehicle, embedding."""

    async def understand(self, report: FailureReport) -> Understood: ...


class Matcher(Protocol):
    async def match(self, understood: Understood, viewer: Viewer, limit: int = 5) -> Answer: ...


class Embedder(Protocol):
    async def embed(self, texts: Sequence[str]) -> Sequence[Embedding]: ...
