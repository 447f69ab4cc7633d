"""What people say and show of the cards suggested to them, as use cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain import limits
from domain.access import Action, Actor, Kind, Resource, Role, demand
from domain.errors import InvalidInput
from domain.events import Event, EventType
from domain.feedback import BATCH, Feedback, Impression, Opinion
from domain.ids import CardId, PersonId, TicketId
from domain.tickets import Ticket
from repair.learning import Tickets
from repair.operation import Operation


class Book(Protocol):
    async def give(
        self, ticket: Ticket, said: Feedback, expected: int, events: Sequence[Event]
    ) -> Feedback: ...

    async def history(self, ticket: TicketId, person: PersonId | None = None) -> list[Feedback]: ...

    async def first_fixes(self, tickets: Sequence[TicketId]) -> dict[TicketId, bool]: ...

    async def observe(
        self,
        ticket: Ticket,
        person: PersonId,
        seen: Sequence[Impression],
        at: datetime,
        event: Event,
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What taking feedback in needs."""

    tickets: Tickets
    book: Book


async def give(
    desk: Desk, id: TicketId, opinion: Opinion, expected: int, operation: Operation
) -> Feedback:
    """Take a person's word on a repair, or its next version; `expected` is 0 for the first.

    Raises:
        NotFound, NotAllowed: the ticket is not theirs to work on.
        InvalidInput: the card was neither suggested for it nor tried on it.
        StaleVersion: they said something since.
    """
    ticket = await _theirs(desk, id, operation)
    if opinion.card not in await _known(desk, ticket):
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
    return await desk.book.give(ticket, said, expected, [event])


async def observe(
    desk: Desk, id: TicketId, seen: Sequence[Impression], operation: Operation
) -> int:
    """Note what a person did with the cards suggested for a ticket, and say of how many.

    Raises:
        NotFound, NotAllowed: the ticket is not theirs to work on.
        InvalidInput: none or over fifty, a card twice, or one that was not suggested.
    """
    limits.count("impressions", len(seen), BATCH, least=1)
    ticket = await _theirs(desk, id, operation)
    shown = {one.card for one in (await desk.tickets.shown([id])).get(id, ())}
    named = [one.card for one in seen]
    if len(set(named)) < len(named):
        raise InvalidInput("impressions", "name a card twice")
    if strangers := sorted(set(named) - shown):
        raise InvalidInput("impressions", f"{strangers[0]} was not suggested for this ticket")
    event = operation.event(EventType.FEEDBACK_OBSERVED, id, ticket.version, ticket.garage)
    await desk.book.observe(ticket, operation.actor.id, seen, operation.at, event)
    return len(seen)


async def history(desk: Desk, id: TicketId, actor: Actor) -> list[Feedback]:
    """Give what was said of a repair: a technician's own words, or all for whoever runs the garage.

    Raises:
        NotFound: the ticket is not theirs to see.
    """
    await desk.tickets.get(id, actor)
    runs = actor.role in {Role.MANAGER, Role.ADMIN}
    return await desk.book.history(id, None if runs else actor.id)


async def _theirs(desk: Desk, id: TicketId, operation: Operation) -> Ticket:
    ticket = await desk.tickets.get(id, operation.actor)
    bench = Resource(kind=Kind.TICKET, garage=ticket.garage, assignee=ticket.assignee)
    demand(operation.actor, Action.UPDATE, bench)
    return ticket


async def _known(desk: Desk, ticket: Ticket) -> set[CardId]:
    shown = (await desk.tickets.shown([ticket.id])).get(ticket.id, ())
    tried = {attempt.card for attempt in ticket.attempts}
    ended = ticket.outcome.card if ticket.outcome else None
    return {card for card in (*tried, ended, ticket.card) if card} | {one.card for one in shown}
