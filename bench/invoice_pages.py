"""A garage with 200,000 invoices: a page of its list, and the return of a month of 100,000.

Papers are written past the ledger, each sealed as the ledger seals it: issuing them takes hours.
Half of their buyers are registered: the return names each of these papers. It is made as it is for
whoever asks for files of it, with every part kept, up to the zip. Meanwhile a ticker on the same
event loop tells how long anybody else would have waited for it: what `/health` waits, its own work
aside. All invoices are synthetic.
"""

import asyncio
import gc
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from uuid import uuid4

from psycopg import sql

from bench.bars import Bar, Better, p95_of
from bench.ledger import DEEDS, VAULT, bench_invoice, bench_seller, opened_records
from billing.gst.document_numbers import parse_number
from billing.gst.gstin import check_character, parse_gstin
from billing.gst.invoices import Invoice
from billing.gst.parties import Address, Party
from billing.gst.series import DocumentKind
from billing.ledger import issued_documents, reports
from billing.ledger.books import Books
from billing.ledger.invoice_pages import InvoiceFilter
from billing.ledger.invoices import InvoiceLedger
from billing.ledger.issued_documents import InvoiceStatus, IssuedDocument
from billing.ledger.return_exports import (
    ReturnExport,
    ReturnExporter,
    ReturnExportStore,
    export_id,
)
from billing.ledger.returns import ReturnBuilder
from billing.ledger.sellers import Seller, SellerStore
from domain.deeds import NOWHERE, Deed, DeedType, deed_by
from domain.ids import InvoiceId, PersonId, TicketId
from records.database import Records

PAPERS, OF_THE_MONTH = 200_000, 100_000
MONTHS = 24
FIRST, MONTH = date(2024, 10, 1), date(2026, 10, 1)
BUYER = "27BBBPK5678D1Z"
PAGE, ROUNDS = 21, 300
GOAL_PAGE_MS, GOAL_RETURN_S, GOAL_HEALTH_MS = 15.0, 20.0, 100.0
TICK = 0.005
# The sums are the template's and up to this more: a rare one is above the second.
SPREAD, DEAR = 1_000_000, 2_000_000
FLEET, NOBODY = (first + check_character(first) for first in ("27AABCG4321K1Z", "27AAAPL9999C1Z"))
# What each is walked with: much of it is found, some, or nothing at all.
FILTERS: Mapping[str, Sequence[InvoiceFilter]] = {
    "no filter": (InvoiceFilter(),),
    "kind": (
        InvoiceFilter(kind=DocumentKind.INVOICE),
        InvoiceFilter(kind=DocumentKind.CREDIT_NOTE),
    ),
    "number": tuple(
        InvoiceFilter(number=f"PGS/0026/{n}") for n in ("", "1", "0420", "123456", "9")
    ),
    "day": (
        InvoiceFilter(since=MONTH),
        InvoiceFilter(until=FIRST + timedelta(days=60)),
        InvoiceFilter(since=MONTH + timedelta(days=3), until=MONTH + timedelta(days=3)),
        InvoiceFilter(until=FIRST - timedelta(days=1)),
    ),
    "standing": (
        *(InvoiceFilter(status=status) for status in InvoiceStatus),
        InvoiceFilter(status=InvoiceStatus.PAID, until=FIRST + timedelta(days=60)),
    ),
    "sum": (InvoiceFilter(least=1), InvoiceFilter(least=DEAR), InvoiceFilter(most=1)),
    "buyer": (InvoiceFilter(gstin=FLEET), InvoiceFilter(gstin=NOBODY)),
}
# Not a goal: what one of them leaves out is read past, by the index of the other.
TOGETHER = (
    InvoiceFilter(number="PGS", status=InvoiceStatus.CREDITED),
    InvoiceFilter(since=FIRST, kind=DocumentKind.CREDIT_NOTE),
    InvoiceFilter(least=1, until=FIRST),
)
COLUMNS = (
    "id issue_date garage kind number issued_at issued_by ticket original reason place_of_supply "
    "taxable_paise cgst_paise sgst_paise igst_paise round_off_paise total_paise reverse_charge "
    "body buyer gstin_mark"
).split()


