"""A ticket is worked on: assigned, started, tried, resolved, closed, reopened.

Each verb reads the ticket as its actor, lets the domain decide, and writes the next version with
its event in one transaction. An operation that changed the ticket before changes nothing again: it
gives the ticket as it stands. So does a late one that somebody had the last word against.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain import last_writer, limits, tickets
from domain.access import SEES_ALL, Action, Actor, Resource, ResourceKind, demand_allowed, viewer_of
from domain.cards import FailureCard, PartUse
from domain.errors import InvalidInput
from domain.events import EventType
from domain.ids import CardId, PersonId, TicketId
from domain.outcomes import STARS, Attempt, Outcome
from domain.technicians import demand_certified
from domain.tickets import Ticket, TicketChange
from domain.tombstones import Tombstone
from repair.deeds import ticket_change, ticket_removal
from repair.operations import Operation
from repair.ports import (
    CardRepository,
    FileClaims,
    TechnicianRepository,
    TicketBooks,
    TicketRepository,
    VocabularyRepository,
)
from repair.vocabulary import demand_known


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPorts:
    """What working on tickets needs."""

    tickets: TicketRepository
    cards: CardRepository
    technicians: TechnicianRepository
    vocabulary: VocabularyRepository
    files: FileClaims


async def assign_ticket(
    ports: TicketPorts, id: TicketId, to: PersonId, expected: int, operation: Operation
) -> Ticket:
    """Put the ticket into somebody's hands.

    Raises:
        InvalidInput: they do not work in the ticket's garage.
        NotCertified: it is high-voltage work and they may not do it.
        NotFound, NotAllowed, StaleVersion, IllegalTransition: as they say.
    """
    ticket = await _stored_ticket(ports.tickets, id, operation, Action.ASSIGN)
    if ticket.is_done(operation.mark):
        return ticket
    assigned = tickets.assign_ticket(ticket, to, _ticket_change(operation, expected, ticket))
    await demand_colleague(ports.technicians, assigned, to)
    await demand_certified_for(ports, assigned, assigned.card, operation)
    return await _save_ticket(ports.tickets, ticket, assigned, EventType.TICKET_UPDATED, operation)


async def start_repair(
    ports: TicketPorts, id: TicketId, card: CardId | None, expected: int, operation: Operation
) -> Ticket:
    """Begin the repair, following a card or (None) the technician's own way.

    Raises:
        NotCertified: it is high-voltage work and the assignee may not do it.
        NotFound: the ticket or the card is not there for this actor.
        NotAllowed, StaleVersion, IllegalTransition: as they say.
    """
    ticket = await _stored_ticket(ports.tickets, id, operation, Action.UPDATE)
    if ticket.is_done(operation.mark):
        return ticket
    rules = last_writer if operation.late else tickets
    started = rules.start_repair(ticket, card, _ticket_change(operation, expected, ticket))
    await demand_certified_for(ports, started, card, operation)
    return await _save_ticket(ports.tickets, ticket, started, EventType.TICKET_UPDATED, operation)


async def record_attempt(
    ports: TicketPorts, id: TicketId, tried: Attempt, expected: int, operation: Operation
) -> Ticket:
    """Note what was tried, worked or failed, as the doing of whoever has the ticket in hand.

    Raises:
        InvalidInput: a part is unknown, or the ticket holds as many attempts as it may.
        NotCertified, NotFound, NotAllowed, StaleVersion, IllegalTransition: as for `start`.
    """
    ticket = await _stored_ticket(ports.tickets, id, operation, Action.UPDATE)
    if ticket.is_done(operation.mark):
        return ticket
    at = operation.done_at
    theirs = replace(tried, by=tickets.assignee_at(ticket, at) or tried.by, at=at)
    rules = last_writer if operation.late else tickets
    noted = rules.record_attempt(ticket, theirs, _ticket_change(operation, expected, ticket))
    await _demand_known_parts(ports.vocabulary, tried.parts)
    await demand_certified_for(ports, noted, tried.card, operation)
    if tried.files:
        await ports.files.claim(tried.files, ticket, operation.actor.id)
    return await _save_ticket(ports.tickets, ticket, noted, EventType.TICKET_UPDATED, operation)


async def resolve_ticket(
    ports: TicketPorts, id: TicketId, outcome: Outcome, expected: int, operation: Operation
) -> Ticket:
    """End the repair with its outcome, which others learn from.

    Of a late one that somebody had the last word against, only what was tried is learned.

    Raises:
        InvalidInput: a part is unknown.
        NotCertified, NotFound, NotAllowed, StaleVersion, IllegalTransition: as for `start`.
    """
    ticket = await _stored_ticket(ports.tickets, id, operation, Action.UPDATE)
    if ticket.is_done(operation.mark):
        return ticket
    rules = last_writer if operation.late else tickets
    resolved = rules.resolve_ticket(ticket, outcome, _ticket_change(operation, expected, ticket))
    await _demand_known_parts(ports.vocabulary, outcome.parts)
    await demand_certified_for(ports, resolved, outcome.card, operation)
    stands = resolved.written.outcome != ticket.written.outcome
    told = EventType.TICKET_RESOLVED if stands else EventType.TICKET_UPDATED
    return await _save_ticket(ports.tickets, ticket, resolved, told, operation)


async def close_ticket(
    stored: TicketRepository, id: TicketId, rating: int | None, expected: int, operation: Operation
) -> Ticket:
    """Hand the vehicle back, with the customer's rating if there is one.

    Raises:
        InvalidInput: the rating is not 1 to 5.
        NotFound, NotAllowed, StaleVersion, IllegalTransition: as they say.
    """
    if rating is not None:
        # Before the version is looked at: whoever came too late would not hear of it.
        limits.check_range("rating", rating, *STARS)
    ticket = await _stored_ticket(stored, id, operation, Action.UPDATE)
    if ticket.is_done(operation.mark):
        return ticket
    rules = last_writer if operation.late else tickets
    closed = rules.close_ticket(ticket, rating, _ticket_change(operation, expected, ticket))
    return await _save_ticket(stored, ticket, closed, EventType.TICKET_CLOSED, operation)


async def reopen_ticket(
    stored: TicketRepository, id: TicketId, expected: int, operation: Operation
) -> Ticket:
    """Take up a resolved or closed ticket again: the repair did not hold.

    It is in nobody's hands then, so only who may assign it may do so.

    Raises:
        NotFound, NotAllowed, StaleVersion, IllegalTransition: as they say.
    """
    ticket = await _stored_ticket(stored, id, operation, Action.ASSIGN)
    if ticket.is_done(operation.mark):
        return ticket
    reopened = tickets.reopen_ticket(ticket, _ticket_change(operation, expected, ticket))
    return await _save_ticket(stored, ticket, reopened, EventType.TICKET_REOPENED, operation)


async def delete_ticket(
    stored: TicketRepository, books: TicketBooks, id: TicketId, expected: int, operation: Operation
) -> Tombstone:
    """Take a ticket away for good; a tombstone says that it was there, and whose.

    Raises:
        IllegalTransition: the books hold an invoice of it, or money that came ahead.
        NotFound, NotAllowed, StaleVersion: as they say.
    """
    buried = (await stored.tombstones([id], operation.actor)).get(id)
    if buried is not None and buried.mark == operation.mark:
        return buried
    ticket = await _stored_ticket(stored, id, operation, Action.DELETE)
    stone = tickets.bury_ticket(
        ticket, operation.actor.id, _ticket_change(operation, expected, ticket)
    )
    await books.demand_unbooked(id)
    change = ticket_removal(ticket, operation)
    event = operation.event(EventType.TICKET_DELETED, id, stone.version, ticket.garage, change)
    await stored.bury(stone, [event], expected=ticket.version)
    return stone


async def _stored_ticket(
    stored: TicketRepository, id: TicketId, operation: Operation, action: Action
) -> Ticket:
    ticket = await stored.get(id, operation.actor)
    about = Resource(kind=ResourceKind.TICKET, garage=ticket.garage, assignee=ticket.assignee)
    demand_allowed(operation.actor, action, about)
    return ticket


def _ticket_change(operation: Operation, expected: int, ticket: Ticket) -> TicketChange:
    return TicketChange(
        at=operation.at,
        expected=ticket.version if operation.late else expected,
        mark=operation.mark,
        done=operation.done,
    )


async def _save_ticket(
    stored: TicketRepository, before: Ticket, ticket: Ticket, type: EventType, operation: Operation
) -> Ticket:
    if not ticket.is_done(operation.mark):
        return ticket
    change = ticket_change(before, ticket, operation)
    event = operation.event(type, ticket.id, ticket.version, ticket.garage, change)
    await stored.put(ticket, [event], expected=ticket.version - 1)
    return ticket


async def demand_colleague(technicians: TechnicianRepository, ticket: Ticket, to: PersonId) -> None:
    """Raise InvalidInput unless they are registered in the ticket's garage."""
    known = await technicians.technician(to)
    if known is None or known.garage != ticket.garage:
        raise InvalidInput("technician", f"{to} is not registered in {ticket.garage}")


