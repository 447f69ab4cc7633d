"""The till is counted against the payments, a difference explained, and a closed day stays so."""

from dataclasses import replace
from datetime import date, timedelta
from typing import LiteralString

import pytest

from billing.gst.law_dates import law_day
from billing.ledger import reports
from billing.ledger.books import BooksChange
from billing.ledger.payments import ReceivedMoney
from billing.ledger.postings import Account, PaymentMethod
from billing.ledger.till_closings import CashTaker, MethodSum, TillCount, TillDay
from billing.ledger.tills import TillStore
from billing.ledger.verification import verify_books
from domain.errors import IllegalTransition, InvalidInput, MonthClosed, OperationConflict
from domain.ids import InvoiceId, TicketId
from tests.billing.sample_books import DELHI, NOW, PUNE, Desk, deed

MONDAY = law_day(NOW)
CASH, UPI, TDS = PaymentMethod.CASH, PaymentMethod.UPI, PaymentMethod.TDS
ROWS = """select (select count(*) from till_closing) as tills,
  (select count(*) from payment) as payments, (select count(*) from money_event) as events,
  (select count(*) from posting) as postings, (select count(*) from till_reopening) as undone"""


@pytest.fixture
def tills(books: Desk) -> TillStore:
    return TillStore(books.records, books.books)


def _on(days: int) -> BooksChange:
    return deed(at=NOW + timedelta(days=days))


def _day(days: int) -> date:
    return MONDAY + timedelta(days=days)


async def _paid(
    books: Desk, of: InvoiceId, paise: int, days: int = 0, method: PaymentMethod = CASH
) -> None:
    """Pay on a day; it is written down that day, or a day after Monday."""
    came = ReceivedMoney(paise=paise, method=method, day=_day(days))
    await books.payments.record_payment(_on(max(days, 1)), of, came)


async def _invoice(books: Desk, ticket: str = "tkt_one") -> InvoiceId:
    return (await books.issue(await books.garages.get(PUNE), ticket)).id


async def test_each_closing_takes_what_came_since_the_last(books: Desk, tills: TillStore) -> None:
    seller = await books.settled()
    of = await _invoice(books)
    await _paid(books, of, 500_00)
    await _paid(books, of, 200_00, method=UPI)
    await _paid(books, of, 7_00, method=TDS)
    ahead = ReceivedMoney(paise=90_00, method=CASH, day=MONDAY)
    made = await books.payments.record_advance(deed(), seller, TicketId("tkt_ahead"), ahead)
    await books.payments.refund_payment(deed(), seller, made.id, 40_00)
    opened = await tills.till(PUNE, MONDAY)
    count = TillCount(day=MONDAY, counted=1_550_00, opening=1_000_00, left=300_00)
    first = await tills.close_till(deed(), count)
    assert (opened.opening, opened.expected, opened.closing) == (0, 550_00, None)
    assert (
        first.methods
        == opened.methods
        == (
            MethodSum(method=CASH, came=590_00, went=40_00),
            MethodSum(method=UPI, came=200_00, went=0),
        )
    )
    assert (first.since, first.expected, first.difference) == (MONDAY, 1_550_00, 0)

    await _paid(books, of, 30_00, 1)
    await _paid(books, of, 20_00, 2)
    short = TillCount(day=_day(2), counted=340_00, reason="Ten rupees for tea, no slip")
    second = await tills.close_till(_on(2), short)
    assert (second.since, second.opening, second.expected, second.difference) == (
        *(_day(1), 300_00, 350_00, -10_00),
    )
    assert await tills.till(PUNE, _day(1)) == second
    assert await tills.closings(PUNE, first=9) == [second, first]
    assert await tills.closings(PUNE, first=9, before=(second.day, 1)) == [first]
    assert await tills.closings(DELHI, first=9) == []
    before = await tills.till(PUNE, _day(-1))
    assert (before.since, before.day, before.closing) == (_day(-1), _day(-1), None)
    # What was taken out went to the bank, what lay there before is the owner's.
    trial = await reports.trial_balance(books.records, PUNE)
    assert (trial[Account.CASH], trial[Account.CASH_DIFFERENCE]) == (340_00, 10_00)
    assert (trial[Account.OWNER], trial[Account.BANK]) == (-1_000_00, 1_450_00)
    assert sum(trial.values()) == 0
    assert (await verify_books(books.records)).touched is None


async def test_a_first_closing_knows_the_cash_of_before(books: Desk, tills: TillStore) -> None:
    """Cash that came on days nobody counted lies in the till, unless somebody says otherwise."""
    await books.settled()
    await _paid(books, await _invoice(books), 80_00)
    assert (await tills.till(PUNE, _day(1))).opening == 80_00
    count = TillCount(day=_day(1), counted=80_00, left=0, taken_to=CashTaker.OWNER)
    closed = await tills.close_till(_on(1), count)
    trial = await reports.trial_balance(books.records, PUNE)
    assert (closed.opening, closed.difference, trial[Account.OWNER]) == (80_00, 0, 80_00)
    assert trial.get(Account.CASH, 0) == 0


