"""What was tried counts the same in whatever order it is heard of, and each use once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import last_writer, tickets
from domain.clock import HybridTimestamp
from domain.counters import effects_of_repair
from domain.ids import CardId
from domain.outcomes import Attempt, Outcome
from domain.tickets import Ticket, TicketChange, TicketStatus
from tests.domain.samples import ANU, BALA, CARD, NOW, TICKET

OTHER = CardId("fc_other")
BEGUN = replace(TICKET, status=TicketStatus.IN_PROGRESS, assignee=ANU)
# When the ticket is taken up again, in the milliseconds of the deeds below.
REOPENED = 10
Said = tuple[CardId | None, bool]


def moment(ms: int) -> datetime:
    return NOW + timedelta(milliseconds=ms)


@dataclass(frozen=True)
class Deed:
    """What a phone did at `ms`: a try, or an end of the repair."""

    ms: int
    card: CardId = CARD.id
    worked: bool = True
    ends: bool = False

    def done(self, ticket: Ticket) -> Ticket:
        stamp = HybridTimestamp(int(moment(self.ms).timestamp() * 1000), 0, f"phone_{self.ms}")
        move = TicketChange(at=moment(1_000), expected=ticket.version, done=stamp)
        if self.ends:
            outcome = Outcome(worked=self.worked, minutes=self.ms, card=self.card)
            return last_writer.resolve_ticket(ticket, outcome, move)
        at = moment(self.ms)
        tried = Attempt(by=ANU, at=at, worked=self.worked, card=self.card, minutes=self.ms)
        return last_writer.record_attempt(ticket, tried, move)


@dataclass(frozen=True)
class Again:
    """The manager takes the ticket up again and Bala begins, all of it online."""

    ms: int = REOPENED

    def done(self, ticket: Ticket) -> Ticket:
        move = TicketChange(at=moment(self.ms), expected=ticket.version)
        ticket = tickets.reopen_ticket(ticket, move)
        ticket = tickets.assign_ticket(ticket, BALA, replace(move, expected=ticket.version))
        return tickets.start_repair(ticket, None, replace(move, expected=ticket.version))


def after(*deeds: Deed | Again) -> tuple[Ticket, dict[str, Said]]:
    """Give the ticket and what the ledger holds, which hears of every version, first word first."""
    ticket, ledger = BEGUN, dict[str, Said]()
    for deed in deeds:
        ticket = deed.done(ticket)
        for one in effects_of_repair(ticket, {}):
            assert one.worked is not None
            ledger.setdefault(one.id, (one.card, one.worked))
    assert [(a.card, a.worked) for a in ticket.attempts] == list(ledger.values())
    return ticket, ledger


WORKED, FAILED = Deed(1), Deed(1, worked=False)
END = Deed(5, ends=True)


@pytest.mark.row("CA-29")
@pytest.mark.parametrize(
    ("deeds", "uses"),
    [
        ((END,), 1),
        ((WORKED, END), 1),
        ((FAILED, END), 2),
        # Somebody noted what worked, then tried another thing that did not: it ended otherwise.
        ((WORKED, Deed(2, worked=False), END), 3),
        # Two phones note the same end; one of them as a try behind it.
        ((END, Deed(6, ends=True)), 1),
        ((END, Deed(6)), 1),
        ((END, Deed(6, worked=False)), 2),
        ((END, Deed(6, OTHER, ends=True)), 2),
        # It is taken up again, and the same card works once more: another use.
        ((END, Again(), Deed(15, ends=True)), 2),
        ((WORKED, END, Again(), Deed(15, ends=True)), 2),
        ((END, Again(), Deed(14), Deed(15, ends=True)), 2),
        # Of the first repair it was heard too late.
        ((END, Again(), WORKED, Deed(15, ends=True)), 2),
        ((END, Again(), Deed(6, ends=True), Deed(15, ends=True)), 2),
        ((END, Again(), Deed(6, OTHER, ends=True), Deed(15, ends=True)), 3),
        ((END, Again(), Deed(15, ends=True), FAILED, Deed(6, OTHER, ends=True)), 4),
    ],
)
def test_a_use_is_what_was_done_once(deeds: Sequence[Deed | Again], uses: int) -> None:
    _, ledger = after(*deeds)
    assert len(ledger) == uses


def test_the_third_repair_with_one_card_is_the_third_use() -> None:
    _, ledger = after(END, Again(), Deed(15, ends=True), Again(20), Deed(25, ends=True))
    assert ledger == {f"tkt_0001:used:{n}": (CARD.id, True) for n in range(3)}


def test_a_try_is_of_the_one_whose_repair_it_was() -> None:
    ticket, _ = after(END, Again(), Deed(6, OTHER, ends=True), Deed(15, OTHER, ends=True))
    assert [(one.by, one.card, one.minutes) for one in ticket.attempts] == [
        (ANU, CARD.id, 5),
        (ANU, OTHER, 6),
        (BALA, OTHER, 15),
    ]


def test_who_knows_of_the_reopening_works_behind_it_by_any_clock() -> None:
    """Bala's phone is late by a day, and the phone of the first end was a little early."""
    ticket, _ = after(Deed(REOPENED + 5, ends=True), Again())
    slow = TicketChange(at=moment(30), expected=ticket.version, done=HybridTimestamp(1, 0, "slow"))
    ended = tickets.resolve_ticket(ticket, Outcome(worked=True, minutes=9, card=CARD.id), slow)
    assert [(one.by, one.card) for one in ended.attempts] == [(ANU, CARD.id), (BALA, CARD.id)]
    assert ended.attempts[0].at < ended.past[0].until < ended.attempts[1].at
    # What was done before the ticket was reopened does not end it again.
    stale = Deed(REOPENED - 1, OTHER, ends=True).done(ended)
    assert stale.outcome == ended.outcome


def test_what_is_reopened_is_remembered() -> None:
    ticket, _ = after(END, Again())
    [past] = ticket.past
    assert (past.until, past.assignee, past.closed_at) == (moment(REOPENED), ANU, None)
    assert past.outcome == Outcome(worked=True, minutes=5, card=CARD.id)


DEEDS = st.builds(
    Deed,
    st.integers(1, 19).filter(lambda ms: ms != REOPENED),
    st.sampled_from([CARD.id, OTHER]),
    st.booleans(),
    st.booleans(),
)


def orders(deeds: Sequence[Deed], *, again: bool) -> Iterator[Sequence[Deed | Again]]:
    """Give every order in which these can be heard of: no deed before it is done.

    A ticket is taken up again once an end of it was heard of, whichever of the first repair's.
    """
    for order in permutations([*deeds, *[Again()] * again]):
        at = next((n for n, one in enumerate(order) if isinstance(one, Again)), None)
        before = order[:at] if at is not None else ()
        known = any(isinstance(one, Deed) and one.ends for one in before)
        if at is None or (known and all(one.ms < REOPENED for one in before)):
            yield order


@pytest.mark.row("CF-5", "OF-5", "CA-29")
@given(st.lists(DEEDS, max_size=4, unique_by=lambda one: one.ms), st.booleans())
def test_no_order_of_arrival_changes_what_counts(deeds: list[Deed], again: bool) -> None:
    """Every order of up to four tries and ends, before and behind a reopening, or without one."""
    ends: set[object] = set()
    for order in orders(deeds, again=again):
        ticket, ledger = after(*order)
        uses = frozenset(Counter(ledger.values()).items())
        stands = (ticket.status, ticket.outcome, frozenset(ticket.attempts))
        ends.add((uses, stands))
    assert len(ends) <= 1
