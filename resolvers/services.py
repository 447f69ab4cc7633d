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
from typing import Any, Protocol, TypeVar

from access.employees import Employees
from access.erasure import Erasures
from access.garage_settings import SettingsAdministration
from access.passkeys import Passkeys
from access.people import PeopleAdministration
from access.personal_data import PersonalRecords
from billing.ledger.drafts import DraftStore
from billing.ledger.payments import PaymentStore
from billing.ledger.registrations import RegistrationStore
from billing.ledger.return_exports import ReturnExportStore
from billing.ledger.returns import ReturnBuilder
from billing.ledger.statements import StatementStore
from billing.ledger.stock import StockStore
from billing.ledger.tills import TillStore
from billing.messages.consents import ConsentStore
from billing.messages.correspondence import MessageStore
from billing.paper.copies import WHOLE, PaperView
from domain.access import Actor, Viewer
from domain.api_keys import ApiKey, Rung
from domain.card_drafts import CardDraft
from domain.cards import FailureCard
from domain.circuit_breaker import CircuitBreaker
from domain.codes import ErrorCode
from domain.deeds import DeedSeal, SettingsOperation
from domain.defect_alarms import DefectAlarm, DefectAnswer, DefectCard
from domain.defects import EmergingDefect
from domain.digests import HourlyDigest
from domain.events import Event, EventType
from domain.ids import (
    CardId,
    DefectAlarmId,
    DocumentId,
    FileId,
    GarageId,
    InvoiceId,
    KeyId,
    OperationId,
    PersonId,
    ReturnExportId,
    TicketId,
    VehicleId,
)
from domain.matches import CardHit, Embedding, UnderstoodReport
from domain.neighbourhoods import KnowledgeKind, Neighbourhood
from domain.regions import GarageTickets
from domain.technicians import Technician
from domain.tickets import Ticket
from domain.trusted_documents import TrustedDocument
from domain.vehicles import VehicleModel
from domain.vocabulary import Supplier
from gnn.live_models import LiveModels
from graph.card_pages import CardFilter
from graph.garages import EVERY_TICKET, TicketFilter
from matching.diagnosis.answers import Diagnosis
from records.audit_trail import AuditTrail, DeedWriter
from records.database import Records
from records.offline import EditProposal, GaragePosition
from records.refused_deeds import RefusedDeeds
from repair import card_merges, feedback, ports
from repair import reviews as repair_reviews
from repair.customer_book import CustomerBook
from repair.customers import CustomerRecords
from repair.files import FileKeeper
from repair.invoices import InvoicePorts
from repair.ports import EVERYTHING
from repair.reports import reports_breaker
from repair.vehicle_book import VehicleBook
from sync.delta import DeltaReader
from sync.delta_cursors import DeltaCursors

Answer = dict[str, Any]
Entry = TypeVar("Entry")


class CardCatalogue(card_merges.MergeableCards, Protocol):
    async def page(
        self, viewer: Viewer, *, first: int, after: str | None, filter: CardFilter
    ) -> list[FailureCard]: ...

    async def cards_near(
        self, lat: float, lon: float, km: float, viewer: Viewer, limit: int
    ) -> list[FailureCard]: ...

    async def best(self, viewer: Viewer, limit: int, least: float) -> list[FailureCard]: ...

    async def once_visible(self, ids: Sequence[CardId], viewer: Viewer) -> set[CardId]: ...

    async def since(self, id: CardId, n: int) -> list[FailureCard]: ...

    async def record_of(self, author: str) -> tuple[int, int]: ...


class CachedCards(Protocol):
    """Cards as they stand, read or kept since they were read: for looking at, not for changing."""

    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]: ...


class TicketCatalogue(ports.TicketRepository, Protocol):
    async def many(self, ids: Sequence[TicketId], actor: Actor) -> dict[TicketId, Ticket]: ...

    async def page(
        self,
        actor: Actor,
        *,
        first: int,
        after: str | None,
        filter: TicketFilter = EVERY_TICKET,
    ) -> list[Ticket]: ...

    async def of_vehicles(
        self, vehicles: Mapping[VehicleId, GarageId], actor: Actor, *, first: int
    ) -> Mapping[VehicleId, Sequence[Ticket]]: ...

    async def by_garage(
        self, since: datetime, until: datetime, actor: Actor
    ) -> Sequence[GarageTickets]: ...


