"""From a closed ticket to its invoice: a saga over both stores, wholly done or wholly undone.

Six steps (IP-9 to IP-14): lock the ticket, find what it cost, price it, issue the invoice, mark the
ticket, tell. Each is recorded; each may be done twice. Before the invoice is issued, whoever finds
the saga abandoned takes it back; from the invoice on, it goes forward, and only a refusal of the
graph (the ticket went away) takes the invoice back, lawfully: by a void, else by a credit note.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from billing.gst import invoices
from billing.gst.invoices import Invoice, InvoiceContent
from billing.gst.law_dates import law_day
from billing.gst.place_of_supply import find_place_of_supply
from billing.ledger import bills_of_supply
from billing.ledger.books import BooksChange
from billing.ledger.invoices import InvoiceLedger, TicketInvoice
from billing.ledger.issued_documents import IssuedDocument
from billing.ledger.prices import PriceStore
from billing.ledger.sagas import (
    InvoiceRequest,
    Saga,
    SagaState,
    SagaStep,
    SagaStore,
    saga_id,
)
from billing.ledger.sellers import Seller, SellerStore
from domain.access import (
    SEES_ALL,
    SYSTEM,
    Action,
    Actor,
    Resource,
    ResourceKind,
    Viewer,
    demand_allowed,
)
from domain.cards import FailureCard
from domain.errors import (
    IllegalTransition,
    InvalidInput,
    MonthClosed,
    NotFound,
    Occupied,
    Refused,
    StaleVersion,
    Unavailable,
)
from domain.events import Event, EventType
from domain.ids import CardId, EventId, InvoiceId, OperationId, TicketId, derive_uuid
from domain.tickets import Ticket, TicketChange, TicketStatus, mark_invoiced, unmark_invoiced
from domain.vocabulary import Part
from repair import costs
from repair.costs import COSTS, PRICES, RepairCosts
from repair.operations import Operation

BILLABLE = frozenset({TicketStatus.CLOSED, TicketStatus.INVOICED})
TRIES = 5
TAKEN_BACK = "The ticket could not be marked as invoiced"


class BillableTickets(Protocol):
    async def get(self, id: TicketId, actor: Actor) -> Ticket: ...

    async def put(self, ticket: Ticket, events: Sequence[Event], *, expected: int) -> None: ...


class CardReader(Protocol):
    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]: ...


class PartCatalogue(Protocol):
    async def parts(self, ids: Sequence[str]) -> Sequence[Part]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePorts:
    """What invoicing needs of the graph and of the books."""

    tickets: BillableTickets
    cards: CardReader
    vocabulary: PartCatalogue
    garages: SellerStore
    prices: PriceStore
    ledger: InvoiceLedger
    sagas: SagaStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a ticket's invoice would say now; `unpriced` parts keep it from being issued."""

    invoice: Invoice | None
    estimated: bool
    unpriced: tuple[str, ...] = ()


async def issue_invoice(
    ports: InvoicePorts, asked: InvoiceRequest, operation: Operation
) -> IssuedDocument:
    """Issue the invoice of a closed ticket, once for the operation.

    Raises:
        NotFound, NotAllowed: the ticket is not there for this actor, or not for this change.
        IllegalTransition: the ticket is not closed, or has an invoice.
        InvalidInput: something is missing, wrong or not priced; its field is named.
        Occupied: another invoice of the ticket is on its way.
        OperationConflict, MonthClosed: as they say.
    """
    ticket = await ports.tickets.get(asked.ticket, operation.actor)
    demand_allowed(
        operation.actor, Action.CREATE, Resource(kind=ResourceKind.INVOICE, garage=ticket.garage)
    )
    wanted = replace(asked, origin=operation.origin)
    saga = await ports.sagas.begin_saga(
        ticket.garage, operation.id, wanted, operation.actor, operation.at
    )
    try:
        await _hold_lease(ports, saga, operation.at)
        return await _run_steps(ports, saga, operation.at)
    except Refused as refusal:
        await _undo_when_refused(ports, saga, operation.at, refusal)
        raise


