"""A ticket: one failing vehicle in one garage, from report to invoice (GA-1).

open → assigned → in_progress → resolved → closed → invoiced; a resolved or closed one may reopen.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.codes import CodeKey
from domain.errors import IllegalTransition, StaleVersion
from domain.ids import CardId, GarageId, PersonId, TicketId
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
    """`card` is the one that the repair follows (None: the technician's own way)."""

    id: TicketId
    version: int
    status: TicketStatus
    text: str
    garage: GarageId
    reporter: PersonId
    opened_at: datetime
    vehicle: VehicleContext = UNKNOWN
    codes: tuple[CodeKey, ...] = ()
    symptoms: tuple[SeenSymptom, ...] = ()
    assignee: PersonId | None = None
    closed_at: datetime | None = None
    matching: Matching = Matching.PENDING
    card: CardId | None = None
    attempts: tuple[Attempt, ...] = ()
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A wanted change of state: when, and the version the caller had in front of them."""

    at: datetime
    expected: int


def assign(ticket: Ticket, to: PersonId, move: Move) -> Ticket:
    """Give the ticket in `to`'s hands; reassigning one that is assigned is allowed."""
    if ticket.status is TicketStatus.ASSIGNED:
        return replace(_checked(ticket, move), assignee=to)
    return replace(advance(ticket, TicketStatus.ASSIGNED, move), assignee=to)


def advance(ticket: Ticket, wanted: TicketStatus, move: Move) -> Ticket:
    """Give the ticket one step on.

    Raises:
        IllegalTransition: there is no such step from where it stands.
        StaleVersion: somebody changed it meanwhile.
    """
    if wanted not in NEXT[ticket.status]:
        raise IllegalTransition(ticket.id, ticket.status, wanted)
    moved = replace(_checked(ticket, move), status=wanted)
    if wanted is TicketStatus.CLOSED:
        return replace(moved, closed_at=move.at)
    if wanted is TicketStatus.OPEN:
        return replace(moved, closed_at=None, assignee=None)
    return moved


def _checked(ticket: Ticket, move: Move) -> Ticket:
    if move.expected != ticket.version:
        raise StaleVersion(ticket.id, move.expected, ticket.version)
    return replace(ticket, version=ticket.version + 1)