async def run() -> list[Bar]:
    """Measure on stores of its own; print every figure."""
    async with opened_records() as records:
        return await _measure(records)


async def _measure(records: Records) -> list[Bar]:
    seller = await bench_seller(records, "garage_pages", "PGS")
    ledger = InvoiceLedger(records, Books(records, DEEDS), VAULT)
    began = perf_counter()
    await _write_papers(records, seller)
    print(f"{PAPERS} papers written in {perf_counter() - began:.0f} s")
    async with records.transaction(seconds=300) as connection:
        # As the database does by itself a minute later: before, it plans for empty tables.
        await connection.execute("analyze")
    page = await _page_p95(ledger, seller)
    together = await _walk(ledger, seller, TOGETHER)
    print(f"page p95 {page:.1f} ms by the slowest filter; {together:.1f} ms by two that part badly")
    took, waited = await _month_return(records, seller)
    print(
        f"page p95 {page:.1f} ms; return of {OF_THE_MONTH}: {took:.1f} s, loop held {waited:.0f} ms"
    )
    low = Better.LOWER
    return [
        Bar(name="invoice_page_p95_ms", measured=page, goal=GOAL_PAGE_MS, better=low),
        Bar(name="sales_return_s", measured=took, goal=GOAL_RETURN_S, better=low),
        Bar(name="health_during_return_ms", measured=waited, goal=GOAL_HEALTH_MS, better=low),
    ]


async def _page_p95(ledger: InvoiceLedger, seller: Seller) -> float:
    """Give the p95 of the slowest filter; each is walked page by page, and asked what is rare."""
    slowest = 0.0
    for name, wanted in FILTERS.items():
        took = await _walk(ledger, seller, wanted)
        print(f"pages by {name}: p95 {took:.1f} ms")
        slowest = max(slowest, took)
    return slowest


async def _walk(ledger: InvoiceLedger, seller: Seller, wanted: Sequence[InvoiceFilter]) -> float:
    took, places = list[float](), dict[InvoiceFilter, str]()
    for n in range(ROUNDS):
        asked = wanted[n % len(wanted)]
        began = perf_counter()
        found = await ledger.page(seller.garage, first=PAGE, after=places.get(asked), wanted=asked)
        took.append((perf_counter() - began) * 1000)
        if len(found) == PAGE:
            places[asked] = found[-1].id
        else:
            places.pop(asked, None)
    return p95_of(took)


async def _month_return(records: Records, seller: Seller) -> tuple[float, float]:
    """Give the seconds of a return, and the longest time that the loop was held meanwhile, ms."""
    over, waits = asyncio.Event(), list[float]()
    exporter = ReturnExporter(
        store=ReturnExportStore(records, VAULT, DEEDS),
        returns=ReturnBuilder(records, VAULT),
        sellers=SellerStore(records, Books(records, DEEDS)),
        now=_now,
    )
    asked = ReturnExport(
        id=export_id(uuid4(), PersonId("bench")),
        garage=seller.garage,
        garages=(seller.garage,),
        gstin=seller.taxpayer,
        month=MONTH,
        asked_at=_now(),
        asked_by=PersonId("bench"),
    )
    await exporter.store.ask(asked, _deed_of(asked))
    # As the service does once it stands: the collector looks away from what stays.
    gc.collect()
    gc.freeze()

    async def ticker() -> None:
        while not over.is_set():
            began = perf_counter()
            await asyncio.sleep(TICK)
            waits.append((perf_counter() - began - TICK) * 1000)

    beside = asyncio.create_task(ticker())
    began = perf_counter()
    await exporter.make(asked.id, _hold)
    took = perf_counter() - began
    over.set()
    await beside
    made = await exporter.store.get(asked.id)
    if not made.is_made or made.done != OF_THE_MONTH:
        raise RuntimeError(f"{made.done} of {OF_THE_MONTH} papers are in the return")
    return took, max(waits)


