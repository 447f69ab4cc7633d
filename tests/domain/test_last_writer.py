"""Deeds on one ticket by phones that did not know of each other: the last word stands."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import last_writer, tickets
from domain.clock import DRIFT_MS, HybridTimestamp, claim_timestamp
from domain.counters import effects_of_repair
from domain.errors import IllegalTransition
from domain.ids import CardId
from domain.outcomes import Attempt, Outcome
from domain.tickets import Ticket, TicketChange, TicketStatus
from tests.domain.samples import ANU, LATER, TICKET

NOW_MS = int(LATER.timestamp() * 1000)
YEAR_MS = int(timedelta(days=365).total_seconds() * 1000)
Said = tuple[CardId | None, bool | None]
BEGUN = replace(TICKET, status=TicketStatus.IN_PROGRESS, assignee=ANU)


def move(ticket: Ticket, ms: int, phone: str = "phone") -> TicketChange:
    return TicketChange(
        at=LATER,
        expected=ticket.version,
        done=claim_timestamp(HybridTimestamp(ms, 0, phone), NOW_MS),
    )


def ended(ticket: Ticket, minutes: int, ms: int) -> Ticket:
    outcome = Outcome(worked=True, minutes=minutes)
    return last_writer.resolve_ticket(ticket, outcome, move(ticket, ms))


@pytest.mark.row("CF-5")
def test_a_phone_a_year_ahead_does_not_win() -> None:
    honest, ahead = (20, NOW_MS - 5_000), (99, NOW_MS + YEAR_MS)
    for order in permutations([honest, ahead]):
        ticket = BEGUN
        for minutes, ms in order:
            ticket = ended(ticket, minutes, ms)
        assert ticket.outcome == Outcome(worked=True, minutes=20)


def test_a_small_lead_is_believed() -> None:
    ticket = ended(ended(BEGUN, 20, NOW_MS), 30, NOW_MS + DRIFT_MS)
    assert ticket.outcome == Outcome(worked=True, minutes=30)


def test_an_outcome_written_online_gives_way_to_a_later_one() -> None:
    online = TicketChange(at=LATER, expected=BEGUN.version)
    ticket = tickets.resolve_ticket(BEGUN, Outcome(worked=True, minutes=20), online)
    assert ended(ticket, 30, NOW_MS - 1).outcome == ticket.outcome
    assert ended(ticket, 30, NOW_MS + 1).outcome == Outcome(worked=True, minutes=30)


def test_what_was_done_before_a_ticket_was_reopened_does_not_end_it_again() -> None:
    ticket = ended(BEGUN, 20, NOW_MS - 9)
    ticket = tickets.reopen_ticket(ticket, TicketChange(at=LATER, expected=ticket.version))
    ticket = tickets.assign_ticket(ticket, ANU, TicketChange(at=LATER, expected=ticket.version))
    ticket = tickets.start_repair(ticket, None, TicketChange(at=LATER, expected=ticket.version))
    late = ended(ticket, 30, NOW_MS - 5)
    # What was tried for it is kept: the last word on that repair, which said the same.
    assert [one.minutes for one in late.attempts] == [30]
    assert late == replace(
        ticket, version=ticket.version + 1, attempts=late.attempts, retold=late.retold
    )


def late_try(ms: int, card: str = "fc_a", *, worked: bool = False) -> Attempt:
    at = LATER + timedelta(milliseconds=ms - NOW_MS)
    return Attempt(by=ANU, at=at, worked=worked, card=CardId(card))


def tried(ticket: Ticket, one: Attempt) -> Ticket:
    return last_writer.record_attempt(ticket, one, move(ticket, int(one.at.timestamp() * 1000)))


@pytest.mark.row("CF-5")
def test_a_try_from_before_the_end_is_kept_behind_it() -> None:
    ticket = ended(BEGUN, 20, NOW_MS - 10)
    failed = late_try(NOW_MS - 11)
    for status in (TicketStatus.RESOLVED, TicketStatus.CLOSED, TicketStatus.INVOICED):
        stands = replace(ticket, status=status)
        late = tried(stands, failed)
        assert late == replace(
            stands, version=stands.version + 1, attempts=(*stands.attempts, failed)
        )


def test_a_try_that_is_dated_behind_the_end_is_kept() -> None:
    """Whoever hands it in sooner finds the repair going on: the same deeds, the same tries."""
    behind = late_try(NOW_MS + 1)
    sooner, later = ended(tried(BEGUN, behind), 20, NOW_MS), tried(ended(BEGUN, 20, NOW_MS), behind)
    assert set(sooner.attempts) == set(later.attempts)
    assert (later.status, later.outcome) == (TicketStatus.RESOLVED, sooner.outcome)


def test_a_try_is_kept_while_nobody_is_at_work() -> None:
    ticket = ended(BEGUN, 20, NOW_MS - 10)
    ticket = tickets.reopen_ticket(ticket, TicketChange(at=LATER, expected=ticket.version))
    for ms in (NOW_MS - 1, NOW_MS + 1):
        late = tried(ticket, late_try(ms))
        assert late.attempts[1:] == (late_try(ms),)
        assert (late.status, late.assignee) == (TicketStatus.OPEN, None)


def test_an_outcome_that_cannot_stand_is_a_try() -> None:
    """The repair was taken out of their hands while they were offline."""
    ticket = tickets.assign_ticket(BEGUN, ANU, TicketChange(at=LATER, expected=BEGUN.version))
    late = ended(ticket, 20, NOW_MS)
    assert (late.status, late.outcome) == (TicketStatus.ASSIGNED, None)
    assert [(one.by, one.minutes) for one in late.attempts] == [(ANU, 20)]


TRIES = st.builds(
    late_try, st.integers(1, 8), st.sampled_from(["fc_a", "fc_b"]), worked=st.booleans()
)


@pytest.mark.row("CF-5", "OF-5")
@given(st.lists(TRIES, max_size=4, unique_by=lambda one: one.at), TRIES, st.data())
def test_tries_end_alike_whether_they_come_before_the_end_or_behind(
    found: list[Attempt], end: Attempt, data: st.DataObject
) -> None:
    """The repair ends with what any of its tries may have said; each try has a phone of its own."""
    outcome = Outcome(worked=end.worked, minutes=5, card=end.card)
    ends: list[Counter[Said]] = []
    for _ in range(2):
        ticket, ledger = BEGUN, dict[str, Said]()
        for deed in data.draw(st.permutations([*found, outcome])):
            if isinstance(deed, Attempt):
                ticket = tried(ticket, deed)
            else:
                ticket = last_writer.resolve_ticket(ticket, deed, move(ticket, 9))
            for one in effects_of_repair(ticket, {}):
                # The first word on an effect stands, as it does in the ledger.
                ledger.setdefault(one.id, (one.card, one.worked))
        kept = Counter[Said]((one.card, one.worked) for one in ticket.attempts)
        assert kept == Counter(ledger.values())
        assert {one.at for one in found} <= {one.at for one in ticket.attempts}
        ends.append(kept)
    assert ends[0] == ends[1]


def test_nothing_changes_an_invoiced_ticket() -> None:
    ticket = replace(ended(BEGUN, 20, 1), status=TicketStatus.INVOICED)
    for late in (
        lambda: last_writer.start_repair(ticket, None, move(ticket, 9)),
        lambda: last_writer.close_ticket(ticket, 5, move(ticket, 9)),
    ):
        with pytest.raises(IllegalTransition):
            late()
    tried_late = ended(ticket, 30, 9)
    # The last word on what was tried; what is billed is the outcome.
    assert tried_late == replace(
        ticket,
        version=ticket.version + 1,
        attempts=tried_late.attempts,
        retold=tried_late.retold,
    )
    assert [one.minutes for one in tried_late.attempts] == [30]


def repaired(ticket: Ticket, deed: tuple[str, str, int]) -> Ticket:
    """Do one deed of a phone; what it says follows from its stamp."""
    verb, phone, ms = deed
    asked = move(ticket, ms, phone)
    try:
        match verb:
            case "start":
                return last_writer.start_repair(ticket, CardId(f"fc_{phone}_{ms}"), asked)
            case "resolve":
                return last_writer.resolve_ticket(ticket, Outcome(worked=True, minutes=ms), asked)
            case _:
                return last_writer.close_ticket(ticket, ms % 5 + 1, asked)
    except IllegalTransition:
        return ticket


@st.composite
def queues(draw: st.DrawFn) -> list[list[tuple[str, str, int]]]:
    """Draw what up to three phones did to one ticket, each a whole repair in its own order."""
    return [
        [(verb, phone, draw(st.integers(n * 100 + 1, n * 100 + 99))) for n, verb in DONE]
        for phone in draw(st.sampled_from([["a", "b"], ["a", "b", "c"]]))
    ]


DONE = tuple(enumerate(("start", "resolve", "close")))


@given(queues(), st.data())
def test_no_interleaving_of_phones_changes_what_stands(
    found: list[list[tuple[str, str, int]]], data: st.DataObject
) -> None:
    """What each phone did stays in its own order, as its queue keeps it."""
    ends: list[Ticket] = []
    for _ in range(2):
        waiting, ticket = [list(queue) for queue in found], BEGUN
        while any(waiting):
            queue = data.draw(st.sampled_from([q for q in waiting if q]))
            ticket = repaired(ticket, queue.pop(0))
        by_time = tuple(sorted(ticket.attempts, key=lambda one: one.at))
        retold = tuple(sorted(ticket.retold, key=lambda one: one.at))
        ends.append(replace(ticket, version=1, attempts=by_time, retold=retold))
    assert ends[0] == ends[1]
    assert ends[0].status is TicketStatus.CLOSED
