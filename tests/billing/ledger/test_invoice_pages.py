"""Papers are found by number, day, standing, sum and buyer, page by page, and none is left out."""

from datetime import date, timedelta

import pytest
from psycopg import sql

from billing.gst.series import DocumentKind
from billing.ledger.invoice_pages import FIRST_PLACE, QUERIES, InvoiceFilter
from billing.ledger.invoices import TicketInvoice
from billing.ledger.issued_documents import InvoiceStatus, IssuedDocument
from billing.ledger.payments import ReceivedMoney
from billing.ledger.postings import PaymentMethod
from domain.errors import InvalidInput
from domain.ids import TicketId
from tests.billing.sample_books import DELHI, NOW, PUNE, Desk, customer, deed, invoice
from tests.billing.sample_books import synthetic_gstin as gstin_of

FLEET = gstin_of("27", "BBBPK5678D")
FIRST_DAY = date(2026, 11, 20)
# Part's price of each invoice, in paise: not in the order of their days.
PRICES = (500_00, 100_00, 900_00, 300_00, 700_00)


def _day(n: int) -> date:
    return FIRST_DAY + timedelta(days=n)


async def _papers(books: Desk) -> list[IssuedDocument]:
    """Issue five: 0 stands, 1 is partly paid, 2 paid, 3 void, 4 the fleet's and half credited."""
    seller = await books.settled()
    made: list[IssuedDocument] = []
    for n, paise in enumerate(PRICES):
        buyer = customer(FLEET if n == len(PRICES) - 1 else None)
        paper = invoice(seller, buyer=buyer, day=_day(n), part_paise=paise)
        wanted = TicketInvoice(ticket=TicketId(f"tkt_{n}"), invoice=paper)
        at = NOW - timedelta(days=6 - n)
        made.append(await books.ledger.issue_invoice(deed(at=at), seller, wanted))
    for n, paise in ((1, 1_00), (2, made[2].invoice.totals.payable)):
        came = ReceivedMoney(paise=paise, method=PaymentMethod.UPI, day=_day(5))
        await books.payments.record_payment(deed(), made[n].id, came)
    await books.ledger.void_invoice(deed(), made[3].id, "Wrong customer")
    note = await books.ledger.issue_credit_note(deed(), seller, made[4].id, None, "All of it")
    return [*made, note]


async def test_each_filter_gives_its_papers_in_its_order(books: Desk) -> None:
    papers = await _papers(books)
    payable = [paper.invoice.totals.payable for paper in papers]
    found = {
        InvoiceFilter(number="PN1/2627/00000"): [4, 3, 2, 1, 0],
        InvoiceFilter(number="PN1/2627/000002"): [1],
        InvoiceFilter(number="PN1"): [5, 4, 3, 2, 1, 0],
        InvoiceFilter(number="PN1", status=InvoiceStatus.PAID): [2],
        InvoiceFilter(number="PN2"): [],
        InvoiceFilter(since=_day(1), until=_day(3)): [3, 2, 1],
        InvoiceFilter(since=_day(4)): [5, 4],
        InvoiceFilter(until=_day(0)): [0],
        InvoiceFilter(kind=DocumentKind.CREDIT_NOTE, since=_day(0)): [5],
        InvoiceFilter(least=payable[0]): [2, 5, 4, 0],
        InvoiceFilter(most=payable[3]): [3, 1],
        InvoiceFilter(least=payable[0], most=payable[0], until=_day(0)): [0],
        InvoiceFilter(status=InvoiceStatus.ISSUED): [0],
        InvoiceFilter(status=InvoiceStatus.PARTLY_PAID, until=_day(0)): [],
        InvoiceFilter(status=InvoiceStatus.VOID, since=_day(3)): [3],
        InvoiceFilter(status=InvoiceStatus.CREDITED, kind=DocumentKind.CREDIT_NOTE): [],
        InvoiceFilter(gstin=FLEET, kind=DocumentKind.INVOICE): [4],
        InvoiceFilter(gstin=FLEET, status=InvoiceStatus.CREDITED, least=1): [4],
        InvoiceFilter(gstin=FLEET): [5, 4],
    }
    places = {paper.id: n for n, paper in enumerate(papers)}
    whole = {wanted: await books.ledger.page(PUNE, first=9, wanted=wanted) for wanted in found}
    assert {wanted: [places[p.id] for p in page] for wanted, page in whole.items()} == found
    assert {wanted: await _one_by_one(books, wanted) for wanted in found} == {
        wanted: [paper.id for paper in page] for wanted, page in whole.items()
    }
    assert await books.ledger.page(DELHI, first=9, wanted=InvoiceFilter(number="PN1")) == []


async def _one_by_one(books: Desk, wanted: InvoiceFilter) -> list[str]:
    """Walk a list in pages of one paper."""
    read: list[str] = []
    while True:
        after = read[-1] if read else None
        page = await books.ledger.page(PUNE, first=1, after=after, wanted=wanted)
        if not page:
            return read
        read.append(page[0].id)


async def test_of_every_garage_a_filter_needs_one(books: Desk) -> None:
    with pytest.raises(InvalidInput, match=r"^garage: name the garage"):
        await books.ledger.page(None, first=1, wanted=InvoiceFilter(number="PN1"))


@pytest.mark.parametrize("name", [name for name in QUERIES if name.startswith("page_")])
async def test_a_page_is_read_by_its_index(books: Desk, name: str) -> None:
    """Each month's index gives its next; nothing is sorted, and no month is read whole."""
    wanted = InvoiceFilter(number="PN1", status=InvoiceStatus.PAID, kind=DocumentKind.INVOICE)
    given = {"garage": PUNE, "first": 21, **wanted.values(b"m", FIRST_PLACE)}
    async with books.records.transaction() as connection:
        await connection.execute("set local enable_seqscan = off")
        await connection.execute("set local enable_bitmapscan = off")
        await connection.execute("set local enable_sort = off")
        query = sql.SQL("explain ") + sql.SQL(QUERIES[name])
        plan = await (await connection.execute(query, given)).fetchall()
    inner = "\n".join(row["QUERY PLAN"] for row in plan).partition("CTE ")[2]
    inner = inner.partition("CTE Scan")[0]
    assert "Sort  (" not in inner
    if name == "page_by_status":
        assert "Index Scan using invoice_balance_status" in inner
    else:
        assert "Merge Append" in inner
    assert name == "page_of_all" or "Index Cond: ((garage = " in inner