async def issued_before(
    ports: InvoicePorts, asked: TicketId, body_hash: str, operation: Operation
) -> IssuedDocument | None:
    """Give the invoice of an operation that was done, though nobody knows its buyer by now.

    None: it was not done, or asked for something else.

    Raises:
        NotFound, NotAllowed: as for `issue_invoice`.
    """
    ticket = await ports.tickets.get(asked, operation.actor)
    demand_allowed(
        operation.actor, Action.CREATE, Resource(kind=ResourceKind.INVOICE, garage=ticket.garage)
    )
    saga = await ports.sagas.get_saga(saga_id(ticket.garage, operation.id))
    if saga is None or saga.state is not SagaState.DONE or saga.asked.body_hash != body_hash:
        return None
    return await _run_steps(ports, saga, operation.at)


async def estimate_invoice(
    ports: InvoicePorts, asked: InvoiceRequest, actor: Actor, at: datetime
) -> Estimate:
    """Give what the invoice of a ticket would say now; nothing is written.

    Raises:
        NotFound, NotAllowed, InvalidInput: as for `issue_invoice`.
    """
    ticket = await ports.tickets.get(asked.ticket, actor)
    demand_allowed(actor, Action.READ, Resource(kind=ResourceKind.INVOICE, garage=ticket.garage))
    seller = await ports.garages.get(ticket.garage)
    found = await _costs_of_ticket(ports, ticket)
    parts = [use.part for use in found.parts]
    prices = await ports.prices.prices_now(parts, ticket.garage, at)
    missing = tuple(part for part, price in prices.items() if price.amount is None)
    if missing:
        return Estimate(invoice=None, estimated=found.estimated, unpriced=missing)
    known = {part.id: part for part in await ports.vocabulary.parts(parts)}
    lines = costs.priced_lines(found, seller, asked.terms, known, prices)
    with costs.told_of_tariffs(asked.terms, lines):
        invoice = invoices.compute_invoice(_content_of_invoice(asked, seller, lines, at))
    return Estimate(invoice=invoice, estimated=found.estimated)


async def recover_sagas(ports: InvoicePorts, now: datetime) -> int:
    """End what was abandoned: forward from the invoice on, back before it. Gives how many ended."""
    ended = 0
    for saga in await ports.sagas.unfinished_sagas(now):
        await _end_saga(ports, saga, now)
        ended += 1
    return ended


async def _end_saga(ports: InvoicePorts, saga: Saga, now: datetime) -> None:
    if saga.state is SagaState.RUNNING and await _issued_invoice(ports, saga) is not None:
        try:
            await _run_steps(ports, saga, now)
        except Refused as refusal:
            await _undo_when_refused(ports, saga, now, refusal)
    else:
        await _undo_saga(ports, saga, now, "abandoned")


async def _hold_lease(ports: InvoicePorts, saga: Saga, now: datetime) -> None:
    """Take the ticket; a saga that left it locked and went away is ended first."""
    if saga.state is SagaState.DONE:
        return
    abandoned = await ports.sagas.take_lease(saga, now)
    if abandoned is None:
        return
    other = await ports.sagas.get_saga(abandoned)
    if other is not None:
        await _end_saga(ports, other, now)
    if await ports.sagas.take_lease(saga, now) is not None:
        raise Occupied("ticket", saga.asked.ticket)


async def _run_steps(ports: InvoicePorts, saga: Saga, now: datetime) -> IssuedDocument:
    """Do the steps that were not done yet, and give the invoice."""
    done = await ports.sagas.steps_done(saga.id)
    if SagaStep.INVOICED not in done:
        found = await _costed_step(ports, saga, done, now)
        prices = await _priced_step(ports, saga, found, done, now)
        document = await _issue_step(ports, saga, found, prices)
        await ports.sagas.record_step(saga, SagaStep.INVOICED, now, {"invoice": document.id})
    else:
        document = await ports.ledger.get(InvoiceId(done[SagaStep.INVOICED]["invoice"]))
    if SagaStep.TICKET_MARKED not in done:
        await _mark_ticket(ports, saga, document.id)
        await ports.sagas.record_step(saga, SagaStep.TICKET_MARKED, now, {})
    if SagaStep.NOTIFIED not in done:
        told = _saga_event(saga, EventType.NOTIFICATION_SEND, document.id, 1, now)
        await ports.sagas.finish_saga(saga, now, told)
    return document


