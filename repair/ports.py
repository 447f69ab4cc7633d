"""What the use cases need of the stores and of matching; `web.wiring` supplies it."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from domain.access import Actor, Viewer
from domain.cards import Attachment, FailureCard
from domain.events import Event
from domain.hazards import SafetyAdvice
from domain.ids import BayId, CardId, FileId, GarageId, JobId, PersonId, TicketId, VehicleId
from domain.jobs import Bay, Job, Slot
from domain.matches import Embedding, UnderstoodReport
from domain.reports import FailureReport
from domain.technicians import Technician, TechnicianCandidate
from domain.tickets import Matching, ShownCard, Ticket
from domain.tombstones import Tombstone
from domain.vocabulary import Component, Part, Symptom
from graph.cards import CardVersion
from matching.answers import MatchAnswer

EVERYTHING = 1_000_000


class CardRepository(Protocol):
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

    async def bury(self, stone: Tombstone, events: Sequence[Event], *, expected: int) -> None: ...

    async def tombstones(
        self, ids: Sequence[CardId], viewer: Viewer
    ) -> dict[CardId, Tombstone]: ...

    async def get(self, id: CardId, viewer: Viewer) -> FailureCard: ...

    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]: ...

    async def versions(self, id: CardId, viewer: Viewer) -> list[CardVersion]: ...


class TicketRepository(Protocol):
    async def add(
        self, ticket: Ticket, events: Sequence[Event], embedding: Embedding | None = None
    ) -> None: ...

    async def put(self, ticket: Ticket, events: Sequence[Event], *, expected: int) -> None: ...

    async def bury(self, stone: Tombstone, events: Sequence[Event], *, expected: int) -> None: ...

    async def tombstones(
        self, ids: Sequence[TicketId], actor: Actor
    ) -> dict[TicketId, Tombstone]: ...

    async def get(self, id: TicketId, actor: Actor) -> Ticket: ...

    async def closed_on(self, vehicle: VehicleId, garage: GarageId) -> Sequence[Ticket]: ...

    async def shown_cards(
        self, ids: Sequence[TicketId]
    ) -> dict[TicketId, tuple[ShownCard, ...]]: ...

    async def record_shown(
        self,
        id: TicketId,
        shown: Sequence[ShownCard],
        matching: Matching,
        events: Sequence[Event],
    ) -> None: ...


class TicketBooks(Protocol):
    """The books, as far as they rest on tickets."""

    async def demand_unbooked(self, ticket: TicketId) -> None: ...


class FileClaims(Protocol):
    """Files that were handed in, to be named by a ticket."""

    async def measured(self, files: Sequence[FileId], by: PersonId) -> str:
        """Say in sentences what the logs among somebody's files measured; of others nothing.

        Raises:
            InvalidInput: one of them is not kept, or is somebody else's.
        """
        ...

    async def claim(self, files: Sequence[FileId], ticket: Ticket, by: PersonId) -> None:
        """Have files belong to a ticket from now on; the same again changes nothing.

        Raises:
            InvalidInput: one of them is not kept, is somebody else's, or belongs to another ticket.
        """
        ...


class FileProofs(Protocol):
    """Files that were handed in, to be shown by a card."""

    async def demand_kept(self, files: Sequence[Attachment], actor: Actor) -> None:
        """Return when each is kept by a garage that the actor reaches, and has that SHA-256.

        Raises:
            InvalidInput: one is not; who knows a file's id and not its bytes learns nothing.
        """
        ...


class TechnicianRepository(Protocol):
    async def register(self, technician: Technician) -> None: ...

    async def technician(self, id: PersonId) -> Technician | None: ...

    async def candidates(self, ticket: Ticket) -> list[TechnicianCandidate]: ...


class JobRepository(Protocol):
    async def register_bay(self, bay: Bay) -> None: ...

    async def bay(self, id: BayId) -> Bay | None: ...

    async def job(self, id: JobId) -> Job | None: ...

    async def day(self, garage: GarageId, slot: Slot) -> Sequence[Job]: ...

    async def book(self, job: Job, *, expected: int = 0) -> None: ...

    async def cancel(self, job: Job, mark: str) -> None: ...

    async def cancelled(self, id: JobId, mark: str) -> bool: ...


class VocabularyRepository(Protocol):
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


class ReportInterpreter(Protocol):
    """Understands a report: codes, symptoms, vehicle, embedding."""

    async def understand(self, report: FailureReport) -> UnderstoodReport: ...
    async def safety(self, text: str) -> SafetyAdvice | None: ...


class CardMatcher(Protocol):
    async def match(
        self, understood: UnderstoodReport, viewer: Viewer, limit: int = 5
    ) -> MatchAnswer: ...


class SentenceEmbedder(Protocol):
    async def embed(self, texts: Sequence[str]) -> Sequence[Embedding]: ...
