"""A ticket is worked on: assigned, started, tried, resolved, closed, reopened.

Each verb reads the ticket as its actor, lets the domain decide, and writes the next version with
its event in one transaction. An operation that changed the ticket before changes nothing again: it
gives the ticket as it stands. So does a late one that somebody had the last word against.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain import last_word, tickets
from domain.access import SEES_ALL, Action, Actor, Kind, Resource, demand, viewer
from domain.cards import FailureCard, PartUse
from domain.errors import InvalidInput
from domain.events import EventType
from domain.ids import CardId, PersonId, TicketId
from domain.outcomes import Attempt, Outcome
from domain.technicians import demand_certified
from domain.tickets import Move, Ticket
from repair.known import demand_known
from repair.operation import Operation
from repair.stores import Cards, Crew, Tickets, Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What working on tickets needs."""

    tickets: Tickets
    cards: Cards
    crew: Crew
    vocabulary: Vocabulary


async def assign(
    shop: Workshop, id: TicketId, to: PersonId, expected: int, operation: Operation
) -> Ticket:
    """Put the ticket into somebody's hands.

    Raises:
        InvalidInput: they do not work in the ticket's garage.
        NotCertified: it is high-voltage work and they may not do it.
        NotFound, NotAllowed, StaleVersion, IllegalTransition: as they say.
    """
    ticket = await _held(shop.tickets, id, operation, Action.ASSIGN)
    if ticket.done(operation.mark):
        return ticket
    assigned = tickets.assign(ticket, to, _move(operation, expected, ticket))
    await demand_colleague(shop.crew, assigned, to)
    await demand_safe(shop, assigned, assigned.card, operation)
    return await _put(shop.tickets, assigned, EventType.TICKET_UPDATED, operation)


async def start(
    shop: Workshop, id: TicketId, card: CardId | None, expected: int, operation: Operation
) -> Ticket:
    """Begin the repair, following a card or (None) the technician's own way.

    Raises:
        NotCertified: it is high-voltage work and the assignee may not do it.
        NotFound: the ticket or the card is not there for this actor.
        NotAllowed, StaleVersion, IllegalTransition: as they say.
    """
    ticket = await _held(shop.tickets, id, operation, Action.UPDATE)
    if ticket.done(operation.mark):
        return ticket
    rules = last_word if operation.late else tickets
    started = rules.start(ticket, card, _move(operation, expected, ticket))
    await demand_safe(shop, started, card, operation)
    return await _put(shop.tickets, started, EventType.TICKET_UPDATED, operation)


async def attempt(
    shop: Workshop, id: TicketId, tried: Attempt, expected: int, operation: Operation
) -> Ticket:
    """Note what was tried, worked or failed, as the doing of whoever has the ticket in hand.

    Raises:
        InvalidInput: a part is unknown, or the ticket holds as many attempts as it may.
        NotCertified, NotFound, NotAllowed, StaleVersion, IllegalTransition: as for `start`.
    """
    ticket = await _held(shop.tickets, id, operation, Action.UPDATE)
    if ticket.done(operation.mark):
        return ticket
    at = operation.done_at
    theirs = replace(tried, by=tickets.whose(ticket, at) or tried.by, at=at)
    rules = last_word if operation.late else tickets
    noted = rules.attempt(ticket, theirs, _move(operation, expected, ticket))
    await _demand_parts(shop.vocabulary, tried.parts)
    await demand_safe(shop, noted, tried.card, operation)
    return await _put(shop.tickets, noted, EventType.TICKET_UPDATED, operation)


async def resolve(
    shop: Workshop, id: TicketId, outcome: Outcome, expected: int, operation: Operation
) -> Ticket:
    """End the repair with its outcome, which others learn from.

    Of a late one that somebody had the last word against, only what was tried is learned.

    Raises:
        InvalidInput: a part is unknown.
        NotCertified, NotFound, NotAllowed, StaleVersion, IllegalTransition: as for `start`.
    """
    ticket = await _held(shop.tickets, id, operation, Action.UPDATE)
    if ticket.done(operation.mark):
        return ticket
    rules = last_word if operation.late else tickets
    resolved = rules.resolve(ticket, outcome, _move(operation, expected, ticket))
    await _demand_parts(shop.vocabulary, outcome.parts)
    await demand_safe(shop, resolved, outcome.card, operation)
    stands = resolved.written.outcome != ticket.written.outcome
    told = EventType.TICKET_RESOLVED if stands else EventType.TICKET_UPDATED
    return await _put(shop.tickets, resolved, told, operation)