async def _costed_step(
    ports: InvoicePorts, saga: Saga, done: Mapping[SagaStep, Any], now: datetime
) -> RepairCosts:
    if SagaStep.COSTED in done:
        return COSTS.validate_python(done[SagaStep.COSTED])
    ticket = await ports.tickets.get(saga.asked.ticket, SYSTEM)
    if ticket.status not in BILLABLE:
        raise IllegalTransition(ticket.id, ticket.status, TicketStatus.INVOICED)
    found = await _costs_of_ticket(ports, ticket)
    await ports.sagas.record_step(saga, SagaStep.COSTED, now, COSTS.dump_python(found, mode="json"))
    return found


async def _costs_of_ticket(ports: InvoicePorts, ticket: Ticket) -> RepairCosts:
    followed = ticket.card if ticket.outcome is None else ticket.outcome.card or ticket.card
    cards = {} if followed is None else await ports.cards.many([followed], SEES_ALL)
    return costs.repair_costs(ticket, None if followed is None else cards.get(followed))


async def _priced_step(
    ports: InvoicePorts, saga: Saga, found: RepairCosts, done: Mapping[SagaStep, Any], now: datetime
) -> dict[str, Any]:
    if SagaStep.PRICED in done:
        return PRICES.validate_python(done[SagaStep.PRICED])
    parts = [use.part for use in found.parts]
    prices = await ports.prices.prices_now(parts, saga.garage, now)
    await ports.sagas.record_step(
        saga, SagaStep.PRICED, now, PRICES.dump_python(prices, mode="json")
    )
    return prices


async def _issue_step(
    ports: InvoicePorts, saga: Saga, found: RepairCosts, prices: dict[str, Any]
) -> IssuedDocument:
    seller = await ports.garages.get(saga.garage)
    known = await ports.vocabulary.parts([use.part for use in found.parts])
    parts = {part.id: part for part in known}
    lines = costs.priced_lines(found, seller, saga.asked.terms, parts, prices)
    with costs.told_of_tariffs(saga.asked.terms, lines):
        invoice = invoices.compute_invoice(_content_of_invoice(saga.asked, seller, lines, saga.at))
        wanted = TicketInvoice(
            ticket=saga.asked.ticket,
            invoice=invoice,
            saga=saga.id,
            customer=saga.asked.customer,
        )
        return await ports.ledger.issue_invoice(_book_operation(saga), seller, wanted)


def _content_of_invoice(
    asked: InvoiceRequest, seller: Seller, lines: Sequence[Any], at: datetime
) -> InvoiceContent:
    if not lines:
        raise InvalidInput("ticket", "has nothing to bill: no parts and no time")
    supplier, terms = seller.profile.party, asked.terms
    place = find_place_of_supply(
        supplier, asked.buyer, [line.nature for line in lines], overrule=terms.overrule
    )
    bills_of_supply.demand_same_state(seller.profile, place)
    return InvoiceContent(
        kind=bills_of_supply.document_type(seller.profile),
        date=terms.day or law_day(at),
        supplier=supplier,
        recipient=asked.buyer,
        place=place,
        lines=tuple(lines),
        reverse_charge=terms.reverse_charge,
        supply=terms.supply,
        ticket=asked.ticket,
        currency=terms.currency,
    )


async def _mark_ticket(ports: InvoicePorts, saga: Saga, invoice: InvoiceId) -> None:
    """Write the invoice on the ticket; done again it changes nothing (IP-13)."""
    for _ in range(TRIES):
        ticket = await ports.tickets.get(saga.asked.ticket, SYSTEM)
        if ticket.status is TicketStatus.INVOICED and ticket.invoice == invoice:
            return
        move = TicketChange(at=saga.at, expected=ticket.version)
        marked = mark_invoiced(ticket, invoice, move)
        if await _save_ticket(ports, saga, marked, ticket.version):
            return
    raise Unavailable("neo4j", "the ticket keeps changing")


