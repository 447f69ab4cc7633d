"""From a closed ticket to its invoice: a saga over both stores, wholly done or wholly undone.

Six steps (IP-9 to IP-14): lock the ticket, find what it cost, price it, issue the invoice, mark the
ticket, tell. Each is recorded; each may be done twice. Before the invoice is issued, whoever finds
the saga abandoned takes it back; from the invoice on, it goes forward, and only a refusal of the
graph (the ticket went away) takes the invoice back, lawfully: by a void, else by a credit note.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from billing import bills, invoices
from billing.books import Deed
from billing.garages import Garages, Seller
from billing.invoices import Draft, Invoice
from billing.law_time import law_date
from billing.ledger import Ledger, Ticketed
from billing.papers import Paper
from billing.place_of_supply import place_of_supply
from billing.prices import Prices
from billing.sagas import Asked, Saga, Sagas, State, Step
from domain.access import SEES_ALL, SYSTEM, Action, Actor, Kind, Resource, Viewer, demand
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
from domain.ids import CardId, EventId, InvoiceId, OperationId, SagaId, TicketId, derived
from domain.tickets import Move, Ticket, TicketStatus, invoiced, uninvoiced
from domain.vocabulary import Part
from repair import costing
from repair.costing import COSTS, PRICES, Costs
from repair.operation import Operation

BILLABLE = frozenset({TicketStatus.CLOSED, TicketStatus.INVOICED})
TRIES = 5
TAKEN_BACK = "The ticket could not be marked as invoiced"


class Tickets(Protocol):
    async def get(self, id: TicketId, actor: Actor) -> Ticket: ...

    async def put(self, ticket: Ticket, events: Sequence[Event], *, expected: int) -> None: ...


class Cards(Protocol):
    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]: ...


class Parts(Protocol):
    async def parts(self, ids: Sequence[str]) -> Sequence[Part]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoicing:
    """What invoicing needs of the graph and of the books."""

    tickets: Tickets
    cards: Cards
    vocabulary: Parts
    garages: Garages
    prices: Prices
    ledger: Ledger
    sagas: Sagas


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a ticket's invoice would say now; `unpriced` parts keep it from being issued."""

    invoice: Invoice | None
    estimated: bool
    unpriced: tuple[str, ...] = ()


async def issue(invoicing: Invoicing, asked: Asked, operation: Operation) -> Paper:
    """Issue the invoice of a closed ticket, once for the operation.

    Raises:
        NotFound, NotAllowed: the ticket is not there for this actor, or not for this deed.
        IllegalTransition: the ticket is not closed, or has an invoice.
        InvalidInput: something is missing, wrong or not priced; its field is named.
        Occupied: another invoice of the ticket is on its way.
        OperationConflict, MonthClosed: as they say.
    """
    ticket = await invoicing.tickets.get(asked.ticket, operation.actor)
    demand(operation.actor, Action.CREATE, Resource(kind=Kind.INVOICE, garage=ticket.garage))
    saga = await invoicing.sagas.begin(
        ticket.garage, operation.id, asked, operation.actor, operation.at
    )
    try:
        await _locked(invoicing, saga, operation.at)
        return await _forward(invoicing, saga, operation.at)
    except Refused as refusal:
        await _retreat(invoicing, saga, operation.at, refusal)
        raise


async def estimate(invoicing: Invoicing, asked: Asked, actor: Actor, at: datetime) -> Estimate:
    """Give what the invoice of a ticket would say now; nothing is written.

    Raises:
        NotFound, NotAllowed, InvalidInput: as for `issue`.
    """
    ticket = await invoicing.tickets.get(asked.ticket, actor)
    demand(actor, Action.READ, Resource(kind=Kind.INVOICE, garage=ticket.garage))
    seller = await invoicing.garages.get(ticket.garage)
    found = await _costs(invoicing, ticket)
    parts = [use.part for use in found.parts]
    prices = await invoicing.prices.now(parts, ticket.garage, at)
    missing = tuple(part for part, price in prices.items() if price.amount is None)
    if missing:
        return Estimate(invoice=None, estimated=found.estimated, unpriced=missing)
    known = {part.id: part for part in await invoicing.vocabulary.parts(parts)}
    lines = costing.lines_of(found, seller, asked.terms, known, prices)
    draft = _draft(asked, seller, lines, at)
    return Estimate(invoice=invoices.compute(draft), estimated=found.estimated)


async def rollback(invoicing: Invoicing, id: SagaId, now: datetime) -> None:
    """Undo what a saga did, each compensation once; an ended saga is left as it is.

    Raises:
        NotFound: there is no such saga.
    """
    saga = await invoicing.sagas.get(id)
    if saga is None:
        raise NotFound("saga", id)
    if saga.state in {State.RUNNING, State.UNDOING}:
        await _undo(invoicing, saga, now, "rolled back")


