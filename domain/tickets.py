"""A ticket: one failing vehicle in one garage, from report to invoice (GA-1).

open → assigned → in_progress → resolved → closed → invoiced; a resolved or closed one may reopen.
What was tried stays on the ticket through all of it, also what failed.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain import limits, tries
from domain.clock import NEVER, Stamp
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
class Written:
    """When that was written of which only the last word stands (CF-5, `domain.last_word`)."""

    card: Stamp = NEVER
    outcome: Stamp = NEVER
    rating: Stamp = NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One failing vehicle in one garage.

    Attributes:
        vehicle: the vehicle as the report tells it.
        vehicle_id: the vehicle itself, where it is known which one it is.
        card: the one that the repair follows (None: the technician's own way).
        attempts: what was tried, as it came in; that of an outcome among them (`domain.tries`).
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
    written: Written = Written()

    def done(self, mark: str) -> bool:
        """Say whether the operation with this mark has changed the ticket before."""
        return mark in self.marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A wanted change: when, the version the caller had in front of them, and its mark.

    `done` is when the device says that it was done; None: now, by our own clock.
    """

    at: datetime
    expected: int
    mark: str | None = None
    done: Stamp | None = None

    @property
    def stamp(self) -> Stamp:
        return self.done or Stamp(int(self.at.timestamp() * 1000), 0, "")


def assign(ticket: Ticket, to: PersonId, move: Move) -> Ticket:
    """Give the ticket in `to`'s hands; reassigning one that is assigned is allowed."""
    if ticket.status is TicketStatus.ASSIGNED:
        return replace(following(ticket, move), assignee=to)
    return replace(advance(ticket, TicketStatus.ASSIGNED, move), assignee=to)


def start(ticket: Ticket, card: CardId | None, move: Move) -> Ticket:
    """Give the ticket in work, following `card` or (None) the technician's own way.

    Whoever is at work may go on with another card.
    """
    written = replace(ticket.written, card=move.stamp)
    if ticket.status is TicketStatus.IN_PROGRESS and card != ticket.card:
        return replace(following(ticket, move), card=card, written=written)
    begun = advance(ticket, TicketStatus.IN_PROGRESS, move)
    return replace(begun, card=card, started_at=move.at, written=written)


def attempt(ticket: Ticket, tried: Attempt, move: Move) -> Ticket:
    """Give the ticket with one more try on it, whether it worked or failed.

    Raises:
        IllegalTransition: nobody is at work on it.
        InvalidInput: it holds 200 attempts.
        StaleVersion: somebody changed it meanwhile.
    """
    if ticket.status is not TicketStatus.IN_PROGRESS:
        raise IllegalTransition(ticket.id, ticket.status, "attempted")
    return with_try(following(ticket, move), tried)


def with_try(ticket: Ticket, tried: Attempt) -> Ticket:
    """Give the ticket with one more try, beside the one that its outcome tells of, if it has one.

    Raises:
        InvalidInput: it holds 200 attempts.
    """
    limits.count("attempts", len(ticket.attempts) + 1, ATTEMPTS_LIMIT)
    attempts = tries.added(ticket.attempts, tried)
    if ticket.outcome is not None and ticket.resolved_at is not None:
        attempts = tries.ended(attempts, _last_attempt(ticket, ticket.outcome, ticket.resolved_at))
    return replace(ticket, attempts=attempts)


def resolve(ticket: Ticket, outcome: Outcome, move: Move) -> Ticket:
    """Give the ticket with its outcome, a try of its own unless the newest one says the same."""
    ended = replace(advance(ticket, TicketStatus.RESOLVED, move), resolved_at=move.at)
    return with_outcome(ended, outcome, move)


def with_outcome(ticket: Ticket, outcome: Outcome, move: Move) -> Ticket:
    """Give the ticket with an outcome in place of the one it has, if any, and with its try."""
    written = replace(ticket.written, outcome=move.stamp)
    attempts = tries.ended(ticket.attempts, _last_attempt(ticket, outcome, move.at))
    return replace(ticket, outcome=outcome, written=written, attempts=attempts)


def close(ticket: Ticket, rating: int | None, move: Move) -> Ticket:
    """Give the ticket closed, with the customer's rating (one to five stars) if there is one."""
    closed = replace(advance(ticket, TicketStatus.CLOSED, move), closed_at=move.at)
    return closed if rating is None else with_rating(closed, rating, move)


def with_rating(ticket: Ticket, rating: int, move: Move) -> Ticket:
    """Give the ticket with the customer's rating in place of the one it has, if any."""
    if ticket.outcome is None:
        return ticket
    written = replace(ticket.written, rating=move.stamp)
    return replace(ticket, outcome=replace(ticket.outcome, rating=rating), written=written)


def reopen(ticket: Ticket, move: Move) -> Ticket:
    """Give the ticket open again, in nobody's hands; what was tried stays on it."""
    if ticket.status is TicketStatus.ASSIGNED:
        raise IllegalTransition(ticket.id, ticket.status, "reopened")
    return advance(ticket, TicketStatus.OPEN, move)


def invoiced(ticket: Ticket, invoice: InvoiceId, move: Move) -> Ticket:
    """Give the closed ticket with its invoice; one whose invoice was void takes the next one."""
    if ticket.status is TicketStatus.INVOICED:
        return replace(following(ticket, move), invoice=invoice)
    return replace(advance(ticket, TicketStatus.INVOICED, move), invoice=invoice)


def uninvoiced(ticket: Ticket, move: Move) -> Ticket:
    """Give the ticket as it was before its invoice, which was taken back: nobody's own step."""
    return replace(following(ticket, move), status=TicketStatus.CLOSED, invoice=None)


def advance(ticket: Ticket, wanted: TicketStatus, move: Move) -> Ticket:
    """Give the ticket one step on.

    Raises:
        IllegalTransition: there is no such step from where it stands.
        StaleVersion: somebody changed it meanwhile.
    """
    if wanted not in NEXT[ticket.status]:
        raise IllegalTransition(ticket.id, ticket.status, wanted)
    moved = replace(following(ticket, move), status=wanted)
    return _afresh(moved, move.stamp) if wanted is TicketStatus.OPEN else moved


def following(ticket: Ticket, move: Move) -> Ticket:
    """Give the next version of the ticket, which says the same so far.

    Raises:
        StaleVersion: somebody changed it meanwhile.
    """
    if move.expected != ticket.version:
        raise StaleVersion(ticket.id, move.expected, ticket.version)
    marks = ticket.marks if move.mark is None else (*ticket.marks, move.mark)[-MARKS_KEPT:]
    return replace(ticket, version=ticket.version + 1, marks=marks)


def _afresh(ticket: Ticket, at: Stamp) -> Ticket:
    return replace(
        ticket,
        assignee=None,
        started_at=None,
        resolved_at=None,
        closed_at=None,
        card=None,
        outcome=None,
        attempts=tries.settled(ticket.attempts),
        written=Written(card=at, outcome=at, rating=at),
    )


def _last_attempt(ticket: Ticket, outcome: Outcome, at: datetime) -> Attempt:
    return Attempt(
        by=ticket.assignee or ticket.reporter,
        at=at,
        worked=outcome.worked,
        card=outcome.card,
        minutes=outcome.minutes,
        parts=outcome.parts,
        notes=outcome.notes,
    )
