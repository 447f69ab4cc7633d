"""A ticket: one failing vehicle in one garage, from report to invoice (GA-1).

open → assigned → in_progress → resolved → closed → invoiced; a resolved or closed one may reopen.
What was tried stays on the ticket through all of it, also what failed.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain import limits, tries
from domain.cards import Signature
from domain.clock import NEVER, Stamp, knowing, moment, stamped
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
# The least that lies between two moments.
TICK = timedelta(microseconds=1)

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
class ShownReason:
    """One reason as it was shown with a card; `worked` of `uses`, where it speaks of outcomes."""

    kind: str
    subject: str
    text: str
    uses: int | None = None
    worked: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A card that was suggested for a ticket: `rank` from 1, `score` as the ranker gave it.

    `standing`, `sentence` and `reasons` are as they were shown; None where that was not kept.
    """

    card: CardId
    rank: int
    score: float
    ranker: str
    at: datetime
    standing: str | None = None
    sentence: str | None = None
    reasons: tuple[ShownReason, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """When that was written of which only the last word stands (CF-5, `domain.last_word`)."""

    card: Stamp = NEVER
    outcome: Stamp = NEVER
    rating: Stamp = NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A repair that ended and did not hold.

    Attributes:
        until: when it was taken up again; what is done from then on is another repair.
        assignee: whose work it was.
        outcome: how it had ended.
    """

    until: datetime
    assignee: PersonId | None
    closed_at: datetime | None
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One failing vehicle in one garage.

    Attributes:
        vehicle: the vehicle as the report tells it.
        vehicle_id: the vehicle itself, where it is known which one it is.
        card: the one that the repair follows (None: the technician's own way).
        attempts: what was tried, each use by its place, those of outcomes among them.
        retold: what outcomes tell of that an attempt tells already (`domain.tries`).
        outcome: how the repair ended, while it counts as ended.
        past: the repairs that it was reopened after.
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
    retold: tuple[Attempt, ...] = ()
    outcome: Outcome | None = None
    past: tuple[Past, ...] = ()
    invoice: InvoiceId | None = None
    revisit_of: TicketId | None = None
    marks: tuple[str, ...] = ()
    written: Written = Written()

    @property
    def signature(self) -> Signature:
        """What the report amounts to, in the terms of a card: claims are made on its hash."""
        return Signature(
            text=self.text or "Reported codes: " + ", ".join(self.codes),
            symptoms=tuple(seen.code for seen in self.symptoms),
            error_codes=self.codes,
        )

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
        return self.done or stamped(self.at)

    @property
    def done_at(self) -> datetime:
        return moment(self.done, self.at)


def assign(ticket: Ticket, to: PersonId, move: Move) -> Ticket:
    """Give the ticket in `to`'s hands; reassigning one that is assigned is allowed."""
    if ticket.status is TicketStatus.ASSIGNED:
        return replace(following(ticket, move), assignee=to)
    return replace(advance(ticket, TicketStatus.ASSIGNED, move), assignee=to)


def start(ticket: Ticket, card: CardId | None, move: Move) -> Ticket:
    """Give the ticket in work, following `card` or (None) the technician's own way.

    Whoever is at work may go on with another card.
    """
    written = replace(ticket.written, card=knowing(ticket.written.card, move.stamp))
    if ticket.status is TicketStatus.IN_PROGRESS and card != ticket.card:
        return replace(following(ticket, move), card=card, written=written)
    begun = advance(ticket, TicketStatus.IN_PROGRESS, move)
    # A start without a card has said nothing of cards: one that was named earlier, and comes later,
    # is still taken.
    said = ticket.written if card is None else written
    return replace(begun, card=card, started_at=move.at, written=said)


def attempt(ticket: Ticket, tried: Attempt, move: Move) -> Ticket:
    """Give the ticket with one more try on it, whether it worked or failed.

    Raises:
        IllegalTransition: nobody is at work on it.
        InvalidInput: it holds 200 attempts.
        StaleVersion: somebody changed it meanwhile.
    """
    if ticket.status is not TicketStatus.IN_PROGRESS:
        raise IllegalTransition(ticket.id, ticket.status, "attempted")
    return with_try(following(ticket, move), replace(tried, at=_this_time(ticket, tried.at)))


def with_try(ticket: Ticket, tried: Attempt) -> Ticket:
    """Give the ticket with one more try, in the repair of when it was done.

    Raises:
        InvalidInput: it holds 200 attempts.
    """
    limits.count("attempts", len(ticket.attempts) + 1, ATTEMPTS_LIMIT)
    return _heard(ticket, tried)


def resolve(ticket: Ticket, outcome: Outcome, move: Move) -> Ticket:
    """Give the ticket with its outcome, a try of its own unless the newest one says the same."""
    ended = replace(advance(ticket, TicketStatus.RESOLVED, move), resolved_at=move.at)
    written = replace(ticket.written, outcome=knowing(ticket.written.outcome, move.stamp))
    told = with_end(ended, outcome, _this_time(ticket, move.done_at))
    return replace(told, outcome=outcome, written=written)


def with_outcome(ticket: Ticket, outcome: Outcome, move: Move) -> Ticket:
    """Give the ticket with an outcome in place of the one it has, and what was tried for it."""
    written = replace(ticket.written, outcome=move.stamp)
    return replace(with_end(ticket, outcome, move.done_at), outcome=outcome, written=written)


def with_end(ticket: Ticket, outcome: Outcome, at: datetime) -> Ticket:
    """Give the ticket with what was tried for an outcome, whether or not that outcome stands.

    Raises:
        InvalidInput: it was ended 200 times.
    """
    limits.count("outcomes", len(ticket.retold) + 1, ATTEMPTS_LIMIT)
    own = Attempt(
        by=whose(ticket, at) or ticket.reporter,
        at=at,
        worked=outcome.worked,
        card=outcome.card,
        minutes=outcome.minutes,
        parts=outcome.parts,
        notes=outcome.notes,
        told=True,
    )
    return _heard(ticket, own)


def whose(ticket: Ticket, at: datetime) -> PersonId | None:
    """Say in whose hands the ticket is, or was in the repair of that moment."""
    return next((p.assignee for p in ticket.past if at <= p.until), ticket.assignee)


def close(ticket: Ticket, rating: int | None, move: Move) -> Ticket:
    """Give the ticket closed, with the customer's rating (one to five stars) if there is one."""
    closed = replace(advance(ticket, TicketStatus.CLOSED, move), closed_at=move.at)
    return closed if rating is None else with_rating(closed, rating, move)


def with_rating(ticket: Ticket, rating: int, move: Move) -> Ticket:
    """Give the ticket with the customer's rating in place of the one it has, if any."""
    if ticket.outcome is None:
        return ticket
    written = replace(ticket.written, rating=knowing(ticket.written.rating, move.stamp))
    return replace(ticket, outcome=replace(ticket.outcome, rating=rating), written=written)


def first_fix(ticket: Ticket) -> bool | None:
    """Say whether the repair worked, first time; None while the ticket is not closed."""
    if ticket.closed_at is None or ticket.outcome is None:
        return None
    return ticket.outcome.worked and not ticket.past


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
    return _afresh(moved, move) if wanted is TicketStatus.OPEN else moved


def following(ticket: Ticket, move: Move) -> Ticket:
    """Give the next version of the ticket, which says the same so far.

    Raises:
        StaleVersion: somebody changed it meanwhile.
    """
    if move.expected != ticket.version:
        raise StaleVersion(ticket.id, move.expected, ticket.version)
    marks = ticket.marks if move.mark is None else (*ticket.marks, move.mark)[-MARKS_KEPT:]
    return replace(ticket, version=ticket.version + 1, marks=marks)


def _afresh(ticket: Ticket, move: Move) -> Ticket:
    past = _ended(ticket, move)
    written = ticket.written
    at = max(
        move.stamp,
        written.card,
        written.outcome,
        written.rating,
        *(stamped(one.until) for one in past),
    )
    return replace(
        ticket,
        assignee=None,
        started_at=None,
        resolved_at=None,
        closed_at=None,
        card=None,
        outcome=None,
        past=(*ticket.past, *past),
        written=Written(card=at, outcome=at, rating=at),
    )


def _ended(ticket: Ticket, move: Move) -> list[Past]:
    """Give the repair that ends here: all that is known of it was done before, whatever it says."""
    if ticket.outcome is None:
        return []
    known = (one.at + TICK for one in (*ticket.attempts, *ticket.retold))
    return [
        Past(
            until=max([move.at, *known]),
            assignee=ticket.assignee,
            closed_at=ticket.closed_at,
            outcome=ticket.outcome,
        )
    ]


def _this_time(ticket: Ticket, at: datetime) -> datetime:
    """Say when something was done by whoever knew that the ticket was taken up again."""
    return max([at, *(p.until + TICK for p in ticket.past)])


def _heard(ticket: Ticket, one: Attempt) -> Ticket:
    reopened = [p.until for p in ticket.past]
    attempts, retold = tries.added(ticket.attempts, ticket.retold, one, reopened)
    return replace(ticket, attempts=attempts, retold=retold)
