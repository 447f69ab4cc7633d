"""The ledger on a real PostgreSQL: issued once, no gap in the numbers, corrected by credit."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, LiteralString
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from billing.gst import money
from billing.gst.credit_notes import CreditLine
from billing.gst.e_invoice import CRORE
from billing.gst.irp import StandInPortal
from billing.gst.parties import Party
from billing.gst.series import DocumentKind
from billing.ledger import reports
from billing.ledger.invoice_pages import InvoiceFilter
from billing.ledger.invoices import TicketInvoice
from billing.ledger.issued_documents import InvoiceStatus
from billing.ledger.payments import ReceivedMoney
from billing.ledger.postings import Account, PaymentMethod
from billing.ledger.registrations import RegistrationStore
from billing.ledger.sellers import Seller, SellerProfile
from billing.ledger.stock import StockDelta
from billing.ledger.tills import TillCount, TillStore
from billing.ledger.verification import verify_books
from domain.errors import (
    IllegalTransition,
    InvalidInput,
    MonthClosed,
    NotFound,
    OperationConflict,
    OverLimit,
    StaleVersion,
)
from domain.ids import OperationId, TicketId
from tests.billing.sample_books import (
    DELHI,
    NOW,
    PROFILE,
    VAULT,
    Desk,
    customer,
    deed,
    invoice,
    synthetic_gstin,
)
from tests.billing.samples import FLEET

TODAY = date(2026, 11, 26)
FROZEN = (
    "e_invoice",
    "e_invoice_cancel",
    "document",
    "invoice",
    "invoice_line",
    "void_invoice",
    "closed_month",
    "till_closing",
    "posting",
    "entry",
    "payment",
    "billing_operation",
    "money_event",
    "price",
    "stock_delta",
)
WRITTEN: LiteralString = """select (select count(*) from document) as papers,
    (select count(*) from entry) as legs, (select count(*) from money_event) as events,
    (select count(*) from outbox) as told,
    (select coalesce(sum(last), 0) from counter) as counted"""


async def written(books: Desk) -> dict[str, Any]:
    return (await books.records.rows(WRITTEN))[0]


@pytest.mark.row("IN-2", figure="16 × 250, 10 % aborts, 0 gaps")
async def test_aborts_leave_no_gap(books: Desk) -> None:
    """Sixteen writers take 250 numbers each, and every tenth transaction comes to nothing."""
    seller = await books.settled()

    async def writer(n: int) -> None:
        for i in range(250):
            with suppress(Aborted):
                await _take(books, seller, f"{n}_{i}", abort=i % 10 == 9)

    await asyncio.gather(*(writer(n) for n in range(16)))
    found = await books.records.rows("select number from document order by serial")
    assert [row["number"] for row in found] == [f"PN1/2627/{n:06d}" for n in range(1, 3_601)]


class Aborted(Exception):
    """A transaction that comes to nothing."""


async def _take(books: Desk, seller: Seller, name: str, *, abort: bool) -> None:
    async with books.books.open_transaction(deed()) as page:
        number = await page.next_number(DocumentKind.INVOICE, seller.profile.series, TODAY)
        row = {
            "id": name,
            "garage": seller.garage,
            "kind": number.kind,
            "seller": seller.taxpayer,
            "series": number.series,
            "financial_year": number.year.short,
            "serial": number.serial,
            "number": number.text,
            "issue_date": TODAY,
        }
        await page.keep_row("document", name, row)
        if abort:
            raise Aborted


@pytest.mark.row("IN-12", figure="100 at once")
async def test_hundred_calls_issue_one_invoice(books: Desk) -> None:
    seller = await books.settled()
    same, wanted = deed(), TicketInvoice(ticket=TicketId("tkt_one"), invoice=invoice(seller))
    papers = await asyncio.gather(
        *(books.ledger.issue_invoice(same, seller, wanted) for _ in range(100))
    )
    before = await written(books)
    with pytest.raises(OperationConflict):
        await books.ledger.issue_invoice(replace(same, body_hash="another"), seller, wanted)
    assert {paper.invoice.number for paper in papers} == {"PN1/2627/000001"}
    assert len({paper.id for paper in papers}) == 1
    assert before["papers"] == 1
    assert await written(books) == before


async def test_ticket_has_one_invoice(books: Desk) -> None:
    seller = await books.settled()
    await books.issue(seller, "tkt_one")
    before = await written(books)
    with pytest.raises(IllegalTransition):
        await books.issue(seller, "tkt_one")
    assert await written(books) == before


async def test_series_start_anew_in_april(books: Desk) -> None:
    seller = await books.settled()
    march = NOW.replace(year=2027, month=3, day=31, hour=18, minute=29)
    numbers = []
    for n, at in enumerate((march, march + timedelta(minutes=1))):
        wanted = TicketInvoice(
            ticket=TicketId(f"tkt_{n}"),
            invoice=invoice(seller, day=date(2027, 3, 31) if n == 0 else date(2027, 4, 1)),
        )
        paper = await books.ledger.issue_invoice(deed(at=at), seller, wanted)
        numbers.append(paper.invoice.number)
    assert numbers == ["PN1/2627/000001", "PN1/2728/000001"]


async def test_numbers_follow_time(books: Desk) -> None:
    seller = await books.settled()
    await books.issue(seller, "tkt_one")
    before = await written(books)
    with pytest.raises(InvalidInput) as refused:
        await books.issue(seller, "tkt_two", day=TODAY - timedelta(days=1))
    assert refused.value.field == "date"
    assert await written(books) == before


@pytest.mark.row("IN-1")
@pytest.mark.parametrize(
    ("profile", "buyer", "paise", "field"),
    [
        (replace(PROFILE, gstin=None), customer(), 100, "supplier.gstin"),
        (replace(PROFILE, hsn_digits=6), replace(FLEET, address=None), 100, "recipient.address"),
        (PROFILE, customer(), 50_000_00, "recipient.address"),
    ],
)
async def test_what_lacks_a_field_of_the_law_is_not_issued(
    books: Desk, profile: SellerProfile, buyer: Party, paise: int, field: str
) -> None:
    seller = await books.settled(profile=profile)
    before = await written(books)
    with pytest.raises(InvalidInput) as refused:
        await books.issue(seller, "tkt_one", buyer=buyer, part_paise=paise)
    assert refused.value.field == field
    assert await written(books) == before


@pytest.mark.row("IN-7", "IN-13")
@pytest.mark.parametrize("table", FROZEN)
async def test_nobody_changes_what_is_written(books: Desk, table: str) -> None:
    """As a superuser, who owns the tables: UPDATE, DELETE and TRUNCATE are refused."""
    await _full(books)
    before = await books.records.rows(WRITTEN)
    name = sql.Identifier(table)
    column = await books.records.rows(
        "select attname as name from pg_attribute where attrelid = %(t)s::regclass and attnum = 1",
        t=table,
    )
    own = sql.Identifier(column[0]["name"])
    for statement in (
        sql.SQL("update {} set {} = {}").format(name, own, own),
        sql.SQL("delete from {}").format(name),
        sql.SQL("truncate {} cascade").format(name),
    ):
        with pytest.raises(psycopg.errors.RestrictViolation):
            await _run(books, statement)
    assert await books.records.rows(WRITTEN) == before


async def test_partition_is_not_truncated_alone(books: Desk) -> None:
    await _full(books)
    with pytest.raises(psycopg.errors.RestrictViolation):
        await _run(books, sql.SQL("truncate invoice_2026_11"))


@pytest.mark.parametrize("table", ["invoice", "entry", "money_event"])
async def test_service_role_may_only_add(books: Desk, table: str) -> None:
    for privilege, held in (("INSERT", True), ("UPDATE", False), ("DELETE", False)):
        found = await books.records.rows(
            "select has_table_privilege('battwheels_billing', %(t)s, %(p)s) as held",
            t=table,
            p=privilege,
        )
        assert found == [{"held": held}]


@pytest.mark.row("IN-7")
async def test_credit_in_parts_never_passes_the_invoice(books: Desk) -> None:
    seller = await books.settled()
    paper = await books.issue(seller, "tkt_one")
    part = [CreditLine(line=1, quantity=paper.invoice.lines[0].quantity / 2)]
    first = await books.ledger.issue_credit_note(deed(), seller, paper.id, part, "One came back")
    rest = await books.ledger.issue_credit_note(deed(), seller, paper.id, None, "All of it")
    before = await written(books)
    with pytest.raises(InvalidInput):
        await books.ledger.issue_credit_note(deed(), seller, paper.id, part, "Again")
    stands = (await books.ledger.get(paper.id)).balance
    assert [first.invoice.number, rest.invoice.number] == ["PN1C/2627/000001", "PN1C/2627/000002"]
    assert stands is not None
    assert (stands.credited, stands.status) == (stands.total, InvoiceStatus.CREDITED)
    assert await written(books) == before


async def test_void_frees_the_ticket_and_keeps_the_number(books: Desk) -> None:
    seller = await books.settled()
    paper = await books.issue(seller, "tkt_one")
    void = await books.ledger.void_invoice(deed(), paper.id, "Wrong customer")
    again = await books.issue(seller, "tkt_one")
    assert void.balance is not None
    assert void.balance.status is InvoiceStatus.VOID
    assert (paper.invoice.number, again.invoice.number) == ("PN1/2627/000001", "PN1/2627/000002")


async def test_void_of_a_business_invoice_is_due_within_a_day(books: Desk) -> None:
    seller = await books.settled()
    buyer = customer(synthetic_gstin("27", "BBBPK5678D"))
    paper = await books.issue(seller, "tkt_one", buyer=buyer)
    before = await written(books)
    late = deed(at=NOW + timedelta(hours=24, seconds=1))
    with pytest.raises(IllegalTransition):
        await books.ledger.void_invoice(late, paper.id, "Too late")
    assert await written(books) == before
    void = await books.ledger.void_invoice(deed(at=NOW + timedelta(hours=24)), paper.id, "In time")
    assert void.balance is not None
    assert void.balance.voided


async def test_paid_invoice_is_not_void(books: Desk) -> None:
    seller = await books.settled()
    paper = await books.issue(seller, "tkt_one")
    came = ReceivedMoney(paise=100, method=PaymentMethod.CASH, day=TODAY)
    await books.payments.record_payment(deed(), paper.id, came)
    with pytest.raises(IllegalTransition):
        await books.ledger.void_invoice(deed(), paper.id, "Wrong customer")


async def test_void_gives_the_advance_back_to_the_ticket(books: Desk) -> None:
    seller = await books.settled()
    ticket = TicketId("tkt_one")
    came = ReceivedMoney(paise=1_000, method=PaymentMethod.UPI, day=TODAY)
    await books.payments.record_advance(deed(), seller, ticket, came)
    paper = await books.issue(seller, ticket)
    await books.ledger.void_invoice(deed(), paper.id, "Wrong customer")
    again = (await books.ledger.get((await books.issue(seller, ticket)).id)).balance
    assert again is not None
    assert again.paid == 1_000
    assert sum((await reports.trial_balance(books.records)).values()) == 0


async def test_ticket_of_a_wholly_credited_invoice_has_another(books: Desk) -> None:
    """What was paid ahead goes with the ticket; money paid for the invoice goes back first."""
    seller = await books.settled()
    ticket = TicketId("tkt_one")
    came = ReceivedMoney(paise=1_000, method=PaymentMethod.UPI, day=TODAY)
    await books.payments.record_advance(deed(), seller, ticket, came)
    paper = await books.issue(seller, ticket)
    paid = await books.payments.record_payment(deed(), paper.id, came)
    await books.ledger.issue_credit_note(deed(), seller, paper.id, None, "Wrong customer")
    with pytest.raises(IllegalTransition):
        await books.issue(seller, ticket)
    await books.payments.refund_payment(deed(), seller, paid.id, 1_000)
    again = await books.issue(seller, ticket)
    stands = [(await books.ledger.get(one.id)).balance for one in (paper, again)]
    assert [(b.credited, b.paid) for b in stands if b] == [
        (paper.invoice.totals.payable, 0),
        (0, 1_000),
    ]
    assert sum((await reports.trial_balance(books.records)).values()) == 0
    assert (await verify_books(books.records)).touched is None


async def test_closed_month_takes_nothing(books: Desk) -> None:
    seller = await books.settled()
    december = NOW + timedelta(days=7)
    await books.ledger.close_month(deed(at=december), date(2026, 11, 1))
    before = await written(books)
    wanted = TicketInvoice(ticket=TicketId("tkt_one"), invoice=invoice(seller, day=TODAY))
    with pytest.raises(MonthClosed) as refused:
        await books.ledger.issue_invoice(deed(at=december), seller, wanted)
    assert refused.value.month == "November 2026"
    assert await written(books) == before


async def test_running_month_is_not_closed(books: Desk) -> None:
    before = await written(books)
    with pytest.raises(InvalidInput):
        await books.ledger.close_month(deed(), date(2026, 11, 1))
    assert await written(books) == before


async def test_payments_stop_at_what_is_due(books: Desk) -> None:
    seller = await books.settled()
    paper = await books.issue(seller, "tkt_one")
    total = paper.invoice.totals.payable
    tds = ReceivedMoney(paise=1_000, method=PaymentMethod.TDS, day=TODAY)
    await books.payments.record_payment(deed(), paper.id, tds)
    before = await written(books)
    with pytest.raises(OverLimit) as refused:
        await books.payments.record_payment(deed(), paper.id, replace(tds, paise=total))
    assert (refused.value.asked, refused.value.most) == (total, total - 1_000)
    assert await written(books) == before


async def test_invoice_takes_the_advance(books: Desk) -> None:
    seller = await books.settled()
    came = ReceivedMoney(paise=1_000_000, method=PaymentMethod.UPI, day=TODAY)
    ahead = await books.payments.record_advance(deed(), seller, TicketId("tkt_one"), came)
    paper = await books.issue(seller, "tkt_one")
    total = paper.invoice.totals.payable
    back = await books.payments.refund_payment(deed(), seller, ahead.id, 1_000_000 - total)
    with pytest.raises(OverLimit):
        await books.payments.refund_payment(deed(), seller, ahead.id, total + 1)
    stands = (await books.ledger.get(paper.id)).balance
    assert (ahead.number, back.number) == ("PN1R/2627/000001", "PN1F/2627/000001")
    assert stands is not None
    assert (stands.paid, stands.due) == (total, 0)


async def test_other_garage_finds_nothing(books: Desk) -> None:
    seller = await books.settled()
    paper = await books.issue(seller, "tkt_one")
    other = await books.settled(DELHI, replace(PROFILE, series="DL1"))
    before = await written(books)
    for attempt in (
        books.ledger.void_invoice(deed(DELHI), paper.id, "Not ours"),
        books.ledger.issue_credit_note(deed(DELHI), other, paper.id, None, "Not ours"),
        books.payments.record_payment(
            deed(DELHI), paper.id, ReceivedMoney(paise=1, method=PaymentMethod.CASH, day=TODAY)
        ),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await written(books) == before


async def test_garages_of_one_taxpayer_number_apart(books: Desk) -> None:
    await books.settled()
    with pytest.raises(InvalidInput) as refused:
        await books.settled(DELHI)
    assert refused.value.field == "series"


async def test_settings_are_changed_at_their_version(books: Desk) -> None:
    seller = await books.settled()
    with pytest.raises(StaleVersion):
        await books.garages.set(deed(), replace(PROFILE, labour_rate=1), 0)
    changed = await books.garages.set(deed(), replace(PROFILE, labour_rate=1), 1)
    assert (seller.version, changed.version, changed.profile.labour_rate) == (1, 2, 1)


async def test_buyer_is_sealed_at_rest(books: Desk) -> None:
    seller = await books.settled()
    gstin = synthetic_gstin("27", "BBBPK5678D")
    await books.issue(seller, "tkt_one", buyer=customer(gstin, "Nandini Rao"))
    found = await books.records.rows("select invoice::text as text from invoice")
    by_gstin = await books.ledger.page(None, first=5, wanted=InvoiceFilter(gstin=gstin))
    assert "Nandini" not in found[0]["text"]
    assert gstin not in found[0]["text"]
    assert [paper.invoice.recipient.name for paper in by_gstin] == ["Nandini Rao"]


@pytest.mark.row("DB-6")
async def test_largest_payment_is_kept_to_the_paisa(books: Desk) -> None:
    """Rs 9,999,999,999.99, into the books and out again; not a paisa more."""
    seller = await books.settled()
    came = ReceivedMoney(paise=money.MOST, method=PaymentMethod.TRANSFER, day=TODAY)
    made = await books.payments.record_advance(deed(), seller, TicketId("tkt_one"), came)
    trial = await reports.trial_balance(books.records)
    assert (made.paise, trial[Account.BANK]) == (999_999_999_999, 999_999_999_999)
    with pytest.raises(InvalidInput):
        replace(came, paise=money.MOST + 1)


@pytest.mark.row("DB-6")
async def test_no_column_of_the_books_is_a_float(books: Desk) -> None:
    found = await books.records.rows(
        "select table_name as name, column_name as field from information_schema.columns"
        " where table_schema = 'public' and data_type in ('real', 'double precision')"
        " and table_name ~ %(ours)s",
        ours="^(billing|invoice|document|payment|posting|entry|price|stock|month|money|e_invoice)",
    )
    assert found == []


@pytest.mark.row("DB-6")
async def test_largest_amount_is_kept_to_the_paisa(books: Desk) -> None:
    seller = await books.settled(profile=replace(PROFILE, labour_rate=0))
    buyer = customer(synthetic_gstin("27", "BBBPK5678D"))
    paper = await books.issue(
        seller, "tkt_one", buyer=buyer, part_paise=847_457_625_000, quantity="1"
    )
    kinds = await books.records.rows(
        "select distinct data_type as kind from information_schema.columns"
        " where column_name like '%%paise' and table_schema = 'public' order by 1"
    )
    assert paper.invoice.totals.payable == 999_999_997_500
    assert [row["kind"] for row in kinds] == ["bigint", "numeric"]


async def _full(books: Desk) -> None:
    """Write a row in every table that may not change."""
    seller = await books.settled(profile=replace(PROFILE, turnover=6 * CRORE))
    paper = await books.issue(seller, "tkt_one")
    buyer = customer(synthetic_gstin("27", "BBBPK5678D"))
    other = await books.issue(seller, "tkt_two", buyer=buyer)
    came = ReceivedMoney(paise=100, method=PaymentMethod.CASH, day=TODAY)
    await books.payments.record_payment(deed(), paper.id, came)
    registrations = RegistrationStore(books.records, books.books, VAULT, StandInPortal())
    await registrations.register_document(deed(), seller, other)
    await registrations.void_invoice(books.ledger, deed(), other.id, "Wrong customer")
    await books.prices.set_price(deed(), "controller", 100, NOW)
    await books.stock.adjust_stock(
        deed(), StockDelta(part="controller", quantity=1, reason="Bought")
    )
    await books.ledger.close_month(deed(), date(2026, 10, 1))
    tills = TillStore(books.records, books.books)
    await tills.close_till(deed(), TillCount(day=TODAY, counted=100))


async def _run(books: Desk, statement: sql.Composed | sql.SQL) -> None:
    async with books.records.transaction() as connection:
        await connection.execute(statement)


async def test_the_newest_come_first_whatever_their_ids(books: Desk) -> None:
    """Browsers make operation ids without a time in them, and an invoice's id follows from one."""
    seller = await books.settled()
    made = [
        await books.ledger.issue_invoice(
            deed(at=NOW + timedelta(minutes=n), operation=OperationId(first + str(uuid4())[1:])),
            seller,
            TicketInvoice(ticket=TicketId(f"tkt_{n}"), invoice=invoice(seller)),
        )
        for n, first in enumerate("9153")
    ]
    first = await books.ledger.page(seller.garage, first=2)
    rest = await books.ledger.page(seller.garage, first=9, after=first[-1].id)
    assert [p.id for p in [*first, *rest]] == [p.id for p in reversed(made)]
    assert await books.ledger.page(None, first=1, after=made[0].id) == []


async def test_what_cannot_be_printed_takes_no_number(books: Desk) -> None:
    seller = await books.settled()
    before = await written(books)
    wanted = invoice(seller)
    unprintable = replace(wanted, recipient=replace(wanted.recipient, name="Ravi 🔋"))
    with pytest.raises(InvalidInput, match=r"U\+1F50B") as refused:
        await books.ledger.issue_invoice(
            deed(), seller, TicketInvoice(ticket=TicketId("tkt_one"), invoice=unprintable)
        )
    assert refused.value.field == "customer.name"
    assert await written(books) == before
    issued = await books.issue(seller, "tkt_one")
    assert issued.invoice.number == "PN1/2627/000001"