async def recover(invoicing: Invoicing, now: datetime) -> int:
    """End what was abandoned: forward from the invoice on, back before it. Gives how many ended."""
    ended = 0
    for saga in await invoicing.sagas.unfinished(now):
        await _ended(invoicing, saga, now)
        ended += 1
    return ended


async def _ended(invoicing: Invoicing, saga: Saga, now: datetime) -> None:
    if saga.state is State.RUNNING and await _issued(invoicing, saga) is not None:
        try:
            await _forward(invoicing, saga, now)
        except Refused as refusal:
            await _retreat(invoicing, saga, now, refusal)
    else:
        await _undo(invoicing, saga, now, "abandoned")


async def _locked(invoicing: Invoicing, saga: Saga, now: datetime) -> None:
    """Take the ticket; a saga that left it locked and went away is ended first."""
    if saga.state is State.DONE:
        return
    abandoned = await invoicing.sagas.lease(saga, now)
    if abandoned is None:
        return
    other = await invoicing.sagas.get(abandoned)
    if other is not None:
        await _ended(invoicing, other, now)
    if await invoicing.sagas.lease(saga, now) is not None:
        raise Occupied("ticket", saga.asked.ticket)


async def _forward(invoicing: Invoicing, saga: Saga, now: datetime) -> Paper:
    """Do the steps that were not done yet, and give the invoice."""
    done = await invoicing.sagas.steps(saga.id)
    if Step.INVOICED not in done:
        found = await _costed(invoicing, saga, done, now)
        prices = await _priced(invoicing, saga, found, done, now)
        paper = await _issue(invoicing, saga, found, prices)
        await invoicing.sagas.record(saga, Step.INVOICED, now, {"invoice": paper.id})
    else:
        paper = await invoicing.ledger.get(InvoiceId(done[Step.INVOICED]["invoice"]))
    if Step.TICKET_MARKED not in done:
        await _mark(invoicing, saga, paper.id)
        await invoicing.sagas.record(saga, Step.TICKET_MARKED, now, {})
    if Step.NOTIFIED not in done:
        told = _event(saga, EventType.NOTIFICATION_SEND, paper.id, 1, now)
        await invoicing.sagas.finish(saga, now, told)
    return paper


async def _costed(
    invoicing: Invoicing, saga: Saga, done: Mapping[Step, Any], now: datetime
) -> Costs:
    if Step.COSTED in done:
        return COSTS.validate_python(done[Step.COSTED])
    ticket = await invoicing.tickets.get(saga.asked.ticket, SYSTEM)
    if ticket.status not in BILLABLE:
        raise IllegalTransition(ticket.id, ticket.status, TicketStatus.INVOICED)
    found = await _costs(invoicing, ticket)
    await invoicing.sagas.record(saga, Step.COSTED, now, COSTS.dump_python(found, mode="json"))
    return found


async def _costs(invoicing: Invoicing, ticket: Ticket) -> Costs:
    followed = ticket.card if ticket.outcome is None else ticket.outcome.card or ticket.card
    cards = {} if followed is None else await invoicing.cards.many([followed], SEES_ALL)
    return costing.costs(ticket, None if followed is None else cards.get(followed))


async def _priced(
    invoicing: Invoicing, saga: Saga, found: Costs, done: Mapping[Step, Any], now: datetime
) -> dict[str, Any]:
    if Step.PRICED in done:
        return PRICES.validate_python(done[Step.PRICED])
    parts = [use.part for use in found.parts]
    prices = await invoicing.prices.now(parts, saga.garage, now)
    await invoicing.sagas.record(saga, Step.PRICED, now, PRICES.dump_python(prices, mode="json"))
    return prices


async def _issue(invoicing: Invoicing, saga: Saga, found: Costs, prices: dict[str, Any]) -> Paper:
    seller = await invoicing.garages.get(saga.garage)
    known = await invoicing.vocabulary.parts([use.part for use in found.parts])
    parts = {part.id: part for part in known}
    lines = costing.lines_of(found, seller, saga.asked.terms, parts, prices)
    invoice = invoices.compute(_draft(saga.asked, seller, lines, saga.at))
    wanted = Ticketed(ticket=saga.asked.ticket, invoice=invoice, saga=saga.id)
    return await invoicing.ledger.issue(_deed(saga), seller, wanted)


def _draft(asked: Asked, seller: Seller, lines: Sequence[Any], at: datetime) -> Draft:
    if not lines:
        raise InvalidInput("ticket", "has nothing to bill: no parts and no time")
    supplier, terms = seller.profile.party, asked.terms
    place = place_of_supply(
        supplier, asked.buyer, [line.nature for line in lines], overrule=terms.overrule
    )
    bills.demand_within(seller.profile, place)
    return Draft(
        kind=bills.document(seller.profile),
        date=terms.day or law_date(at),
        supplier=supplier,
        recipient=asked.buyer,
        place=place,
        lines=tuple(lines),
        reverse_charge=terms.reverse_charge,
        ticket=asked.ticket,
        currency=terms.currency,
    )


