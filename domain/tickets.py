"""A ticket: one failing vehicle in one garage, from report to invoice (GA-1).

open → assigned → in_progress → resolved → closed → invoiced; a resolved or closed one may reopen.
What was tried stays on the ticket through all of it, also what failed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain import limits
from domain.codes import CodeKey
from domain.errors import IllegalTransition, StaleVersion
from domain.ids import CardId, GarageId, InvoiceId, PersonId, TicketId, VehicleId
from domain.outcomes import Attempt, Outcome
from domain.vehicles import UNKNOWN, VehicleContext


class TicketStatus(StrEnum):
    OPEN = "open"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    CLOSED = "closed"
    INVOICED = "invoiced"


class Matching(StrEnum):
    """Where the search for matching cards stands; NONE: it ran and found no card."""

    PENDING = "pending"
    FOUND = "found"
    NONE = "none"


ATTEMPTS_LIMIT = 200
MARKS_KEPT = 100

NEXT: dict[TicketStatus, frozenset[TicketStatus]] = {
    TicketStatus.OPEN: frozenset({TicketStatus.ASSIGNED}),
    TicketStatus.ASSIGNED: frozenset({TicketStatus.IN_PROGRESS, TicketStatus.OPEN}),
    TicketStatus.IN_PROGRESS: frozenset({TicketStatus.RESOLVED, TicketStatus.ASSIGNED}),
    TicketStatus.RESOLVED: frozenset({TicketStatus.CLOSED, TicketStatus.OPEN}),
    TicketStatus.CLOSED: frozenset({TicketStatus.INVOICED, TicketStatus.OPEN}),
    TicketStatus.INVOICED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenSymptom:
    """A vocabulary symptom read out of the report, with how sure the reading is (0..1)."""

    code: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A card that was suggested for a ticket: `rank` from 1, `score` as the ranker gave it."""

    card: CardId
    rank: int
    score: float
    ranker: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One failing vehicle in one garage.

    Attributes:
        vehicle: the vehicle as the report tells it.
        vehicle_id: the vehicle itself, where it is known which one it is.
        card: the one that the repair follows (None: the technician's own way).
        attempts: what was tried, in order; the one that an outcome ended with is the last.
        outcome: how the repair ended, while it counts as ended.
        revisit_of: the closed repair of the same vehicle that this failure comes back after.
        marks: of the operations that made it what it is, so that none is done twice.
    """

    id: TicketId
    version: int
    status: TicketStatus
    text: str
    garage: GarageId
    reporter: PersonId
    opened_at: datetime
    vehicle: VehicleContext = UNKNOWN
    vehicle_id: VehicleId | None = None
    codes: tuple[CodeKey, ...] = ()
    symptoms: tuple[SeenSymptom, ...] = ()
    assignee: PersonId | None = None
    started_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    matching: Matching = Matching.PENDING
    card: CardId | None = None
    attempts: tuple[Attempt, ...] = ()
    outcome: Outcome | None = None
    invoice: InvoiceId | None = None
    revisit_of: TicketId | None = None
    marks: tuple[str, ...] = ()

    def done(self, mark: str) -> bool:
        """Say whether the operation with this mark has changed the ticket before."""
        return mark in self.marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A wanted change: when, the version the caller had in front of them, and its mark."""

    at: datetime
    expected: int
    mark: str | None = None


def assign(ticket: Ticket, to: PersonId, move: Move) -> Ticket:
    """Give the ticket in `to`'s hands; reassigning one that is assigned is allowed."""
    if ticket.status is TicketStatus.ASSIGNED:
        return replace(_checked(ticket, move), assignee=to)
    return replace(advance(ticket, TicketStatus.ASSIGNED, move), assignee=to)


def start(ticket: Ticket, card: CardId | None, move: Move) -> Ticket:
    """Give the ticket in work, following `card` or (None) the technician's own way.

    Whoever is at work may go on with another card.
    """
    if ticket.status is TicketStatus.IN_PROGRESS and card != ticket.card:
        return replace(_checked(ticket, move), card=card)
    begun = advance(ticket, TicketStatus.IN_PROGRESS, move)
    return replace(begun, card=card, started_at=move.at)


def attempt(ticket: Ticket, tried: Attempt, move: Move) -> Ticket:
    """Give the ticket with one more try on it, whether it worked or failed.

    Raises:
        IllegalTransition: nobody is at work on it.
        InvalidInput: it holds 200 attempts.
        StaleVersion: somebody changed it meanwhile.
    """
    if ticket.status is not TicketStatus.IN_PROGRESS:
        raise IllegalTransition(ticket.id, ticket.status, "attempted")
    limits.count("attempts", len(ticket.attempts) + 1, ATTEMPTS_LIMIT)
    return replace(_checked(ticket, move), attempts=(*ticket.attempts, tried))


def resolve(ticket: Ticket, outcome: Outcome, move: Move) -> Ticket:
    """Give the ticket with its outcome, which is its last attempt unless that says the same."""
    ended = replace(
        advance(ticket, TicketStatus.RESOLVED, move), outcome=outcome, resolved_at=move.at
    )
    if _told(ticket.attempts[-1:], outcome):
        return ended
    return replace(ended, attempts=(*ticket.attempts, _last_attempt(ticket, outcome, move)))


def close(ticket: Ticket, rating: int | None, move: Move) -> Ticket:
    """Give the ticket closed, with the customer's rating (one to five stars) if there is one."""
    closed = replace(advance(ticket, TicketStatus.CLOSED, move), closed_at=move.at)
    if rating is None or closed.outcome is None:
        return closed
    return replace(closed, outcome=replace(closed.outcome, rating=rating))


def reopen(ticket: Ticket, move: Move) -> Ticket:
    """Give the ticket open again, in nobody's hands; what was tried stays on it."""
    if ticket.status is TicketStatus.ASSIGNED:
        raise IllegalTransition(ticket.id, ticket.status, "reopened")
    return advance(ticket, TicketStatus.OPEN, move)


def invoiced(ticket: Ticket, invoice: InvoiceId, move: Move) -> Ticket:
    """Give the closed ticket with its invoice; one whose invoice was void takes the next one."""
    if ticket.status is TicketStatus.INVOICED:
        return replace(_checked(ticket, move), invoice=invoice)
    return replace(advance(ticket, TicketStatus.INVOICED, move), invoice=invoice)


def uninvoiced(ticket: Ticket, move: Move) -> Ticket:
    """Give the ticket as it was before its invoice, which was taken back: nobody's own step."""
    return replace(_checked(ticket, move), status=TicketStatus.CLOSED, invoice=None)


def advance(ticket: Ticket, wanted: TicketStatus, move: Move) -> Ticket:
    """Give the ticket one step on.

    Raises:
        IllegalTransition: there is no such step from where it stands.
        StaleVersion: somebody changed it meanwhile.
    """
    if wanted not in NEXT[ticket.status]:
        raise IllegalTransition(ticket.id, ticket.status, wanted)
    moved = replace(_checked(ticket, move), status=wanted)
    return _afresh(moved) if wanted is TicketStatus.OPEN else moved


def _afresh(ticket: Ticket) -> Ticket:
    return replace(
        ticket,
        assignee=None,
        started_at=None,
        resolved_at=None,
        closed_at=None,
        card=None,
        outcome=None,
    )


def _told(last: Iterable[Attempt], outcome: Outcome) -> bool:
    return any((a.card, a.worked) == (outcome.card, outcome.worked) for a in last)


def _last_attempt(ticket: Ticket, outcome: Outcome, move: Move) -> Attempt:
    return Attempt(
        by=ticket.assignee or ticket.reporter,
        at=move.at,
        worked=outcome.worked,
        card=outcome.card,
        minutes=outcome.minutes,
        parts=outcome.parts,
        notes=outcome.notes,
    )


def _checked(ticket: Ticket, move: Move) -> Ticket:
    if move.expected != ticket.version:
        raise StaleVersion(ticket.id, move.expected, ticket.version)
    marks = ticket.marks if move.mark is None else (*ticket.marks, move.mark)[-MARKS_KEPT:]
    return replace(ticket, version=ticket.version + 1, marks=marks)
