"""The ticket's way from report to invoice: every pair of states."""

from dataclasses import replace
from itertools import product

import pytest

from domain import tickets
from domain.errors import IllegalTransition, StaleVersion
from domain.tickets import Move, Ticket, TicketStatus
from tests.domain.samples import ANU, BALA, LATER, NOW, TICKET

MOVE = Move(at=LATER, expected=7)
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
PAIRS = list(product(map(str, TicketStatus), repeat=2))


def _ticket(status: str) -> Ticket:
    return replace(TICKET, status=TicketStatus(status), assignee=ANU)


@pytest.mark.row("GA-1")
@pytest.mark.parametrize(("now", "wanted"), sorted(LEGAL))
def test_legal_step_is_taken(now: str, wanted: str) -> None:
    moved = tickets.advance(_ticket(now), TicketStatus(wanted), MOVE)
    assert (moved.status, moved.version) == (wanted, 8)


@pytest.mark.row("GA-1")
@pytest.mark.parametrize(("now", "wanted"), [pair for pair in PAIRS if pair not in LEGAL])
def test_illegal_step_is_refused(now: str, wanted: str) -> None:
    with pytest.raises(IllegalTransition) as refused:
        tickets.advance(_ticket(now), TicketStatus(wanted), MOVE)
    assert (refused.value.current, refused.value.wanted) == (now, wanted)


@pytest.mark.row("GA-1")
@pytest.mark.parametrize("expected", [6, 8])
def test_stale_step_is_refused(expected: int) -> None:
    with pytest.raises(StaleVersion) as stale:
        tickets.advance(TICKET, TicketStatus.ASSIGNED, replace(MOVE, expected=expected))
    assert (stale.value.expected, stale.value.actual) == (expected, 7)


@pytest.mark.row("GA-1")
def test_closing_keeps_the_moment() -> None:
    closed = tickets.advance(_ticket("resolved"), TicketStatus.CLOSED, MOVE)
    assert closed == replace(_ticket("closed"), version=8, closed_at=LATER)


@pytest.mark.row("GA-1")
def test_reopening_frees_the_ticket() -> None:
    closed = replace(_ticket("closed"), closed_at=NOW)
    assert tickets.advance(closed, TicketStatus.OPEN, MOVE) == replace(TICKET, version=8)


@pytest.mark.row("GA-1")
@pytest.mark.parametrize("now", ["open", "assigned", "in_progress"])
def test_assigning_names_the_technician(now: str) -> None:
    assigned = tickets.assign(_ticket(now), BALA, MOVE)
    assert assigned == replace(_ticket("assigned"), assignee=BALA, version=8)


@pytest.mark.row("GA-1")
@pytest.mark.parametrize("now", ["resolved", "closed", "invoiced"])
def test_finished_ticket_is_not_assigned(now: str) -> None:
    with pytest.raises(IllegalTransition):
        tickets.assign(_ticket(now), BALA, MOVE)


def test_stale_reassignment_is_refused() -> None:
    with pytest.raises(StaleVersion):
        tickets.assign(_ticket("assigned"), BALA, replace(MOVE, expected=6))
