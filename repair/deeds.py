"""What the audit keeps of a ticket and of a card: what is one of few is told, words are marked.

Whatever somebody typed may hold a name, a plate or a number, so of a text the audit can say that it
changed, and from what to what again, but not what it said.
"""

from domain.cards import FailureCard
from domain.deeds import NO_CHANGE, Change, Values
from domain.tickets import Ticket
from repair.operations import Operation


def ticket_change(before: Ticket | None, after: Ticket, operation: Operation) -> Change:
    """Give what an operation changed of a ticket; `before` None: it is new."""
    if operation.seal is None:
        return NO_CHANGE
    known = None if before is None else _ticket_values(before, operation)
    return Change(before=known, after=_ticket_values(after, operation))


def ticket_removal(ticket: Ticket, operation: Operation) -> Change:
    """Give what a ticket was before it was taken away."""
    if operation.seal is None:
        return NO_CHANGE
    return Change(before=_ticket_values(ticket, operation))


def card_change(before: FailureCard | None, after: FailureCard, operation: Operation) -> Change:
    """Give what an operation changed of a card; `before` None: it is new."""
    if operation.seal is None:
        return NO_CHANGE
    known = None if before is None else _card_values(before, operation)
    return Change(before=known, after=_card_values(after, operation))


def _ticket_values(ticket: Ticket, operation: Operation) -> Values:
    ended = ticket.outcome
    return {
        "version": ticket.version,
        "status": ticket.status.value,
        "severity": None if ticket.severity is None else ticket.severity.value,
        "assignee": ticket.assignee,
        "card": ticket.card,
        "attempts": len(ticket.attempts),
        "worked": None if ended is None else ended.worked,
        "minutes": None if ended is None else ended.minutes,
        "rating": None if ended is None else ended.rating,
        "notes": None if ended is None else operation.blind(ended.notes),
        "text": operation.blind(ticket.text),
        "vehicle": operation.blind(ticket.vehicle_id),
    }


def _card_values(card: FailureCard, operation: Operation) -> Values:
    return {
        "version": card.version,
        "status": card.status.value,
        "source": card.source.value,
        "founded_on": card.provenance.ticket,
        "title": operation.blind(card.title),
        "cause": operation.blind(card.cause.primary),
    }
