"""A ticket: one failing vehicle in one garage, from report to invoice (GA-1).

open → assigned → in_progress → resolved → closed → invoiced; a resolved or closed one may reopen.
What was tried stays on the ticket through all of it, also what failed.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain import attempts as domain_attempts
from domain import limits
from domain.cards import Severity, Signature
from domain.clock import NEVER, HybridTimestamp, merge_timestamps, moment_of, timestamp_of
from domain.codes import CodeKey
from domain.errors import IllegalTransition, StaleVersion
from domain.hazards import SafetyAdvice
from domain.ids import CardId, FileId, GarageId, InvoiceId, PersonId, TicketId, VehicleId
from domain.outcomes import Attempt, Outcome
from domain.tombstones import Tombstone
from domain.vehicles import UNKNOWN, UNREAD, BatteryOrigin, VehicleContext


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
    """One reason as it was shown with a card (`domain.reasons.Reason`), its words in English.

    `worked` of `uses`, where it speaks of outcomes; what an older release kept tells no names.
    """

    kind: str
    subject: str
    text: str
    uses: int | None = None
    worked: int | None = None
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCard:
    """A card that was suggested for a ticket: `rank` from 1, `score` as the ranker gave it.

    `standing`, `sentence` (in English), `reasons` and `chance` are as they were then; None where
    that was not kept. `language` is the report's, as BCP 47 says it.
    """

    card: CardId
    rank: int
    score: float
    ranker: str
    at: datetime
    standing: str | None = None
    sentence: str | None = None
    chance: float | None = None
    language: str = "en"
    reasons: tuple[ShownReason, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWrites:
    """When that was written of which only the last word stands (CF-5, `domain.last_writer`)."""

    card: HybridTimestamp = NEVER
    outcome: HybridTimestamp = NEVER
    rating: HybridTimestamp = NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRepair:
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
        battery: where its traction battery comes from, as far as the report tells.
        card: the one that the repair follows (None: the technician's own way).
        attempts: what was tried, each use by its place, those of outcomes among them.
        retold: what outcomes tell of that an attempt tells already (`domain.attempts`).
        outcome: how the repair ended, while it counts as ended.
        past: the repairs that it was reopened after.
        revisit_of: the closed repair of the same vehicle that this failure comes back after.
        files: photos, videos and logs that came with the report.
        measured: what the logs that came with it measured, in sentences.
        safety: what was told to do first, where the report tells a danger to people.
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
    battery: BatteryOrigin = UNREAD
    codes: tuple[CodeKey, ...] = ()
    symptoms: tuple[SeenSymptom, ...] = ()
    files: tuple[FileId, ...] = ()
    measured: str = ""
    safety: SafetyAdvice | None = None
    assignee: PersonId | None = None
    started_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    matching: Matching = Matching.PENDING
    card: CardId | None = None
    attempts: tuple[Attempt, ...] = ()
    retold: tuple[Attempt, ...] = ()
    outcome: Outcome | None = None
    past: tuple[EarlierRepair, ...] = ()
    invoice: InvoiceId | None = None
    revisit_of: TicketId | None = None
    marks: tuple[str, ...] = ()
    written: LastWrites = LastWrites()

    @property
    def signature(self) -> Signature:
        """What the report amounts to, in the terms of a card: claims are made on its hash."""
        return Signature(
            text=self.text or "Reported codes: " + ", ".join(self.codes),
            symptoms=tuple(seen.code for seen in self.symptoms),
            error_codes=self.codes,
        )

    @property
    def severity(self) -> Severity | None:
        """How bad it is: critical where people are in danger; None where nobody has said."""
        return None if self.safety is None else Severity.CRITICAL

    def is_done(self, mark: str) -> bool:
        """Say whether the operation with this mark has changed the ticket before."""
        return mark in self.marks


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketChange:
    """A wanted change: when, the version the caller had in front of them, and its mark.

    `done` is when the device says that it was done; None: now, by our own clock.
    """

    at: datetime
    expected: int
    mark: str | None = None
    done: HybridTimestamp | None = None

    @property
    def stamp(self) -> HybridTimestamp:
        return self.done or timestamp_of(self.at)

    @property
    def done_at(self) -> datetime:
        return moment_of(self.done, self.at)


def assign_ticket(ticket: Ticket, to: PersonId, move: TicketChange) -> Ticket:
    """Give the ticket in `to`'s hands; reassigning one that is assigned is allowed."""
    if ticket.status is TicketStatus.ASSIGNED:
        return replace(next_version(ticket, move), assignee=to)
    return replace(advance_status(ticket, TicketStatus.ASSIGNED, move), assignee=to)