async def _unmark_ticket(ports: InvoicePorts, saga: Saga, invoice: InvoiceId) -> None:
    """Take the invoice off the ticket, unless it has another by now or is gone."""
    for _ in range(TRIES):
        try:
            ticket = await ports.tickets.get(saga.asked.ticket, SYSTEM)
        except NotFound:
            return
        if ticket.invoice != invoice:
            return
        move = TicketChange(at=saga.at, expected=ticket.version)
        if await _save_ticket(ports, saga, unmark_invoiced(ticket, move), ticket.version):
            return
    raise Unavailable("neo4j", "the ticket keeps changing")


async def _save_ticket(ports: InvoicePorts, saga: Saga, ticket: Ticket, expected: int) -> bool:
    event = _saga_event(saga, EventType.TICKET_UPDATED, ticket.id, ticket.version, saga.at)
    try:
        await ports.tickets.put(ticket, [event], expected=expected)
    except StaleVersion:
        return False
    return True


async def _issued_invoice(ports: InvoicePorts, saga: Saga) -> InvoiceId | None:
    """Give the invoice that a saga issued, whether or not it lived to write that down."""
    return await ports.ledger.issued_by(_book_operation(saga))


async def _undo_when_refused(ports: InvoicePorts, saga: Saga, now: datetime, why: Refused) -> None:
    """Undo a saga that was refused; another caller of the same saga may have ended it already."""
    current = await ports.sagas.get_saga(saga.id)
    if isinstance(why, Occupied) or current is None:
        await ports.sagas.finish_undo(saga)
    elif current.state in {SagaState.RUNNING, SagaState.UNDOING}:
        await _undo_saga(ports, current, now, str(why))


async def _undo_saga(ports: InvoicePorts, saga: Saga, now: datetime, reason: str) -> None:
    await ports.sagas.begin_undo(saga, reason)
    done = await ports.sagas.steps_done(saga.id)
    invoice = await _issued_invoice(ports, saga)
    if invoice is not None and SagaStep.TICKET_UNMARKED not in done:
        await _unmark_ticket(ports, saga, invoice)
        await ports.sagas.record_step(saga, SagaStep.TICKET_UNMARKED, now, {})
    if invoice is not None and SagaStep.INVOICE_UNDONE not in done:
        await _take_back_invoice(ports, saga, invoice, now)
        await ports.sagas.record_step(saga, SagaStep.INVOICE_UNDONE, now, {"invoice": invoice})
    await ports.sagas.finish_undo(saga)


async def _take_back_invoice(
    ports: InvoicePorts, saga: Saga, invoice: InvoiceId, now: datetime
) -> None:
    """Void an invoice while the law allows, else credit all of it."""
    document = await ports.ledger.get(invoice)
    if document.balance is not None and document.balance.voided:
        return
    try:
        await ports.ledger.void_invoice(_book_operation(saga, "void", now), invoice, TAKEN_BACK)
    except (IllegalTransition, MonthClosed):
        seller = await ports.garages.get(saga.garage)
        change = _book_operation(saga, "credit", now)
        await ports.ledger.issue_credit_note(change, seller, invoice, None, TAKEN_BACK)


def _book_operation(
    saga: Saga, purpose: str | None = None, at: datetime | None = None
) -> BooksChange:
    """Give the saga's change of the books, or another one that follows from it."""
    own = UUID(saga.operation)
    key = own if purpose is None else derive_uuid(own, f"{saga.garage}:{purpose}")
    return BooksChange(
        garage=saga.garage,
        operation=OperationId(str(key)),
        body_hash=saga.asked.body_hash,
        actor=saga.actor.id,
        at=at or saga.at,
        role=saga.actor.role,
        origin=saga.asked.origin,
    )


def _saga_event(saga: Saga, type: EventType, entity: str, version: int, at: datetime) -> Event:
    return Event(
        id=EventId(str(derive_uuid(UUID(saga.id), f"{type}:{version}"))),
        type=type,
        entity=entity,
        version=version,
        at=at,
        actor=saga.actor.id,
        garage=saga.garage,
    )