async def test_a_closing_behind_an_unposted_one_posts_its_rest(
    books: Desk, tills: TillStore
) -> None:
    """Closings from before posted their difference alone, so the books held what was taken."""
    await books.settled()
    await _paid(books, await _invoice(books), 80_00)
    row = """insert into till_closing (garage, day, since, opening_paise, came_paise, went_paise,
        counted_paise, left_paise, at, by_whom)
        values ('garage_pune', %(day)s, %(day)s, 100, 8000, 0, 8100, 500, now(), 'asha')"""
    await books.records.rows(row + " returning day", day=MONDAY)
    closed = await tills.close_till(_on(1), TillCount(day=_day(1), counted=5_00))
    trial = await reports.trial_balance(books.records, PUNE)
    assert (closed.opening, closed.difference) == (5_00, 0)
    assert (trial[Account.CASH], trial[Account.OWNER]) == (5_00, 75_00)


async def test_a_closing_that_was_undone_is_counted_again(books: Desk, tills: TillStore) -> None:
    await books.settled()
    of, undo = await _invoice(books), deed()
    await _paid(books, of, 50_00)
    closing = deed()
    count = TillCount(day=MONDAY, counted=40_00, left=0, opening=0, reason="Counted in a hurry")
    first = await tills.close_till(closing, count)
    undone = await tills.reopen_till(undo, MONDAY, "Ten rupees lay under the drawer")
    assert undone.closing is not None
    assert undone.closing.reopening is not None
    assert undone.closing.reopening.reason == "Ten rupees lay under the drawer"
    opened = await reports.trial_balance(books.records, PUNE)
    moved = (Account.CASH, Account.CASH_DIFFERENCE, Account.BANK)
    assert [opened.get(account, 0) for account in moved] == [50_00, 0, 0]

    await _paid(books, of, 5_00)
    second = await tills.close_till(deed(), TillCount(day=MONDAY, counted=55_00, opening=0))
    assert (second.difference, second.closing and second.closing.turn) == (0, 2)
    assert await tills.closings(PUNE, first=9) == [second, undone]
    assert await tills.closings(PUNE, first=9, before=(MONDAY, 2)) == [undone]
    # Both that were done are answered as they were, and the day is not opened a second time.
    assert await tills.close_till(closing, count) == undone
    assert await tills.reopen_till(undo, MONDAY, "Ten rupees lay under the drawer") == undone
    assert await tills.till(PUNE, MONDAY) == second
    assert (first.closing, (await verify_books(books.records)).touched) == (
        replace(undone.closing, reopening=None),
        None,
    )


async def test_only_the_last_closing_of_an_open_month_is_undone(
    books: Desk, tills: TillStore
) -> None:
    await books.settled()
    with pytest.raises(InvalidInput, match=r"^day: no till is closed"):
        await tills.reopen_till(deed(), MONDAY, "Somebody miscounted")
    await tills.close_till(deed(), TillCount(day=date(2026, 10, 30), counted=0))
    await tills.close_till(deed(), TillCount(day=date(2026, 10, 31), counted=0))
    before = await books.records.rows(ROWS)
    with pytest.raises(InvalidInput, match=r"^day: the last closing is that of 2026-10-31"):
        await tills.reopen_till(deed(), date(2026, 10, 30), "Somebody miscounted")
    with pytest.raises(InvalidInput, match=r"^reason: "):
        await tills.reopen_till(deed(), date(2026, 10, 31), "No idea")
    assert await books.records.rows(ROWS) == before
    await books.ledger.close_month(deed(), date(2026, 10, 1))
    closed = await books.records.rows(ROWS)
    with pytest.raises(MonthClosed):
        await tills.reopen_till(deed(), date(2026, 10, 31), "Somebody miscounted")
    assert await books.records.rows(ROWS) == closed


@pytest.mark.row("IN-13")
@pytest.mark.parametrize(
    ("statement", "where", "reason"),
    [
        ("update till_closing set reason = 'Never mind'", "till_closing", "was altered"),
        ("update till_closing set left_paise = 0", "till_closing", "was altered"),
        ("update till_reopening set by_whom = 'x'", "till_reopening", "was altered"),
        ("delete from till_reopening", "till_reopening", "is missing"),
        (
            "delete from payment where method = 'cash'",
            *("payment", "is missing"),
        ),
        (
            "insert into till_reopening values ('garage_pune', '2026-11-26', 2, 'x', now(), 'x')",
            *("till_reopening", "was written past the audit"),
        ),
    ],
)
async def test_an_altered_till_is_found_out(
    books: Desk, tills: TillStore, statement: LiteralString, where: str, reason: str
) -> None:
    await books.settled()
    await _paid(books, await _invoice(books), 50_00)
    short = TillCount(day=MONDAY, counted=40_00, reason="Ten rupees for tea")
    await tills.close_till(deed(), short)
    await tills.reopen_till(deed(), MONDAY, "Somebody miscounted")
    await tills.close_till(deed(), short)
    assert (await verify_books(books.records)).touched is None
    async with books.records.transaction() as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(statement)
    found = (await verify_books(books.records)).touched
    assert found is not None
    assert (found.where.split(" ")[0], found.reason) == (where, reason)