async def _hold() -> bool:
    return True


def _deed_of(asked: ReturnExport) -> Deed:
    return deed_by(
        None,
        NOWHERE,
        DeedType.REPORT_EXPORT,
        id=str(uuid4()),
        at=asked.asked_at,
        resource="gstr1",
        garage=asked.garage,
    )


def _now() -> datetime:
    return datetime.now(UTC)


async def _write_papers(records: Records, seller: Seller) -> None:
    """Write papers in the form of the ledger: half of them in one month, the rest before it."""
    templates = [bench_invoice(seller), bench_invoice(seller, _registered())]
    async with records.transaction(seconds=3_000) as connection:
        await reports.make_partitions(connection, FIRST, MONTHS + 1)
    for start in range(0, PAPERS, 5_000):
        papers = [_paper(seller, templates[n % 2], n) for n in range(start, start + 5_000)]
        async with records.transaction(seconds=300) as connection, connection.cursor() as cursor:
            into = sql.SQL("copy invoice ({}) from stdin").format(
                sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
            )
            async with cursor.copy(into) as copy:
                for n, paper in enumerate(papers, start=start):
                    row = issued_documents.document_row(paper, VAULT) | _varied(paper, n)
                    await copy.write_row([row[name] for name in COLUMNS])
            await cursor.executemany(
                "insert into document values (%s, %s, 'invoice', %s, %s, %s, %s, %s, %s)",
                [_document_row(seller, paper, start + n) for n, paper in enumerate(papers)],
            )
            await cursor.executemany(
                "insert into invoice_balance (invoice, issue_date, issued_at, garage, total_paise,"
                " paid_paise, voided) values (%s, %s, %s, %s, %s, %s, %s)",
                [_balance_row(paper, n) for n, paper in enumerate(papers, start=start)],
            )


def _varied(paper: IssuedDocument, n: int) -> dict[str, object]:
    """Give what tells papers apart beside day and number: their sums, and one buyer in fifty."""
    more, sums = n * 7_919 % SPREAD, paper.invoice.totals
    return {
        "round_off_paise": sums.round_off + more,
        "total_paise": sums.payable + more,
        "gstin_mark": VAULT.mark("gstin", FLEET) if n % 50 == 0 else None,
    }


def _balance_row(paper: IssuedDocument, n: int) -> tuple[object, ...]:
    """Most are paid, some partly or not at all, few are void, none is credited."""
    total = paper.invoice.totals.payable + n * 7_919 % SPREAD
    paid = 0 if n % 97 == 0 else 1 if n % 89 == 0 else total
    place = (paper.id, paper.invoice.date, paper.issued_at, paper.garage)
    return (*place, total, paid, n % 20_000 == 1)


def _registered() -> Party:
    number = parse_gstin(BUYER + check_character(BUYER))
    address = Address(text="1 Example Road", pincode="411001", state=number.state)
    return Party(name="Synthetic fleet", address=address, gstin=number)


def _paper(seller: Seller, template: Invoice, n: int) -> IssuedDocument:
    old = PAPERS - OF_THE_MONTH
    back = MONTH + timedelta(days=(n - old) % 28)
    day = back if n >= old else FIRST + timedelta(days=n * 28 * MONTHS // old)
    number = parse_number(f"PGS/{n // 1_000_000:02d}26/{n:06d}")
    return IssuedDocument(
        id=InvoiceId(f"inv_synthetic_{n:06d}"),
        garage=seller.garage,
        kind=DocumentKind.INVOICE,
        ticket=TicketId(f"tkt_synthetic_{n:06d}"),
        invoice=replace(template, date=day, number=number),
        issued_at=datetime(2024, 10, 1, tzinfo=UTC) + timedelta(minutes=n),
        issued_by=PersonId("bench"),
    )


def _document_row(seller: Seller, paper: IssuedDocument, n: int) -> tuple[object, ...]:
    invoice = paper.invoice
    return (paper.id, paper.garage, seller.taxpayer, "PGS", "2627", n, invoice.number, invoice.date)