class GarageCatalogue(Protocol):
    async def regions(self, ids: Sequence[GarageId]) -> Mapping[GarageId, str | None]: ...


class TechnicianCatalogue(ports.TechnicianRepository, Protocol):
    async def technicians(self, garage: GarageId) -> Sequence[Technician]: ...


class VocabularyCatalogue(ports.VocabularyRepository, Protocol):
    async def error_codes(
        self, keys: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> Sequence[ErrorCode]: ...

    async def suppliers(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> Sequence[Supplier]: ...

    async def models(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> Sequence[VehicleModel]: ...

    def recalled(self, of: type[Entry], key: str) -> Entry | None:
        """Give an entry that was read a moment ago and is still believed, without asking."""
        ...


class HybridSearch(Protocol):
    async def by_meaning(
        self, embedding: Embedding, viewer: Viewer, limit: int, make: str | None = None
    ) -> list[CardHit]: ...

    async def by_words(
        self, text: str, viewer: Viewer, limit: int, make: str | None = None
    ) -> list[CardHit]: ...


class ReportDiagnoser(Protocol):
    async def diagnose(self, understood: UnderstoodReport, viewer: Viewer) -> Diagnosis: ...


class TextDrafter(Protocol):
    async def draft(self, text: str) -> CardDraft: ...


class IdempotentOperations(Protocol):
    async def run_once(
        self,
        operation: OperationId,
        actor: PersonId,
        body: str,
        work: Callable[[], Awaitable[Answer]],
    ) -> Answer: ...


class EventFeed(Protocol):
    """The change log as it grows: every event once, in one order."""

    def follow(
        self, types: Collection[EventType], after: int | None = None, until: int | None = None
    ) -> AsyncIterator[tuple[int, Event]]: ...

    async def head(self) -> int: ...


class LinkSigner(Protocol):
    """Signs where a PDF may be fetched without a token, for some minutes."""

    def sign(self, id: InvoiceId, now: datetime, *, view: PaperView = WHOLE) -> str: ...


class ReturnSigner(Protocol):
    """Signs where a return's files may be fetched without a token, for some minutes."""

    def sign(self, id: ReturnExportId, now: datetime) -> str: ...


class FileSigner(Protocol):
    """Signs where a file may be fetched without a token, for some minutes."""

    def download(self, id: FileId, now: datetime, *, small: bool = False) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FileServices:
    """What takes files in, and the links that give them."""

    keeper: FileKeeper
    links: FileSigner


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingServices:
    """The books, and what makes an invoice of a ticket."""

    invoicing: InvoicePorts
    drafts: DraftStore
    registrations: RegistrationStore
    payments: PaymentStore
    stock: StockStore
    correspondence: MessageStore
    consents: ConsentStore
    customers: CustomerRecords
    customer_book: CustomerBook
    vehicle_book: VehicleBook
    returns: ReturnBuilder
    statements: StatementStore
    tills: TillStore
    return_exports: ReturnExportStore
    records: Records
    links: LinkSigner
    return_links: ReturnSigner


class DigestRecords(Protocol):
    async def newest(
        self, garage: GarageId | None, limit: int, before: datetime | None = None
    ) -> Sequence[HourlyDigest]: ...


class OfflineRecords(Protocol):
    async def acknowledge(self, garage: GarageId, seq: int) -> None: ...
    async def garage_positions(self, garage: GarageId | None) -> Sequence[GaragePosition]: ...
    async def propose(self, card: CardId, proposal: EditProposal) -> None: ...
    async def proposals(self, card: CardId, sources: Sequence[str]) -> Sequence[EditProposal]: ...
    async def foreign_position(self, operation: OperationId, actor: PersonId) -> bool: ...


class ApiKeyRecords(Protocol):
    """The keys of machines; a new or revoked one holds here before its maker is answered."""

    async def add(self, key: ApiKey, digest: bytes, operation: SettingsOperation) -> ApiKey: ...
    async def get(self, id: KeyId) -> ApiKey: ...
    async def page(
        self, *, first: int, after: str | None = None, partner: str | None = None
    ) -> list[ApiKey]: ...
    async def revoke(self, id: KeyId, operation: SettingsOperation) -> ApiKey: ...
    async def change_rung(self, id: KeyId, rung: Rung, operation: SettingsOperation) -> ApiKey: ...


class TrustedDocumentRecords(Protocol):
    """The documents that partners have registered."""

    async def register(
        self, partner: str, documents: Sequence[TrustedDocument], operation: SettingsOperation
    ) -> list[TrustedDocument]: ...
    async def remove(
        self, partner: str, ids: Sequence[DocumentId], operation: SettingsOperation
    ) -> int: ...
    async def named(self, partner: str, ids: Sequence[DocumentId]) -> list[TrustedDocument]: ...
    async def page(
        self, partner: str, *, first: int, after: str | None = None
    ) -> list[TrustedDocument]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditServices:
    """What keeps deeds: those of the graph sealed, others written with what they tell of, attempts
    that were refused noted.
    """

    seal: DeedSeal
    writer: DeedWriter
    refused: RefusedDeeds
    trail: AuditTrail
    records: Records


class DefectAlarmRecords(Protocol):
    """Alarms of emerging defects."""

    async def page(
        self, *, first: int, after: str | None = None, over: bool = False
    ) -> list[DefectAlarm]: ...
    async def many(self, ids: Sequence[DefectAlarmId]) -> dict[DefectAlarmId, DefectAlarm]: ...
    async def get(self, id: DefectAlarmId) -> DefectAlarm: ...
    async def answer(
        self, id: DefectAlarmId, answer: DefectAnswer, operation: SettingsOperation
    ) -> DefectAlarm: ...


class CardsOfDefects(Protocol):
    """What the graph knows against a defect."""

    async def many(
        self, defects: Sequence[EmergingDefect], viewer: Viewer, limit: int
    ) -> dict[DefectAlarmId, list[DefectCard]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectServices:
    """Alarms, and the cards for what they tell of."""

    alarms: DefectAlarmRecords
    cards: CardsOfDefects


class KnowledgeWalker(Protocol):
    async def around(
        self, kind: KnowledgeKind, key: str, viewer: Viewer, *, steps: int, most: int
    ) -> Neighbourhood | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """`billing` and `audit` are None where they are not connected, `people`, `api_keys`,
    `trusted_documents`, `models` and `defects` where the records are not; `intake_breaker` guards
    new tickets.
    """

    cards: CardCatalogue
    card_cache: CachedCards
    tickets: TicketCatalogue
    garages: GarageCatalogue
    technicians: TechnicianCatalogue
    jobs: ports.JobRepository
    vocabulary: VocabularyCatalogue
    search: HybridSearch
    neighbourhoods: KnowledgeWalker
    reader: ports.ReportInterpreter
    matcher: ports.CardMatcher
    diagnoser: ReportDiagnoser
    drafter: TextDrafter
    embedder: ports.SentenceEmbedder
    operations: IdempotentOperations
    recheck_marks: card_merges.RecheckMarks
    feedback: feedback.FeedbackRepository
    reviews: repair_reviews.ReviewRepository
    feed: EventFeed
    offline: OfflineRecords
    digests: DigestRecords
    deltas: DeltaReader
    delta_cursors: DeltaCursors
    now: Callable[[], datetime]
    billing: BillingServices | None = None
    files: FileServices | None = None
    employees: Employees | None = None
    people: PeopleAdministration | None = None
    settings: SettingsAdministration | None = None
    erasures: Erasures | None = None
    personal_records: PersonalRecords | None = None
    passkeys: Passkeys | None = None
    api_keys: ApiKeyRecords | None = None
    trusted_documents: TrustedDocumentRecords | None = None
    models: LiveModels | None = None
    defects: DefectServices | None = None
    intake_breaker: CircuitBreaker = field(default_factory=reports_breaker)
    audit: AuditServices | None = None