async def test_no_cash_is_dated_into_a_closed_till(books: Desk, tills: TillStore) -> None:
    """What comes by card or to the bank does not lie in the till that was counted."""
    seller = await books.settled()
    of = await _invoice(books)
    cash = ReceivedMoney(paise=50_00, method=CASH, day=MONDAY)
    paid = await books.payments.record_payment(deed(), of, cash)
    await tills.close_till(deed(), TillCount(day=MONDAY, counted=50_00))
    before = await books.records.rows(ROWS)
    for day in (-1, 0):
        with pytest.raises(InvalidInput, match=r"^day: the till of .* is closed"):
            await _paid(books, of, 10_00, day)
    ahead = ReceivedMoney(paise=90_00, method=CASH, day=MONDAY)
    with pytest.raises(InvalidInput, match=r"^day: the till of"):
        await books.payments.record_advance(_on(1), seller, TicketId("tkt_two"), ahead)
    with pytest.raises(IllegalTransition, match="till is closed"):
        await books.payments.refund_payment(deed(), seller, paid.id, 10_00)
    assert await books.records.rows(ROWS) == before
    await _paid(books, of, 5_00, method=TDS)
    came = ReceivedMoney(paise=20_00, method=UPI, day=MONDAY)
    by_upi = await books.payments.record_payment(deed(), of, came)
    await books.payments.refund_payment(deed(), seller, by_upi.id, 10_00)
    await books.payments.refund_payment(_on(1), seller, paid.id, 10_00)
    assert (await tills.till(PUNE, MONDAY)).methods[1:] == (
        MethodSum(method=UPI, came=20_00, went=10_00),
    )
    assert (await tills.till(PUNE, _day(1))).expected == 40_00
    assert (await verify_books(books.records)).touched is None


@pytest.mark.parametrize(
    ("count", "field"),
    [
        (TillCount(day=_day(2), counted=0), "day"),
        (TillCount(day=MONDAY, counted=0), "day"),
        (TillCount(day=_day(-3), counted=0), "day"),
        (TillCount(day=_day(1), counted=100_00, opening=99_00), "opening"),
        (TillCount(day=_day(1), counted=100_01), "reason"),
    ],
)
async def test_a_count_that_cannot_be_is_refused_by_field(
    books: Desk, tills: TillStore, count: TillCount, field: str
) -> None:
    await books.settled()
    await tills.close_till(deed(), TillCount(day=MONDAY, counted=100_00, opening=100_00))
    before = await books.records.rows(ROWS)
    with pytest.raises(InvalidInput) as refused:
        await tills.close_till(_on(1), count)
    assert refused.value.field == field
    assert await books.records.rows(ROWS) == before


@pytest.mark.parametrize(
    ("field", "counted", "left", "opening", "reason"),
    [
        ("counted", -1, None, None, None),
        ("left", 1, 2, None, None),
        ("opening", 1, None, -1, None),
        ("reason", 1, None, None, "no idea"),
    ],
)
def test_what_means_nothing_is_no_count(
    field: str, counted: int, left: int | None, opening: int | None, reason: str | None
) -> None:
    with pytest.raises(InvalidInput) as refused:
        TillCount(day=MONDAY, counted=counted, left=left, opening=opening, reason=reason)
    assert refused.value.field == field


async def test_the_same_closing_twice_is_one(books: Desk, tills: TillStore) -> None:
    await books.settled()
    change, count = deed(), TillCount(day=MONDAY, counted=0)
    once: TillDay = await tills.close_till(change, count)
    assert await tills.close_till(change, count) == once
    with pytest.raises(OperationConflict):
        await tills.close_till(
            deed(operation=change.operation, body_hash="other"), TillCount(day=MONDAY, counted=1)
        )
    [found] = await books.records.rows(ROWS)
    assert found["tills"] == 1


async def test_a_closing_sent_again_the_day_after_is_that_of_the_day(
    books: Desk, tills: TillStore
) -> None:
    """Whoever names no day means today, and a lost answer may be asked for after midnight."""
    await books.settled()
    change = deed()
    once = await tills.close_till(change, TillCount(day=MONDAY, counted=0))
    again = await tills.close_till(change, TillCount(day=_day(1), counted=0))
    assert (again, again.day, again.closing is None) == (once, MONDAY, False)


async def test_no_difference_is_posted_into_a_closed_month(books: Desk, tills: TillStore) -> None:
    seller = await books.settled()
    last, later = date(2026, 10, 31), deed(seller.garage)
    await books.ledger.close_month(deed(seller.garage), last.replace(day=1))
    with pytest.raises(MonthClosed):
        await tills.close_till(
            later,
            TillCount(
                day=last, opening=100_00, counted=90_00, left=90_00, reason="Short by ten rupees"
            ),
        )
    assert (await books.records.rows("select count(*) as n from till_closing")) == [{"n": 0}]
