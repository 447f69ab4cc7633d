"""What one request carries: who asks, until when, its trace, its loaders, and what was degraded."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from access.employees import Employees
from access.erasure import Erasures
from access.garage_settings import SettingsAdministration
from access.passkeys import Passkeys
from access.people import PeopleAdministration
from access.personal_data import PersonalRecords
from access.revocations import RightsWatch
from billing.gst.irp import live_registration
from billing.ledger.books import BooksChange
from billing.ledger.issued_documents import IssuedDocument
from billing.paper.copies import PaperView
from domain.access import (
    Action,
    Actor,
    Resource,
    ResourceKind,
    Viewer,
    demand_allowed,
    demand_on_shift,
    may,
    may_some,
    viewer_of,
)
from domain.api_keys import ApiKey
from domain.cards import Attachment
from domain.deeds import NOWHERE, Origin, SettingsOperation
from domain.employees import Employee, EmployeeField
from domain.errors import NotAllowed, NotAuthenticated, Unavailable
from domain.ids import (
    FileId,
    GarageId,
    InvoiceId,
    OperationId,
    PersonId,
    ReturnExportId,
    demand_timely,
    garage_id,
)
from domain.tickets import Ticket
from gnn.live_models import LiveModels
from repair.customer_book import CustomerBook
from repair.customers import CustomerRecords
from repair.files import FileKeeper
from repair.operations import Operation
from repair.vehicle_book import VehicleBook
from resolvers.documents import QueryDocument
from resolvers.loaders import RequestLoaders
from resolvers.points import PointAccount
from resolvers.readings import EmployeeReadings
from resolvers.services import (
    ApiKeyRecords,
    BillingServices,
    DefectServices,
    FileServices,
    Services,
    TrustedDocumentRecords,
)
from schema.nodes import key_of

# No person's id has this form, so nothing is anybody's who reads as "one of these rights".
ANYBODY = PersonId("(anybody)")


@dataclass(slots=True)
class StreamPosition:
    """Where one run of a subscription stands in the change log, for its owner to see.

    Attributes:
        seq: the last event that was read; the run begins behind it.
        entity: what that event was about.
        until: the run ends behind this number.
        withdraw: told of things that these eyes may not see (any longer).
        over: the run has nothing more to tell.
    """

    seq: int
    until: int | None = None
    entity: str = ""
    on_withdrawn: Callable[[str], None] | None = None
    is_over: bool = False

    def move(self, seq: int, entity: str) -> None:
        self.seq, self.entity = seq, entity


@dataclass(slots=True, kw_only=True)
class RequestContext:
    """Made anew for every request, and for every operation on a socket.

    Attributes:
        signed_in: who asks, None before anybody vouched for them.
        key: the key that a machine asks with; None for people.
        revoked: set once that key is revoked, or the rights of somebody who stays have ended.
        caller: the name that their share of the service is counted under.
        origin: where the request came from, for the audit.
        expires: when the word for them ends; subscriptions end with it.
        watch: tells that it ended before; only of those who stay, on a socket or a stream.
        degraded: what did not answer while this request was answered (FB-4).
        authorization, garage_header: the headers that a socket was opened with.
        connection_params: what its client sent to initialise it.
        heavy: the document takes long to run.
        document: what the door read of the document that is asked.
        personal: who somebody is was told in clear, so nobody may keep the answer.
        signed_out: the session that asked is over by this request.
        told: gives headers that the answer carries, of what the door counted.
        points: what the operation costs its garage; None where nobody counts.
        asks_cost: the answer is to tell that.
        position: where a subscription begins and stands, when it is followed for others.
    """

    services: Services
    trace: str
    signed_in: Actor | None = None
    key: ApiKey | None = None
    revoked: asyncio.Event | None = None
    caller: str = ""
    origin: Origin = NOWHERE
    expires: datetime | None = None
    watch: RightsWatch | None = None
    degraded: list[str] = field(default_factory=list[str])
    authorization: str | None = None
    garage_header: str | None = None
    connection_params: dict[str, Any] | None = None
    heavy: bool = False
    document: QueryDocument | None = None
    personal: bool = False
    signed_out: bool = False
    told: Callable[[], Mapping[str, str]] = dict[str, str]
    points: PointAccount | None = None
    asks_cost: bool = False
    position: StreamPosition | None = None
    _loaders: RequestLoaders | None = None
    _readings: EmployeeReadings | None = None

    @property
    def actor(self) -> Actor:
        """Who asks.

        Raises:
            NotAuthenticated: nobody vouched for the caller.
        """
        if self.signed_in is None:
            raise NotAuthenticated("send `Authorization: Bearer TOKEN`")
        return self.signed_in

    @property
    def viewer(self) -> Viewer:
        return viewer_of(self.actor)

    @property
    def follower(self) -> Viewer:
        """Whose eyes changes of cards are followed with: one telling serves all of the same rights.

        So nothing is told that hangs on one person's bench; its ticket tells of it.
        """
        found = self.viewer
        return found if found.bench is None else replace(found, bench=ANYBODY)

    @property
    def loaders(self) -> RequestLoaders:
        if self._loaders is None:
            self._loaders = RequestLoaders(self.services, self.actor)
        return self._loaders

    @property
    def billing(self) -> BillingServices:
        """The books.

        Raises:
            Unavailable: they are not connected.
        """
        if self.services.billing is None:
            raise Unavailable("postgres", "the books are not connected")
        return self.services.billing

    @property
    def employees(self) -> Employees:
        """The records of employees.

        Raises:
            Unavailable: they are not connected.
        """
        if self.services.employees is None:
            raise Unavailable("postgres", "the records of employees are not connected")
        return self.services.employees

    async def reveal(self, employee: Employee, field: EmployeeField) -> str | None:
        """Give a sealed field in clear, or the mask; each clear reading is a deed."""
        self.personal = True
        if self._readings is None:
            self._readings = EmployeeReadings(
                self.employees, self.services, self.actor, self.origin
            )
        return await self._readings.reveal(employee, field)

    @property
    def people(self) -> PeopleAdministration:
        """Who comes in and as what.

        Raises:
            Unavailable: the records of people are not connected.
        """
        if self.services.people is None:
            raise Unavailable("postgres", "the records of people are not connected")
        return self.services.people

    @property
    def customers(self) -> CustomerRecords:
        """What customers may ask of a garage.

        Raises:
            Unavailable: the books are not connected.
        """
        return self.billing.customers

    @property
    def customer_book(self) -> CustomerBook:
        """The customers of garages.

        Raises:
            Unavailable: the books are not connected.
        """
        return self.billing.customer_book

    @property
    def vehicle_book(self) -> VehicleBook:
        """The vehicles of garages' customers.

        Raises:
            Unavailable: the books are not connected.
        """
        return self.billing.vehicle_book

    @property
    def files(self) -> FileKeeper:
        """What takes files in.

        Raises:
            Unavailable: nothing keeps them here.
        """
        return self._files.keeper

    async def measured(self, files: Sequence[FileId], by: PersonId) -> str:
        """Say what the logs among these files measured, as `FileClaims` says."""
        return await self.files.measured(files, by) if files else ""

    async def claim(self, files: Sequence[FileId], ticket: Ticket, by: PersonId) -> None:
        """Have files belong to a ticket, as `FileClaims` says."""
        await self.files.claim(files, ticket, by)

    async def demand_kept(self, files: Sequence[Attachment], actor: Actor) -> None:
        """Return when files are kept that a card names, as `FileProofs` says."""
        await self.files.demand_kept(files, actor)

    @property
    def _files(self) -> FileServices:
        if self.services.files is None:
            raise Unavailable("files", "they are not connected")
        return self.services.files

    @property
    def settings(self) -> SettingsAdministration:
        """What garages and the network go by.

        Raises:
            Unavailable: the records of garages are not connected.
        """
        if self.services.settings is None:
            raise Unavailable("postgres", "the records of garages are not connected")
        return self.services.settings

    @property
    def erasures(self) -> Erasures:
        """What erases people.

        Raises:
            Unavailable: the records of people are not connected.
        """
        if self.services.erasures is None:
            raise Unavailable("postgres", "the records of people are not connected")
        return self.services.erasures

    @property
    def personal_records(self) -> PersonalRecords:
        """What is kept of people.

        Raises:
            Unavailable: the records of people are not connected.
        """
        if self.services.personal_records is None:
            raise Unavailable("postgres", "the records of people are not connected")
        return self.services.personal_records

    @property
    def passkeys(self) -> Passkeys:
        """What people do with their own passkeys.

        Raises:
            Unavailable: the records of people are not connected.
        """
        if self.services.passkeys is None:
            raise Unavailable("postgres", "the records of people are not connected")
        return self.services.passkeys

    @property
    def garage_filter(self) -> GarageId | None:
        """The garage that reads are narrowed to; None for an actor of all garages.

        Raises:
            NotAllowed: the actor is of no garage at all.
        """
        actor = self.actor
        if actor.reach.every_garage:
            return None
        if actor.garage is None:
            raise NotAllowed(actor.role, Action.READ, ResourceKind.INVOICE)
        return actor.garage

    def garage_to_read(self, asked: str | None) -> GarageId | None:
        """Give the garage that is asked about, else the caller's own; None: not theirs to see.

        Raises:
            InvalidInput: what is asked about reads as no garage's id.
        """
        own = self.actor.garage
        place = own if asked is None else garage_id(key_of("Garage", asked))
        return place if place == own or self.actor.reach.every_garage else None

    def sees_customers(self, garage: GarageId) -> bool:
        """Say whether the caller may know who a garage's customers are: who may bill them may."""
        invoice = Resource(kind=ResourceKind.INVOICE, garage=garage)
        seen = may(self.actor, Action.CREATE, invoice)
        self.personal = self.personal or seen
        return seen

    def pdf_link(self, id: InvoiceId, view: PaperView) -> str:
        return self.billing.links.sign(id, self.services.now(), view=view)

    def file_link(self, id: FileId, *, small: bool) -> str:
        # What a photo shows may tell who somebody is.
        self.personal = True
        return self._files.links.download(id, self.services.now(), small=small)

    def return_link(self, id: ReturnExportId) -> str:
        return self.billing.return_links.sign(id, self.services.now())

    async def awaits_irn(self, document: IssuedDocument) -> bool:
        """Say whether a document may not leave yet, for it owes an IRN."""
        books = self.billing
        owed = await books.registrations.owes_irn(document, books.invoicing.garages)
        known = await self.loaders.registrations.load(document.id) if owed else None
        return owed and live_registration(known) is None

    @property
    def api_keys(self) -> ApiKeyRecords:
        """The keys of machines.

        Raises:
            Unavailable: they are not connected.
        """
        if self.services.api_keys is None:
            raise Unavailable("postgres", "the keys are not connected")
        return self.services.api_keys

    @property
    def trusted_documents(self) -> TrustedDocumentRecords:
        """The registered documents.

        Raises:
            Unavailable: they are not connected.
        """
        if self.services.trusted_documents is None:
            raise Unavailable("postgres", "the registered documents are not connected")
        return self.services.trusted_documents

    @property
    def models(self) -> LiveModels:
        """The trained models.

        Raises:
            Unavailable: they are not connected.
        """
        if self.services.models is None:
            raise Unavailable("postgres", "the trained models are not connected")
        return self.services.models

    @property
    def defects(self) -> DefectServices:
        """Alarms of emerging defects.

        Raises:
            Unavailable: they are not connected.
        """
        if self.services.defects is None:
            raise Unavailable("postgres", "the alarms of defects are not connected")
        return self.services.defects

    def books_change(self, operation: OperationId, garage: GarageId, body_hash: str) -> BooksChange:
        """Give what the books are told of an operation of the caller.

        Raises:
            InvalidInput: as `operation` says.
        """
        demand_timely(UUID(operation), self.services.now())
        return BooksChange(
            garage=garage,
            operation=operation,
            body_hash=body_hash,
            actor=self.actor.id,
            at=self.services.now(),
            role=self.actor.role,
            origin=self.origin,
        )

    def forget_loaded(self) -> None:
        """Forget what the loaders read: something was written, or an event came."""
        self._loaders = None

    def for_operation(self, **changes: Any) -> "RequestContext":  # noqa: ANN401 - as `replace` takes them
        """Give the context of one more operation of the same caller."""
        return replace(self, degraded=[], _loaders=None, _readings=None, **changes)

    @property
    def seconds_left(self) -> float | None:
        """How long the word for the caller still holds; None: without an end."""
        if self.expires is None:
            return None
        return max(0.0, (self.expires - self.services.now()).total_seconds())

    def note_withdrawn(self, entity: str) -> None:
        """Note that an event was about something that is not for these eyes."""
        if self.position is not None and self.position.on_withdrawn is not None:
            self.position.on_withdrawn(entity)

    def end_run(self) -> None:
        """Note that this run of a subscription is over."""
        if self.position is not None:
            self.position.is_over = True

    def demand_on_shift(self) -> None:
        """Raise NotAllowed outside the hours of a caller who is held to them (AU-5)."""
        demand_on_shift(self.actor, self.services.now())

    def demand_allowed(
        self, action: Action, kinds: Sequence[ResourceKind], *, network: bool = False
    ) -> None:
        """Let the actor pass who may do this, in their own garage, to one of these kinds.

        What guards ask (`resolvers.guards`); with `network`, what belongs to no garage is meant.

        Raises:
            NotAllowed: they may do it to none of them.
        """
        actor = self.actor
        garage = None if network else actor.garage
        wanted = [Resource(kind=kind, garage=garage, assignee=actor.id) for kind in kinds]
        if not any(may_some(actor, action, resource) for resource in wanted):
            raise NotAllowed(actor.role, action, kinds[0])

    def demand_in(self, garage: GarageId, action: Action, kind: ResourceKind) -> None:
        """Let the actor pass who may do this to what is theirs in that garage.

        Raises:
            NotAllowed: they may not.
        """
        demand_allowed(
            self.actor, action, Resource(kind=kind, garage=garage, assignee=self.actor.id)
        )

    def settings_operation(self, operation: Operation) -> SettingsOperation:
        """Give what the audit is told of whoever changes a setting of the network."""
        return SettingsOperation(
            id=operation.id, by=operation.actor, at=operation.at, origin=self.origin
        )

    def operation_for(self, id: UUID) -> Operation:
        """Give the operation of a mutation's argument."""
        return self.operation(OperationId(str(id)))

    def operation(self, id: OperationId) -> Operation:
        """Give the operation of an id that its caller made.

        Raises:
            InvalidInput: the id tells a time to come (`domain.ids.demand_timely`).
        """
        now = self.services.now()
        demand_timely(UUID(id), now)
        return Operation(
            id=id,
            actor=self.actor,
            at=now,
            trace=self.trace,
            origin=self.origin,
            seal=None if self.services.audit is None else self.services.audit.seal,
        )


RequestInfo = strawberry.Info[RequestContext, None]
