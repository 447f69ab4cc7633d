"""Invoices by month: partitions made ahead, edges kept, reports equal to a recount."""

from datetime import date, datetime, timedelta

import pytest

from billing.gst.law_dates import INDIA
from billing.ledger import reports
from billing.ledger.invoices import TicketInvoice
from domain.ids import TicketId
from tests.billing.sample_books import NOW, PUNE, Desk, deed, invoice


async def _partitions(books: Desk) -> set[str]:
    found = await books.records.rows(
        "select inhrelid::regclass::text as name from pg_inherits"
        " where inhparent = 'invoice'::regclass"
    )
    return {row["name"] for row in found}


async def _issue(books: Desk, ticket: str, at: datetime, day: date) -> str:
    seller = await books.garages.get(PUNE)
    wanted = TicketInvoice(ticket=TicketId(ticket), invoice=invoice(seller, day=day))
    paper = await books.ledger.issue_invoice(deed(at=at), seller, wanted)
    found = await books.records.rows(
        "select tableoid::regclass::text as name from invoice where id = %(id)s", id=paper.id
    )
    return found[0]["name"]


@pytest.mark.row("DB-4")
async def test_month_edge_lands_right(books: Desk) -> None:
    """The last minute of November in India, and the first of December."""
    await books.settled()
    edge = datetime(2026, 12, 1, tzinfo=INDIA)
    async with books.records.transaction() as connection:
        await reports.make_partitions(connection, date(2026, 11, 1))
    before = await _issue(books, "tkt_a", edge - timedelta(minutes=1), date(2026, 11, 30))
    after = await _issue(books, "tkt_b", edge, date(2026, 12, 1))
    plan = await books.records.rows(
        "explain select * from invoice where issue_date between '2026-11-01' and '2026-11-30'"
    )
    scanned = " ".join(row["QUERY PLAN"] for row in plan)
    assert (before, after) == ("invoice_2026_11", "invoice_2026_12")
    assert ("invoice_2026_11" in scanned, "invoice_2026_12" in scanned) == (True, False)


@pytest.mark.row("DB-5")
async def test_partitions_stand_three_months_ahead(books: Desk) -> None:
    await books.settled()
    ahead = NOW + timedelta(days=40)
    async with books.records.transaction() as connection:
        await reports.make_partitions(connection, NOW.date())
    landed = await _issue(books, "tkt_a", ahead, ahead.date())
    wanted = {f"invoice_{month}" for month in ("2026_11", "2026_12", "2027_01", "2027_02")}
    assert await _partitions(books) >= wanted
    assert landed == "invoice_2027_01"
    assert await books.records.rows("select count(*) as n from invoice_default") == [{"n": 0}]


async def test_making_them_again_changes_nothing(books: Desk) -> None:
    async with books.records.transaction() as connection:
        await reports.make_partitions(connection, NOW.date())
    before = await _partitions(books)
    async with books.records.transaction() as connection:
        await reports.make_partitions(connection, NOW.date())
    assert await _partitions(books) == before


async def test_report_is_the_recount(books: Desk) -> None:
    seller = await books.settled()
    papers = [await books.issue(seller, f"tkt_{n}", part_paise=1_001 + n) for n in range(5)]
    await books.ledger.issue_credit_note(deed(), seller, papers[1].id, None, "All of it")
    await books.ledger.void_invoice(deed(), papers[2].id, "Wrong customer")
    found = await reports.month_totals(books.records, PUNE, NOW.date())
    assert found == await reports.recount_month(books.records, PUNE, NOW.date())
    assert [(t.code, t.rate_bp, t.lines, t.taxable) for t in found] == [
        ("85371000", 1800, 3, 2 * (1_001 + 1_004 + 1_005)),
        ("998714", 1800, 3, 3 * 90_000),
    ]