async def _mark(invoicing: Invoicing, saga: Saga, invoice: InvoiceId) -> None:
    """Write the invoice on the ticket; done again it changes nothing (IP-13)."""
    for _ in range(TRIES):
        ticket = await invoicing.tickets.get(saga.asked.ticket, SYSTEM)
        if ticket.status is TicketStatus.INVOICED and ticket.invoice == invoice:
            return
        move = Move(at=saga.at, expected=ticket.version)
        marked = invoiced(ticket, invoice, move)
        if await _put(invoicing, saga, marked, ticket.version):
            return
    raise Unavailable("neo4j", "the ticket keeps changing")


async def _unmark(invoicing: Invoicing, saga: Saga, invoice: InvoiceId) -> None:
    """Take the invoice off the ticket, unless it has another by now or is gone."""
    for _ in range(TRIES):
        try:
            ticket = await invoicing.tickets.get(saga.asked.ticket, SYSTEM)
        except NotFound:
            return
        if ticket.invoice != invoice:
            return
        move = Move(at=saga.at, expected=ticket.version)
        if await _put(invoicing, saga, uninvoiced(ticket, move), ticket.version):
            return
    raise Unavailable("neo4j", "the ticket keeps changing")


async def _put(invoicing: Invoicing, saga: Saga, ticket: Ticket, expected: int) -> bool:
    event = _event(saga, EventType.TICKET_UPDATED, ticket.id, ticket.version, saga.at)
    try:
        await invoicing.tickets.put(ticket, [event], expected=expected)
    except StaleVersion:
        return False
    return True


async def _issued(invoicing: Invoicing, saga: Saga) -> InvoiceId | None:
    """Give the invoice that a saga issued, whether or not it lived to write that down."""
    return await invoicing.ledger.issued_by(_deed(saga))


async def _retreat(invoicing: Invoicing, saga: Saga, now: datetime, why: Refused) -> None:
    """Undo a saga that was refused; another caller of the same saga may have ended it already."""
    current = await invoicing.sagas.get(saga.id)
    if isinstance(why, Occupied) or current is None:
        await invoicing.sagas.undone(saga)
    elif current.state in {State.RUNNING, State.UNDOING}:
        await _undo(invoicing, current, now, str(why))


async def _undo(invoicing: Invoicing, saga: Saga, now: datetime, reason: str) -> None:
    await invoicing.sagas.undo(saga, reason)
    done = await invoicing.sagas.steps(saga.id)
    invoice = await _issued(invoicing, saga)
    if invoice is not None and Step.TICKET_UNMARKED not in done:
        await _unmark(invoicing, saga, invoice)
        await invoicing.sagas.record(saga, Step.TICKET_UNMARKED, now, {})
    if invoice is not None and Step.INVOICE_UNDONE not in done:
        await _take_back(invoicing, saga, invoice, now)
        await invoicing.sagas.record(saga, Step.INVOICE_UNDONE, now, {"invoice": invoice})
    await invoicing.sagas.undone(saga)


async def _take_back(invoicing: Invoicing, saga: Saga, invoice: InvoiceId, now: datetime) -> None:
    """Void an invoice while the law allows, else credit all of it."""
    paper = await invoicing.ledger.get(invoice)
    if paper.balance is not None and paper.balance.voided:
        return
    try:
        await invoicing.ledger.void(_deed(saga, "void", now), invoice, TAKEN_BACK)
    except (IllegalTransition, MonthClosed):
        seller = await invoicing.garages.get(saga.garage)
        deed = _deed(saga, "credit", now)
        await invoicing.ledger.credit(deed, seller, invoice, None, TAKEN_BACK)


def _deed(saga: Saga, purpose: str | None = None, at: datetime | None = None) -> Deed:
    """Give the saga's deed in the books, or another one that follows from it."""
    own = UUID(saga.operation)
    key = own if purpose is None else derived(own, f"{saga.garage}:{purpose}")
    return Deed(
        garage=saga.garage,
        operation=OperationId(str(key)),
        body_hash=saga.asked.body_hash,
        actor=saga.actor.id,
        at=at or saga.at,
    )


def _event(saga: Saga, type: EventType, entity: str, version: int, at: datetime) -> Event:
    return Event(
        id=EventId(str(derived(UUID(saga.id), f"{type}:{version}"))),
        type=type,
        entity=entity,
        version=version,
        at=at,
        actor=saga.actor.id,
        garage=saga.garage,
    )
