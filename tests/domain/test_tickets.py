"""The ticket's way from report to invoice: every pair of states."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from domain import tickets
from domain.errors import IllegalTransition, InvalidInput, StaleVersion
from domain.ids import InvoiceId
from domain.outcomes import Attempt, Outcome
from domain.tickets import LastWrites, Ticket, TicketChange, TicketStatus
from tests.domain.samples import ANU, BALA, CARD, LATER, NOW, TICKET

MOVE = TicketChange(at=LATER, expected=7)
FORGOTTEN = LastWrites(card=MOVE.stamp, outcome=MOVE.stamp, rating=MOVE.stamp)
LEGAL = {
    ("open", "assigned"),
    ("assigned", "in_progress"),
    ("assigned", "open"),
    ("in_progress", "resolved"),
    ("in_progress", "assigned"),
    ("resolved", "closed"),
    ("resolved", "open"),
    ("closed", "invoiced"),
    ("closed", "open"),
}
FAILED = Attempt(by=ANU, at=NOW, worked=False, card=CARD.id, minutes=20)
WORKED = Outcome(worked=True, minutes=45, notes="Cleaned the plug")
INVOICE = InvoiceId("inv_1")
# What each step is, and where alone it may be taken.
STEPS: dict[str, tuple[Callable[[Ticket], Ticket], set[str]]] = {
    "assign": (lambda t: tickets.assign_ticket(t, BALA, MOVE), {"open", "assigned", "in_progress"}),
    "start": (lambda t: tickets.start_repair(t, None, MOVE), {"assigned"}),
    "attempt": (lambda t: tickets.record_attempt(t, FAILED, MOVE), {"in_progress"}),
    "resolve": (lambda t: tickets.resolve_ticket(t, WORKED, MOVE), {"in_progress"}),
    "close": (lambda t: tickets.close_ticket(t, 5, MOVE), {"resolved"}),
    "reopen": (lambda t: tickets.reopen_ticket(t, MOVE), {"resolved", "closed"}),
    "invoice": (lambda t: tickets.mark_invoiced(t, INVOICE, MOVE), {"closed", "invoiced"}),
}
PAIRS = list(product(map(str, TicketStatus), repeat=2))


def _ticket(status: str) -> Ticket:
    return replace(TICKET, status=TicketStatus(status), assignee=ANU)


@pytest.mark.row("GA-1")
@pytest.mark.parametrize(("now", "wanted"), sorted(LEGAL))
def test_legal_step_is_taken(now: str, wanted: str) -> None:
    moved = tickets.advance_status(_ticket(now), TicketStatus(wanted), MOVE)
    assert (moved.status, moved.version) == (wanted, 8)


@pytest.mark.row("GA-1")
@pytest.mark.parametrize(("now", "wanted"), [pair for pair in PAIRS if pair not in LEGAL])
def test_illegal_step_is_refused(now: str, wanted: str) -> None:
    with pytest.raises(IllegalTransition) as refused:
        tickets.advance_status(_ticket(now), TicketStatus(wanted), MOVE)
    assert (refused.value.current, refused.value.wanted) == (now, wanted)


@pytest.mark.row("GA-1")
@pytest.mark.parametrize("expected", [6, 8])
def test_stale_step_is_refused(expected: int) -> None:
    with pytest.raises(StaleVersion) as stale:
        tickets.advance_status(TICKET, TicketStatus.ASSIGNED, replace(MOVE, expected=expected))
    assert (stale.value.expected, stale.value.actual) == (expected, 7)


@pytest.mark.row("GA-1")
def test_closing_keeps_the_moment() -> None:
    closed = tickets.close_ticket(_ticket("resolved"), None, MOVE)
    assert closed == replace(_ticket("closed"), version=8, closed_at=LATER)


@pytest.mark.row("GA-1")
def test_reopening_frees_the_ticket() -> None:
    closed = replace(_ticket("closed"), closed_at=NOW)
    assert tickets.reopen_ticket(closed, MOVE) == replace(TICKET, version=8, written=FORGOTTEN)


@pytest.mark.row("GA-1")
@pytest.mark.parametrize("now", ["open", "assigned", "in_progress"])
def test_assigning_names_the_technician(now: str) -> None:
    assigned = tickets.assign_ticket(_ticket(now), BALA, MOVE)
    assert assigned == replace(_ticket("assigned"), assignee=BALA, version=8)


@pytest.mark.row("GA-1")
@pytest.mark.parametrize("now", ["resolved", "closed", "invoiced"])
def test_finished_ticket_is_not_assigned(now: str) -> None:
    with pytest.raises(IllegalTransition):
        tickets.assign_ticket(_ticket(now), BALA, MOVE)


def test_stale_reassignment_is_refused() -> None:
    with pytest.raises(StaleVersion):
        tickets.assign_ticket(_ticket("assigned"), BALA, replace(MOVE, expected=6))


@pytest.mark.row("GA-1")
@pytest.mark.parametrize(("step", "now"), list(product(STEPS, map(str, TicketStatus))))
def test_steps_are_taken_from_their_states_alone(step: str, now: str) -> None:
    taken, states = STEPS[step]
    if now in states:
        assert taken(_ticket(now)).version == 8
    else:
        with pytest.raises(IllegalTransition):
            taken(_ticket(now))


@pytest.mark.row("GA-1")
@pytest.mark.parametrize("step", STEPS)
def test_no_step_is_taken_from_an_old_version(step: str) -> None:
    taken, states = STEPS[step]
    newer = replace(_ticket(min(states)), version=8)
    with pytest.raises(StaleVersion):
        taken(newer)


def test_starting_follows_a_card() -> None:
    started = tickets.start_repair(_ticket("assigned"), CARD.id, MOVE)
    assert started == replace(
        _ticket("in_progress"),
        version=8,
        card=CARD.id,
        started_at=LATER,
        written=LastWrites(card=MOVE.stamp),
    )


def test_work_goes_on_with_another_card() -> None:
    begun = replace(_ticket("in_progress"), card=CARD.id, started_at=NOW)
    assert tickets.start_repair(begun, None, MOVE) == replace(
        begun, version=8, card=None, written=LastWrites(card=MOVE.stamp)
    )


def test_what_failed_stays() -> None:
    begun = replace(_ticket("in_progress"), card=CARD.id)
    tried = tickets.record_attempt(begun, FAILED, MOVE)
    resolved = tickets.resolve_ticket(tried, WORKED, replace(MOVE, expected=8))
    ended = Attempt(by=ANU, at=LATER, worked=True, minutes=45, notes="Cleaned the plug")
    assert resolved == replace(
        begun,
        status=TicketStatus.RESOLVED,
        version=9,
        attempts=(FAILED, replace(ended, told=True)),
        outcome=WORKED,
        resolved_at=LATER,
        written=LastWrites(outcome=MOVE.stamp),
    )
    reopened = tickets.reopen_ticket(resolved, replace(MOVE, expected=9))
    [past] = reopened.past
    assert (past.assignee, past.closed_at, past.outcome) == (ANU, None, WORKED)
    assert past.until > LATER
    assert reopened == replace(
        TICKET,
        version=10,
        attempts=resolved.attempts,
        past=(past,),
        written=FORGOTTEN,
    )


def test_an_outcome_told_before_is_not_tried_twice() -> None:
    begun = replace(_ticket("in_progress"), attempts=(replace(FAILED, worked=True),))
    resolved = tickets.resolve_ticket(begun, replace(WORKED, card=CARD.id), MOVE)
    assert resolved.attempts == begun.attempts


def test_customers_rate_when_they_come_for_the_vehicle() -> None:
    resolved = replace(_ticket("resolved"), outcome=WORKED)
    assert tickets.close_ticket(resolved, 4, MOVE).outcome == replace(WORKED, rating=4)
    assert tickets.close_ticket(resolved, None, MOVE).outcome == WORKED
    with pytest.raises(InvalidInput, match="rating"):
        tickets.close_ticket(resolved, 6, MOVE)


def test_attempts_are_bounded() -> None:
    full = replace(_ticket("in_progress"), attempts=(FAILED,) * 200)
    with pytest.raises(InvalidInput, match="attempts"):
        tickets.record_attempt(full, FAILED, MOVE)


def test_a_ticket_knows_the_last_hundred_operations() -> None:
    ticket = replace(TICKET, marks=tuple(f"m{n}" for n in range(100)))
    moved = tickets.assign_ticket(ticket, BALA, replace(MOVE, mark="new"))
    assert (moved.is_done("new"), moved.is_done("m1"), moved.is_done("m0")) == (True, True, False)