def start_repair(ticket: Ticket, card: CardId | None, move: TicketChange) -> Ticket:
    """Give the ticket in work, following `card` or (None) the technician's own way.

    Whoever is at work may go on with another card.
    """
    written = replace(ticket.written, card=merge_timestamps(ticket.written.card, move.stamp))
    if ticket.status is TicketStatus.IN_PROGRESS and card != ticket.card:
        return replace(next_version(ticket, move), card=card, written=written)
    begun = advance_status(ticket, TicketStatus.IN_PROGRESS, move)
    # A start without a card has said nothing of cards: one that was named earlier, and comes later,
    # is still taken.
    said = ticket.written if card is None else written
    return replace(begun, card=card, started_at=move.at, written=said)


def record_attempt(ticket: Ticket, tried: Attempt, move: TicketChange) -> Ticket:
    """Give the ticket with one more try on it, whether it worked or failed.

    Raises:
        IllegalTransition: nobody is at work on it.
        InvalidInput: it holds 200 attempts.
        StaleVersion: somebody changed it meanwhile.
    """
    if ticket.status is not TicketStatus.IN_PROGRESS:
        raise IllegalTransition(ticket.id, ticket.status, "attempted")
    return with_attempt(
        next_version(ticket, move), replace(tried, at=_clamp_to_repair(ticket, tried.at))
    )


def with_attempt(ticket: Ticket, tried: Attempt) -> Ticket:
    """Give the ticket with one more try, in the repair of when it was done.

    Raises:
        InvalidInput: it holds 200 attempts.
    """
    limits.check_count("attempts", len(ticket.attempts) + 1, ATTEMPTS_LIMIT)
    return _with_retold(ticket, tried)


def resolve_ticket(ticket: Ticket, outcome: Outcome, move: TicketChange) -> Ticket:
    """Give the ticket with its outcome, a try of its own unless the newest one says the same."""
    ended = replace(advance_status(ticket, TicketStatus.RESOLVED, move), resolved_at=move.at)
    written = replace(ticket.written, outcome=merge_timestamps(ticket.written.outcome, move.stamp))
    told = with_end(ended, outcome, _clamp_to_repair(ticket, move.done_at))
    return replace(told, outcome=outcome, written=written)


def with_outcome(ticket: Ticket, outcome: Outcome, move: TicketChange) -> Ticket:
    """Give the ticket with an outcome in place of the one it has, and what was tried for it."""
    written = replace(ticket.written, outcome=move.stamp)
    return replace(with_end(ticket, outcome, move.done_at), outcome=outcome, written=written)


def with_end(ticket: Ticket, outcome: Outcome, at: datetime) -> Ticket:
    """Give the ticket with what was tried for an outcome, whether or not that outcome stands.

    Raises:
        InvalidInput: it was ended 200 times.
    """
    limits.check_count("outcomes", len(ticket.retold) + 1, ATTEMPTS_LIMIT)
    own = Attempt(
        by=assignee_at(ticket, at) or ticket.reporter,
        at=at,
        worked=outcome.worked,
        card=outcome.card,
        minutes=outcome.minutes,
        parts=outcome.parts,
        notes=outcome.notes,
        told=True,
    )
    return _with_retold(ticket, own)


def assignee_at(ticket: Ticket, at: datetime) -> PersonId | None:
    """Say in whose hands the ticket is, or was in the repair of that moment."""
    return next((p.assignee for p in ticket.past if at <= p.until), ticket.assignee)


def close_ticket(ticket: Ticket, rating: int | None, move: TicketChange) -> Ticket:
    """Give the ticket closed, with the customer's rating (one to five stars) if there is one."""
    closed = replace(advance_status(ticket, TicketStatus.CLOSED, move), closed_at=move.at)
    return closed if rating is None else with_rating(closed, rating, move)


def with_rating(ticket: Ticket, rating: int, move: TicketChange) -> Ticket:
    """Give the ticket with the customer's rating in place of the one it has, if any."""
    if ticket.outcome is None:
        return ticket
    written = replace(ticket.written, rating=merge_timestamps(ticket.written.rating, move.stamp))
    return replace(ticket, outcome=replace(ticket.outcome, rating=rating), written=written)


