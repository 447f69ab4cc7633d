"""One set of loaders for each request: every edge of a query reads its whole level in one call.

An edge is a door like any other. A loader gives nothing of a kind that the role may not read at
all, and asks the store, with the actor's eyes, for the rest: one thing that is not to be seen is
None, a list is without it. So a thing has one verdict, whichever way leads to it (docs/access.md).
"""

from collections.abc import Awaitable, Callable, Coroutine, Hashable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

from billing.gst.irp import PortalRegistration
from billing.ledger.issued_documents import IssuedDocument
from billing.ledger.payments import Payment
from billing.messages.correspondence import Message
from domain.access import Action, Actor, Resource, ResourceKind, may, viewer_of
from domain.cards import FailureCard
from domain.codes import CodeKey, ErrorCode
from domain.defect_alarms import DefectAlarm, DefectCard
from domain.errors import Unavailable
from domain.files import FileState, StoredFile
from domain.ids import CardId, CustomerId, DefectAlarmId, FileId, GarageId, InvoiceId, TicketId
from domain.tickets import ShownCard, Ticket
from domain.vehicles import VehicleModel
from domain.vocabulary import Component, Part, Supplier, Symptom
from repair.card_estimates import CardEstimate, CardEstimator, CardWork
from repair.customer_book import KnownCustomer
from repair.suggestions import draft_id
from repair.vehicle_book import KnownVehicle, VehiclePlace
from resolvers.edge_loader import EdgeLoader
from resolvers.services import BillingServices, Services

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
CARDS_OF_DEFECT = 20
MOST_REPAIRS = 100
Read = Callable[[list[K]], Awaitable[Mapping[K, V]]]


