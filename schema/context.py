"""What the nouns need at run time: a loader for every edge, given by whoever runs the query."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

import strawberry

from billing.gst.irp import PortalRegistration
from billing.ledger.issued_documents import IssuedDocument
from billing.ledger.payments import Payment
from billing.messages.correspondence import Message
from billing.paper.copies import PaperView
from domain.cards import FailureCard
from domain.codes import CodeKey, ErrorCode
from domain.defect_alarms import DefectAlarm, DefectCard
from domain.employees import Employee, EmployeeField
from domain.files import StoredFile
from domain.ids import CardId, CustomerId, DefectAlarmId, FileId, GarageId, InvoiceId, TicketId
from domain.tickets import ShownCard, Ticket
from domain.vehicles import VehicleModel
from domain.vocabulary import Component, Part, Supplier, Symptom
from repair.card_estimates import CardEstimate, CardWork
from repair.customer_book import KnownCustomer
from repair.vehicle_book import KnownVehicle, VehiclePlace

# The mark of a resolver that asks loaders and nothing else.
EDGE = "__asks_loaders__"

R = TypeVar("R", bound=Callable[..., object])
K_contra = TypeVar("K_contra", contravariant=True)
V_co = TypeVar("V_co", covariant=True)


def loaded_edge(resolver: R) -> R:
    """Mark a resolver that awaits nothing but loaders.

    A plan begins it in the task that asks, so it may not look at its task (no time limits).
    """
    setattr(resolver, EDGE, True)
    return resolver


class Loader(Protocol[K_contra, V_co]):
    """Collects the keys asked for in one turn of the loop and reads them together."""

    def load(self, key: K_contra) -> Awaitable[V_co]: ...

    def load_many(self, keys: Sequence[K_contra]) -> Awaitable[Sequence[V_co]]: ...


class Loaders(Protocol):
    """One loader for each kind of thing that an edge can lead to; a missing thing is None."""

    @property
    def cards(self) -> Loader[CardId, FailureCard | None]: ...
    @property
    def card_estimates(self) -> Loader[CardWork, CardEstimate | None]: ...
    @property
    def tickets(self) -> Loader[TicketId, Ticket | None]: ...
    @property
    def drafts(self) -> Loader[TicketId, FailureCard | None]: ...
    @property
    def shown(self) -> Loader[TicketId, Sequence[ShownCard]]: ...
    @property
    def defect_alarms(self) -> Loader[DefectAlarmId, DefectAlarm | None]: ...
    @property
    def defect_cards(self) -> Loader[DefectAlarm, Sequence[DefectCard]]: ...
    @property
    def first_fixes(self) -> Loader[TicketId, bool | None]: ...
    @property
    def regions(self) -> Loader[GarageId, str | None]: ...
    @property
    def symptoms(self) -> Loader[str, Symptom | None]: ...
    @property
    def codes(self) -> Loader[CodeKey, ErrorCode | None]: ...
    @property
    def components(self) -> Loader[str, Component | None]: ...
    @property
    def parts(self) -> Loader[str, Part | None]: ...
    @property
    def suppliers(self) -> Loader[str, Supplier | None]: ...
    @property
    def models(self) -> Loader[str, VehicleModel | None]: ...
    @property
    def invoices(self) -> Loader[InvoiceId, IssuedDocument | None]: ...
    @property
    def credit_notes(self) -> Loader[InvoiceId, Sequence[IssuedDocument]]: ...
    @property
    def registrations(self) -> Loader[InvoiceId, PortalRegistration | None]: ...
    @property
    def payments(self) -> Loader[InvoiceId, Sequence[Payment]]: ...
    @property
    def customers(self) -> Loader[CustomerId, KnownCustomer | None]: ...
    @property
    def customer_vehicles(self) -> Loader[CustomerId, Sequence[KnownVehicle]]: ...
    @property
    def past_repairs(self) -> Loader[VehiclePlace, Sequence[Ticket]]: ...
    @property
    def files(self) -> Loader[FileId, StoredFile | None]: ...
    @property
    def messages(self) -> Loader[InvoiceId, Sequence[Message]]: ...


class Edges(Protocol):
    @property
    def loaders(self) -> Loaders: ...

    def garage_to_read(self, asked: str | None) -> GarageId | None:
        """Give the garage that is asked about, else the caller's own; None: not theirs to see."""
        ...

    def sees_customers(self, garage: GarageId) -> bool:
        """Say whether the caller may know who a garage's customers are."""
        ...

    async def reveal(self, employee: Employee, field: EmployeeField) -> str | None:
        """Give a sealed field of somebody in clear, or the mask; None: not known."""
        ...

    def pdf_link(self, id: InvoiceId, view: PaperView) -> str:
        """Give where an invoice's PDF may be fetched, shown so."""
        ...

    def file_link(self, id: FileId, *, small: bool) -> str:
        """Give where a file may be fetched, or the small picture beside it."""
        ...

    async def awaits_irn(self, document: IssuedDocument) -> bool:
        """Say whether a document may not leave yet, for it owes an IRN."""
        ...


SchemaInfo = strawberry.Info[Edges, None]