def first_fix(ticket: Ticket) -> bool | None:
    """Say whether the repair worked, first time; None while the ticket is not closed."""
    if ticket.closed_at is None or ticket.outcome is None:
        return None
    return ticket.outcome.worked and not ticket.past


def reopen_ticket(ticket: Ticket, move: TicketChange) -> Ticket:
    """Give the ticket open again, in nobody's hands; what was tried stays on it."""
    if ticket.status is TicketStatus.ASSIGNED:
        raise IllegalTransition(ticket.id, ticket.status, "reopened")
    return advance_status(ticket, TicketStatus.OPEN, move)


def mark_invoiced(ticket: Ticket, invoice: InvoiceId, move: TicketChange) -> Ticket:
    """Give the closed ticket with its invoice; one whose invoice was void takes the next one."""
    if ticket.status is TicketStatus.INVOICED:
        return replace(next_version(ticket, move), invoice=invoice)
    return replace(advance_status(ticket, TicketStatus.INVOICED, move), invoice=invoice)


def unmark_invoiced(ticket: Ticket, move: TicketChange) -> Ticket:
    """Give the ticket as it was before its invoice, which was taken back: nobody's own step."""
    return replace(next_version(ticket, move), status=TicketStatus.CLOSED, invoice=None)


def bury_ticket(ticket: Ticket, by: PersonId, move: TicketChange) -> Tombstone:
    """Give what stays of a ticket that is deleted.

    Raises:
        IllegalTransition: it has an invoice, and books keep what they rest on.
        StaleVersion: somebody changed it meanwhile.
    """
    if ticket.invoice is not None or ticket.status is TicketStatus.INVOICED:
        raise IllegalTransition(ticket.id, ticket.status, "deleted")
    gone = next_version(ticket, move)
    return Tombstone(
        id=ticket.id,
        version=gone.version,
        deleted_at=move.at,
        deleted_by=by,
        mark=move.mark or "",
        garage=ticket.garage,
        assignee=ticket.assignee,
    )


def advance_status(ticket: Ticket, wanted: TicketStatus, move: TicketChange) -> Ticket:
    """Give the ticket one step on.

    Raises:
        IllegalTransition: there is no such step from where it stands.
        StaleVersion: somebody changed it meanwhile.
    """
    if wanted not in NEXT[ticket.status]:
        raise IllegalTransition(ticket.id, ticket.status, wanted)
    moved = replace(next_version(ticket, move), status=wanted)
    return _reset_repair(moved, move) if wanted is TicketStatus.OPEN else moved


def next_version(ticket: Ticket, move: TicketChange) -> Ticket:
    """Give the next version of the ticket, which says the same so far.

    Raises:
        StaleVersion: somebody changed it meanwhile.
    """
    if move.expected != ticket.version:
        raise StaleVersion(ticket.id, move.expected, ticket.version)
    marks = ticket.marks if move.mark is None else (*ticket.marks, move.mark)[-MARKS_KEPT:]
    return replace(ticket, version=ticket.version + 1, marks=marks)


def _reset_repair(ticket: Ticket, move: TicketChange) -> Ticket:
    past = _end_repair(ticket, move)
    written = ticket.written
    at = max(
        move.stamp,
        written.card,
        written.outcome,
        written.rating,
        *(timestamp_of(one.until) for one in past),
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
        written=LastWrites(card=at, outcome=at, rating=at),
    )


def _end_repair(ticket: Ticket, move: TicketChange) -> list[EarlierRepair]:
    """Give the repair that ends here: all that is known of it was done before, whatever it says."""
    if ticket.outcome is None:
        return []
    known = (one.at + TICK for one in (*ticket.attempts, *ticket.retold))
    return [
        EarlierRepair(
            until=max([move.at, *known]),
            assignee=ticket.assignee,
            closed_at=ticket.closed_at,
            outcome=ticket.outcome,
        )
    ]


def _clamp_to_repair(ticket: Ticket, at: datetime) -> datetime:
    """Say when something was done by whoever knew that the ticket was taken up again."""
    return max([at, *(p.until + TICK for p in ticket.past)])


def _with_retold(ticket: Ticket, one: Attempt) -> Ticket:
    reopened = [p.until for p in ticket.past]
    attempts, retold = domain_attempts.add_attempt(ticket.attempts, ticket.retold, one, reopened)
    return replace(ticket, attempts=attempts, retold=retold)