async def demand_certified_for(
    ports: TicketPorts, ticket: Ticket, card: CardId | None, operation: Operation
) -> None:
    """Raise NotCertified if the work is on high voltage and the assignee may not do that."""
    dangerous = await is_high_voltage_work(ports, ticket.id, card, operation.actor)
    if dangerous and ticket.assignee is not None:
        demand_certified(ticket.assignee, await ports.technicians.technician(ticket.assignee))


async def is_high_voltage_work(
    ports: TicketPorts, id: TicketId, card: CardId | None, actor: Actor
) -> bool:
    """Say whether the work is on high voltage.

    The card that is followed says so; while none is, the card that was suggested first.
    """
    if card is None:
        followed = await _first_suggestion(ports, id)
    else:
        followed = await ports.cards.get(card, viewer_of(actor))
    return followed is not None and followed.resolution.high_voltage


async def _first_suggestion(ports: TicketPorts, id: TicketId) -> FailureCard | None:
    shown = (await ports.tickets.shown_cards([id])).get(id, ())
    found = await ports.cards.many([s.card for s in shown[:1]], SEES_ALL)
    return next(iter(found.values()), None)


async def _demand_known_parts(vocabulary: VocabularyRepository, used: Sequence[PartUse]) -> None:
    wanted = [use.part for use in used]
    if wanted:
        demand_known("parts", wanted, {part.id for part in await vocabulary.parts(wanted)})