async def close(
    stored: Tickets, id: TicketId, rating: int | None, expected: int, operation: Operation
) -> Ticket:
    """Hand the vehicle back, with the customer's rating if there is one.

    Raises:
        InvalidInput: the rating is not 1 to 5.
        NotFound, NotAllowed, StaleVersion, IllegalTransition: as they say.
    """
    ticket = await _held(stored, id, operation, Action.UPDATE)
    if ticket.done(operation.mark):
        return ticket
    rules = last_word if operation.late else tickets
    closed = rules.close(ticket, rating, _move(operation, expected, ticket))
    return await _put(stored, closed, EventType.TICKET_CLOSED, operation)


async def reopen(stored: Tickets, id: TicketId, expected: int, operation: Operation) -> Ticket:
    """Take up a resolved or closed ticket again: the repair did not hold.

    It is in nobody's hands then, so only who may assign it may do so.

    Raises:
        NotFound, NotAllowed, StaleVersion, IllegalTransition: as they say.
    """
    ticket = await _held(stored, id, operation, Action.ASSIGN)
    if ticket.done(operation.mark):
        return ticket
    reopened = tickets.reopen(ticket, _move(operation, expected, ticket))
    return await _put(stored, reopened, EventType.TICKET_REOPENED, operation)


async def _held(stored: Tickets, id: TicketId, operation: Operation, action: Action) -> Ticket:
    ticket = await stored.get(id, operation.actor)
    about = Resource(kind=Kind.TICKET, garage=ticket.garage, assignee=ticket.assignee)
    demand(operation.actor, action, about)
    return ticket


def _move(operation: Operation, expected: int, ticket: Ticket) -> Move:
    return Move(
        at=operation.at,
        expected=ticket.version if operation.late else expected,
        mark=operation.mark,
        done=operation.done,
    )


async def _put(stored: Tickets, ticket: Ticket, type: EventType, operation: Operation) -> Ticket:
    if not ticket.done(operation.mark):
        return ticket
    event = operation.event(type, ticket.id, ticket.version, ticket.garage)
    await stored.put(ticket, [event], expected=ticket.version - 1)
    return ticket


async def demand_colleague(crew: Crew, ticket: Ticket, to: PersonId) -> None:
    """Raise InvalidInput unless they are registered in the ticket's garage."""
    known = await crew.technician(to)
    if known is None or known.garage != ticket.garage:
        raise InvalidInput("technician", f"{to} is not registered in {ticket.garage}")


async def demand_safe(
    shop: Workshop, ticket: Ticket, card: CardId | None, operation: Operation
) -> None:
    """Raise NotCertified if the work is on high voltage and the assignee may not do that."""
    dangerous = await on_high_voltage(shop, ticket.id, card, operation.actor)
    if dangerous and ticket.assignee is not None:
        demand_certified(ticket.assignee, await shop.crew.technician(ticket.assignee))


async def on_high_voltage(shop: Workshop, id: TicketId, card: CardId | None, actor: Actor) -> bool:
    """Say whether the work is on high voltage.

    The card that is followed says so; while none is, the card that was suggested first.
    """
    if card is None:
        followed = await _suggested(shop, id)
    else:
        followed = await shop.cards.get(card, viewer(actor))
    return followed is not None and followed.resolution.high_voltage


async def _suggested(shop: Workshop, id: TicketId) -> FailureCard | None:
    shown = (await shop.tickets.shown([id])).get(id, ())
    found = await shop.cards.many([s.card for s in shown[:1]], SEES_ALL)
    return next(iter(found.values()), None)


async def _demand_parts(vocabulary: Vocabulary, used: Sequence[PartUse]) -> None:
    wanted = [use.part for use in used]
    if wanted:
        demand_known("parts", wanted, {part.id for part in await vocabulary.parts(wanted)})
