"""What is done to a ticket without knowing what stands by now: the last word stands (CF-5).

The verbs are those of `domain.tickets`. Each thing that can be written but once has the stamp of
its last word (the card that is followed, the outcome, the rating): what comes late takes its place
only if it was done later, by the hybrid logical clock, so no order of arrival changes what stands.
Tries add up, also those that come behind the end, and so does what an outcome says that lost: what
was tried is knowledge (`domain.attempts`). What is billed does not change once there is an invoice.
"""

from dataclasses import replace

from domain import tickets
from domain.ids import CardId
from domain.outcomes import Attempt, Outcome
from domain.tickets import Ticket, TicketChange, TicketStatus

BEGUN = frozenset({TicketStatus.IN_PROGRESS, TicketStatus.RESOLVED, TicketStatus.CLOSED})
ENDED = BEGUN - {TicketStatus.IN_PROGRESS}


def start_repair(ticket: Ticket, card: CardId | None, move: TicketChange) -> Ticket:
    """Give the ticket in work, or following `card` by the last word."""
    if move.stamp <= ticket.written.card:
        return ticket
    if ticket.status not in BEGUN:
        return tickets.start_repair(ticket, card, move)
    if card is None:
        # Who names no card has said nothing against the one that others follow.
        return ticket
    written = replace(ticket.written, card=move.stamp)
    return replace(tickets.next_version(ticket, move), card=card, written=written)


def record_attempt(ticket: Ticket, tried: Attempt, move: TicketChange) -> Ticket:
    """Give the ticket with one more try, wherever it stands: who comes late tried it all the same.

    Raises:
        InvalidInput: it holds 200 attempts.
    """
    return tickets.with_attempt(tickets.next_version(ticket, move), tried)


def resolve_ticket(ticket: Ticket, outcome: Outcome, move: TicketChange) -> Ticket:
    """Give the ticket with its outcome by the last word; the customer's rating is kept.

    Of an outcome that cannot stand what was tried for it is kept.
    """
    late = move.stamp <= ticket.written.outcome
    if not late and ticket.status is TicketStatus.IN_PROGRESS:
        return tickets.resolve_ticket(ticket, outcome, move)
    told = tickets.next_version(ticket, move)
    if late or ticket.status not in ENDED:
        return tickets.with_end(told, outcome, move.done_at)
    rated = None if ticket.outcome is None else ticket.outcome.rating
    return tickets.with_outcome(told, replace(outcome, rating=rated), move)


def close_ticket(ticket: Ticket, rating: int | None, move: TicketChange) -> Ticket:
    """Give the ticket closed, with the customer's rating by the last word."""
    if move.stamp <= ticket.written.rating:
        return ticket
    if ticket.status is not TicketStatus.CLOSED:
        return tickets.close_ticket(ticket, rating, move)
    if rating is None:
        return ticket
    return tickets.with_rating(tickets.next_version(ticket, move), rating, move)