class RequestLoaders:
    """Reads as `actor`: what these eyes may not see is None."""

    def __init__(self, services: Services, actor: Actor) -> None:
        self._services = services
        self._actor = actor

    @property
    def _billing(self) -> BillingServices:
        if self._services.billing is None:
            raise Unavailable("postgres", "the books are not connected")
        return self._services.billing

    def _may_read(self, kind: ResourceKind) -> bool:
        """Say whether the role may read any of these at all; which ones, the stores say."""
        actor = self._actor
        own = Resource(kind=kind, garage=actor.garage, assignee=actor.id)
        return may(actor, Action.READ, own)

    def _one(self, kind: ResourceKind, read: Read[K, V | None]) -> EdgeLoader[K, V | None]:
        """Load one thing for each key, None where there is none for these eyes."""
        return _make_loader(read if self._may_read(kind) else _load_nothing)

    def _several(
        self, kind: ResourceKind, read: Callable[[list[K]], Coroutine[Any, Any, list[Sequence[V]]]]
    ) -> EdgeLoader[K, Sequence[V]]:
        """Load a list for each key, empty where there is nothing for these eyes."""

        async def none(keys: list[K]) -> list[Sequence[V]]:
            return [()] * len(keys)

        return EdgeLoader(read if self._may_read(kind) else none)

    def _recalled(self, of: type[V]) -> Callable[[str], V | None]:
        """Give what knows entries of the vocabulary, everybody's, that need no reading."""
        recalled = self._services.vocabulary.recalled
        return lambda key: recalled(of, key)

    @cached_property
    def cards(self) -> EdgeLoader[CardId, FailureCard | None]:
        async def read(keys: list[CardId]) -> Mapping[CardId, FailureCard]:
            return await self._services.card_cache.many(keys, viewer_of(self._actor))

        return self._one(ResourceKind.CARD, read)

    @cached_property
    def drafts(self) -> EdgeLoader[TicketId, FailureCard | None]:
        async def read(keys: list[TicketId]) -> Mapping[TicketId, FailureCard]:
            ids = {draft_id(key): key for key in keys}
            found = await self._services.cards.many(list(ids), viewer_of(self._actor))
            return {ids[card.id]: card for card in found.values()}

        return self._one(ResourceKind.CARD, read)

    @cached_property
    def card_estimates(self) -> EdgeLoader[CardWork, CardEstimate | None]:
        """What a part costs and an hour is for whoever reads the garage's tickets."""

        async def read(keys: list[CardWork]) -> Mapping[CardWork, CardEstimate]:
            given = self._billing
            estimator = CardEstimator(
                prices=given.invoicing.prices,
                stock=given.stock,
                garages=given.invoicing.garages,
            )
            return await estimator.many(keys, self._services.now())

        return self._one(ResourceKind.TICKET, read)

    @cached_property
    def tickets(self) -> EdgeLoader[TicketId, Ticket | None]:
        async def read(keys: list[TicketId]) -> Mapping[TicketId, Ticket]:
            return await self._services.tickets.many(keys, self._actor)

        return self._one(ResourceKind.TICKET, read)

    @cached_property
    def shown(self) -> EdgeLoader[TicketId, Sequence[ShownCard]]:
        async def read(keys: list[TicketId]) -> list[Sequence[ShownCard]]:
            found = await self._services.tickets.shown_cards(keys)
            return [found.get(key, ()) for key in keys]

        return self._several(ResourceKind.CARD, read)

    @cached_property
    def defect_alarms(self) -> EdgeLoader[DefectAlarmId, DefectAlarm | None]:
        async def read(keys: list[DefectAlarmId]) -> Mapping[DefectAlarmId, DefectAlarm]:
            given = self._services.defects
            if given is None:
                raise Unavailable("postgres", "the alarms of defects are not connected")
            return await given.alarms.many(keys)

        return self._one(ResourceKind.CARD, read)

    @cached_property
    def defect_cards(self) -> EdgeLoader[DefectAlarm, Sequence[DefectCard]]:
        async def read(keys: list[DefectAlarm]) -> list[Sequence[DefectCard]]:
            given = self._services.defects
            if given is None:
                raise Unavailable("postgres", "the alarms of defects are not connected")
            eyes = viewer_of(self._actor)
            defects = [one.defect for one in keys]
            found = await given.cards.many(defects, eyes, CARDS_OF_DEFECT)
            return [found[one.id] for one in keys]

        return self._several(ResourceKind.CARD, read)

    @cached_property
    def first_fixes(self) -> EdgeLoader[TicketId, bool | None]:
        return _make_loader(self._services.feedback.first_fixes)

    @cached_property
    def regions(self) -> EdgeLoader[GarageId, str | None]:
        return _make_loader(self._services.garages.regions)

    @cached_property
    def symptoms(self) -> EdgeLoader[str, Symptom | None]:
        async def read(keys: list[str]) -> Mapping[str, Symptom]:
            return {s.code: s for s in await self._services.vocabulary.symptoms(keys)}

        return _make_loader(read, self._recalled(Symptom))

    @cached_property
    def codes(self) -> EdgeLoader[CodeKey, ErrorCode | None]:
        async def read(keys: list[CodeKey]) -> Mapping[CodeKey, ErrorCode]:
            return {c.key: c for c in await self._services.vocabulary.error_codes(keys)}

        return _make_loader(read, self._recalled(ErrorCode))

    @cached_property
    def components(self) -> EdgeLoader[str, Component | None]:
        async def read(keys: list[str]) -> Mapping[str, Component]:
            return {c.id: c for c in await self._services.vocabulary.components(keys)}

        return _make_loader(read, self._recalled(Component))

    @cached_property
    def suppliers(self) -> EdgeLoader[str, Supplier | None]:
        async def read(keys: list[str]) -> Mapping[str, Supplier]:
            return {s.id: s for s in await self._services.vocabulary.suppliers(keys)}

        return _make_loader(read, self._recalled(Supplier))

    @cached_property
    def models(self) -> EdgeLoader[str, VehicleModel | None]:
        async def read(keys: list[str]) -> Mapping[str, VehicleModel]:
            return {m.id: m for m in await self._services.vocabulary.models(keys)}

        return _make_loader(read, self._recalled(VehicleModel))

    @cached_property
    def invoices(self) -> EdgeLoader[InvoiceId, IssuedDocument | None]:
        async def read(keys: list[InvoiceId]) -> Mapping[InvoiceId, IssuedDocument]:
            return await self._billing.invoicing.ledger.many(keys, self._actor.garage_reached)

        return self._one(ResourceKind.INVOICE, read)

    @cached_property
    def credit_notes(self) -> EdgeLoader[InvoiceId, Sequence[IssuedDocument]]:
        async def read(keys: list[InvoiceId]) -> list[Sequence[IssuedDocument]]:
            found = await self._billing.invoicing.ledger.credit_notes(
                keys, self._actor.garage_reached
            )
            return [found[key] for key in keys]

        return self._several(ResourceKind.INVOICE, read)

    @cached_property
    def registrations(self) -> EdgeLoader[InvoiceId, PortalRegistration | None]:
        async def read(keys: list[InvoiceId]) -> Mapping[InvoiceId, PortalRegistration]:
            return await self._billing.registrations.registrations_of(
                keys, self._actor.garage_reached
            )

        return self._one(ResourceKind.INVOICE, read)

    @cached_property
    def payments(self) -> EdgeLoader[InvoiceId, Sequence[Payment]]:
        async def read(keys: list[InvoiceId]) -> list[Sequence[Payment]]:
            found = await self._billing.payments.of_invoices(keys, self._actor.garage_reached)
            return [found[key] for key in keys]

        return self._several(ResourceKind.INVOICE, read)

    @cached_property
    def messages(self) -> EdgeLoader[InvoiceId, Sequence[Message]]:
        async def read(keys: list[InvoiceId]) -> list[Sequence[Message]]:
            found = await self._billing.correspondence.messages_of_invoices(
                keys, self._actor.garage_reached
            )
            return [found[key] for key in keys]

        return self._several(ResourceKind.INVOICE, read)

    @cached_property
    def customers(self) -> EdgeLoader[CustomerId, KnownCustomer | None]:
        async def read(keys: list[CustomerId]) -> Mapping[CustomerId, KnownCustomer]:
            return await self._billing.customer_book.many(keys, self._actor)

        return self._one(ResourceKind.TICKET, read)

    @cached_property
    def files(self) -> EdgeLoader[FileId, StoredFile | None]:
        """Files by what names them: who may see that may see them, as far as they are kept."""

        async def read(keys: list[FileId]) -> Mapping[FileId, StoredFile]:
            if self._services.files is None:
                raise Unavailable("files", "they are not connected")
            found = await self._services.files.keeper.files.many(keys)
            return {key: one for key, one in found.items() if one.state is FileState.STORED}

        return _make_loader(read)

    @cached_property
    def customer_vehicles(self) -> EdgeLoader[CustomerId, Sequence[KnownVehicle]]:
        async def read(keys: list[CustomerId]) -> list[Sequence[KnownVehicle]]:
            found = await self._billing.vehicle_book.of_owners(keys)
            return [found[key] for key in keys]

        return self._several(ResourceKind.TICKET, read)

    @cached_property
    def past_repairs(self) -> EdgeLoader[VehiclePlace, Sequence[Ticket]]:
        async def read(keys: list[VehiclePlace]) -> list[Sequence[Ticket]]:
            vehicles = {key.vehicle: key.garage for key in keys}
            found = await self._services.tickets.of_vehicles(
                vehicles, self._actor, first=MOST_REPAIRS
            )
            return [found.get(key.vehicle, ()) for key in keys]

        return self._several(ResourceKind.TICKET, read)

    @cached_property
    def parts(self) -> EdgeLoader[str, Part | None]:
        async def read(keys: list[str]) -> Mapping[str, Part]:
            return {p.id: p for p in await self._services.vocabulary.parts(keys)}

        return _make_loader(read, self._recalled(Part))


def _make_loader(
    read: Callable[[list[K]], Awaitable[Mapping[K, V | None]]],
    known: Callable[[K], V | None] | None = None,
) -> EdgeLoader[K, V | None]:
    async def batch(keys: list[K]) -> list[V | None]:
        found = await read(keys)
        return [found.get(key) for key in keys]

    return EdgeLoader(batch, known)


async def _load_nothing(keys: list[K]) -> dict[K, None]:
    del keys
    return {}
