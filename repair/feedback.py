"""What people say and show of the cards suggested to them, as use cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain import limits
from domain.access import Action, Actor, Resource, ResourceKind, Role, demand_allowed
from domain.errors import InvalidInput
from domain.events import Event, EventType
from domain.feedback import BATCH, Feedback, Impression, Opinion
from domain.ids import CardId, PersonId, TicketId
from domain.tickets import Ticket
from repair.analyses import AnalysedTickets
from repair.operations import Operation


class FeedbackRepository(Protocol):
    async def save_opinion(
        self, ticket: Ticket, said: Feedback, expected: int, events: Sequence[Event]
    ) -> Feedback: ...

    async def history(self, ticket: TicketId, person: PersonId | None = None) -> list[Feedback]: ...

    async def first_fixes(self, tickets: Sequence[TicketId]) -> dict[TicketId, bool]: ...

    async def save_impressions(
        self,
        ticket: Ticket,
        person: PersonId,
        seen: Sequence[Impression],
        at: datetime,
        event: Event,
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackPorts:
    """What taking feedback in needs."""

    tickets: AnalysedTickets
    book: FeedbackRepository


async def give_feedback(
    ports: FeedbackPorts, id: TicketId, opinion: Opinion, expected: int, operation: Operation
) -> Feedback:
    """Take a person's word on a repair, or its next version; `expected` is 0 for the first.

    Raises:
        NotFound, NotAllowed: the ticket is not theirs to work on.
        InvalidInput: the card was neither suggested for it nor tried on it.
        StaleVersion: they said something since.
    """
    ticket = await _ticket_in_hand(ports, id, operation)
    if opinion.card not in await _suggested_cards(ports, ticket):
        raise InvalidInput("card", "was neither suggested for this ticket nor tried on it")
    said = Feedback(
        ticket=id,
        person=operation.actor.id,
        garage=ticket.garage,
        opinion=opinion,
        given_at=operation.at,
        changed_at=operation.at,
    )
    event = operation.event(EventType.FEEDBACK_GIVEN, opinion.card, 1, ticket.garage)
    return await ports.book.save_opinion(ticket, said, expected, [event])


async def record_impressions(
    ports: FeedbackPorts, id: TicketId, seen: Sequence[Impression], operation: Operation
) -> int:
    """Note what a person did with the cards suggested for a ticket, and say of how many.

    Raises:
        NotFound, NotAllowed: the ticket is not theirs to work on.
        InvalidInput: none or over fifty, a card twice, or one that was not suggested.
    """
    limits.check_count("impressions", len(seen), BATCH, least=1)
    ticket = await _ticket_in_hand(ports, id, operation)
    shown = {one.card for one in (await ports.tickets.shown_cards([id])).get(id, ())}
    named = [one.card for one in seen]
    if len(set(named)) < len(named):
        raise InvalidInput("impressions", "name a card twice")
    if strangers := sorted(set(named) - shown):
        raise InvalidInput("impressions", f"{strangers[0]} was not suggested for this ticket")
    event = operation.event(EventType.FEEDBACK_OBSERVED, id, ticket.version, ticket.garage)
    await ports.book.save_impressions(ticket, operation.actor.id, seen, operation.at, event)
    return len(seen)


async def feedback_history(ports: FeedbackPorts, id: TicketId, actor: Actor) -> list[Feedback]:
    """Give what was said of a repair: a technician's own words, or all for whoever runs the garage.

    Raises:
        NotFound: the ticket is not theirs to see.
    """
    await ports.tickets.get(id, actor)
    runs = actor.role in {Role.MANAGER, Role.ADMIN}
    return await ports.book.history(id, None if runs else actor.id)


async def _ticket_in_hand(ports: FeedbackPorts, id: TicketId, operation: Operation) -> Ticket:
    ticket = await ports.tickets.get(id, operation.actor)
    bench = Resource(kind=ResourceKind.TICKET, garage=ticket.garage, assignee=ticket.assignee)
    demand_allowed(operation.actor, Action.UPDATE, bench)
    return ticket


async def _suggested_cards(ports: FeedbackPorts, ticket: Ticket) -> set[CardId]:
    shown = (await ports.tickets.shown_cards([ticket.id])).get(ticket.id, ())
    tried = {attempt.card for attempt in ticket.attempts}
    ended = ticket.outcome.card if ticket.outcome else None
    return {card for card in (*tried, ended, ticket.card) if card} | {one.card for one in shown}
