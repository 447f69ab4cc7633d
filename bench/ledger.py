"""The books: invoices a second, numbers without a gap, a month of a million lines.

Three figures beside each other: the ledger with sixteen garages, with sixteen writers at one garage
(the numbers of one garage are given one by one, so this is the harder case), and how many numbers a
plain sequence loses when one transaction in ten comes to nothing. All invoices are synthetic.
"""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from uuid import uuid4

from access.deeds import DeedVault
from access.vault import DataKey, KeyRing, Vault
from bench.bars import Bar, Better
from billing.gst import invoices, lines
from billing.gst.gstin import check_character
from billing.gst.invoices import Invoice, InvoiceContent
from billing.gst.law_dates import law_day
from billing.gst.lines import LineKind, PricedLine
from billing.gst.money import Paise
from billing.gst.parties import Party
from billing.gst.place_of_supply import find_place_of_supply
from billing.gst.series import DocumentKind
from billing.ledger import reports
from billing.ledger.books import Books, BooksChange
from billing.ledger.invoices import InvoiceLedger, TicketInvoice
from billing.ledger.sellers import Seller, SellerProfile, SellerStore
from domain.ids import GarageId, OperationId, PersonId, TicketId
from records.audit_trail import DeedWriter
from records.database import Records
from records.migrations import migrate_records
from web.local import stores
from web.local.home import StoreHome

# Nobody's, but for its check character.
GSTIN = "27AAAPL1234C1Z"
WRITERS = 16
EACH = 125
GOAL_PER_SECOND = 200.0
NUMBERED = 250
ONE_IN = 10
LINES = 1_000_000
GOAL_MONTH_S = 1.0
MONTH = date(2024, 11, 1)
DEEDS = DeedWriter(DeedVault(bytes(32)).sign)
VAULT = Vault(ring=KeyRing.of_one(DataKey(name="bench", secret=bytes(32))), index_key=bytes(32))
LOAD = """insert into invoice_line (issue_date, invoice, n, garage, kind, item, code, description,
  quantity, unit, unit_paise, taxable_paise, rate_bp, cgst_paise, sgst_paise, igst_paise, estimated)
select date '2024-11-01' + (n %% 30)::int, 'inv_synthetic_' || n / 4, n %% 4, 'garage_' || n %% 50,
  'invoice', 'part', (array['85371000', '998714', '870899', '85076000'])[1 + n %% 4], 'Synthetic',
  1, 'NOS', 100 + n, 100 + n, 1800, (100 + n) * 9 / 100, (100 + n) * 9 / 100, 0, false
from generate_series(%(first)s, %(last)s) as n"""
BATCH = 100_000
SLOW = 120.0
JARS = Path(".battwheels/neo4j/jars")


class Aborted(Exception):
    """A transaction that comes to nothing."""


async def run() -> list[Bar]:
    """Measure on stores of its own; print every figure."""
    async with opened_records() as records:
        return [await _issued(records), *await _gaps(records), await _month(records)]


@asynccontextmanager
async def opened_records() -> AsyncGenerator[Records]:
    """Start stores of a bench's own, with the tables of the records and nothing in them."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        urls = stores.start_stores(home)
        try:
            records = await Records.open(urls.postgres_url)
            await migrate_records(records)
            yield records
            await records.close()
        finally:
            stores.stop_stores(home)


async def _issued(records: Records) -> Bar:
    """Issue with sixteen writers at one garage each, then at one garage: the slower one counts."""
    own = [await bench_seller(records, f"garage_{n}", f"G{n:02}") for n in range(WRITERS)]
    shared = await bench_seller(records, "garage_shared", "ALL")
    await _rate(records, own, 10)
    apart = await _rate(records, own, EACH)
    together = await _rate(records, [shared] * WRITERS, EACH)
    found = await records.rows(
        "select max(serial) - count(*) as gaps from document group by garage"
    )
    gaps = sum(int(row["gaps"]) for row in found)
    print(f"invoices a second: {apart:.0f} at 16 garages, {together:.0f} at one; {gaps} gaps")
    return Bar(
        name="invoices_per_second",
        measured=min(apart, together) if gaps == 0 else 0.0,
        goal=GOAL_PER_SECOND,
        better=Better.HIGHER,
    )


async def _rate(records: Records, sellers: Sequence[Seller], each: int) -> float:
    """Give invoices a second, each a whole one: lines, entries, stock, audit, event."""
    ledger = InvoiceLedger(records, Books(records, DEEDS), VAULT)
    wanted = [(seller, bench_invoice(seller)) for seller in sellers]

    async def writer(seller: Seller, invoice: Invoice) -> None:
        for _ in range(each):
            ticket = TicketId(f"tkt_{uuid4()}")
            await ledger.issue_invoice(
                _deed(seller.garage), seller, TicketInvoice(ticket=ticket, invoice=invoice)
            )

    began = perf_counter()
    await asyncio.gather(*(writer(seller, invoice) for seller, invoice in wanted))
    return each * len(sellers) / (perf_counter() - began)


async def _gaps(records: Records) -> list[Bar]:
    """Take 4,000 numbers with 10 % aborts, from the counter and from a sequence beside it."""
    seller = await bench_seller(records, "garage_gaps", "GAP")
    books = Books(records, DEEDS)
    async with records.transaction() as connection:
        await connection.execute("create table plain_number (n bigserial, kept boolean)")

    async def counted(*, abort: bool) -> None:
        async with books.open_transaction(_deed(seller.garage)) as page:
            await page.next_number(DocumentKind.INVOICE, seller.profile.series, law_day(_now()))
            if abort:
                raise Aborted

    async def drawn(*, abort: bool) -> None:
        async with records.transaction() as connection:
            await connection.execute("insert into plain_number (kept) values (true)")
            if abort:
                raise Aborted

    rates = [await _taken(take) for take in (counted, drawn)]
    counter = await records.rows("select last from counter where series = 'GAP'")
    plain = await records.rows("select max(n) - count(*) as lost from plain_number")
    kept = WRITERS * (NUMBERED - NUMBERED // ONE_IN)
    gaps = int(counter[0]["last"]) - kept
    print(
        f"10 % aborts of {WRITERS * NUMBERED}: the counter lost {gaps} at {rates[0]:.0f}/s, ",
        end="",
    )
    print(f"a sequence {plain[0]['lost']} at {rates[1]:.0f}/s")
    return [Bar(name="invoice_gaps", measured=float(gaps), goal=0.0, better=Better.LOWER)]


async def _taken(take: Callable[..., Awaitable[None]]) -> float:
    async def writer() -> None:
        for n in range(NUMBERED):
            with suppress(Aborted):
                await take(abort=n % ONE_IN == 0)

    began = perf_counter()
    await asyncio.gather(*(writer() for _ in range(WRITERS)))
    return WRITERS * NUMBERED / (perf_counter() - began)


async def _month(records: Records) -> Bar:
    """Load a million synthetic lines into November 2024, then report and recount that month."""
    async with records.transaction(SLOW) as connection:
        await reports.make_partitions(connection, MONTH, 0)
    for first in range(1, LINES, BATCH):
        async with records.transaction(SLOW) as connection:
            given = {"first": first, "last": first + BATCH - 1}
            await connection.execute(LOAD, given)
    times: list[float] = []
    found: list[reports.MonthTotal] = []
    for _ in range(5):
        began = perf_counter()
        found = await reports.month_totals(records, None, MONTH)
        times.append(perf_counter() - began)
    began = perf_counter()
    recount = await reports.recount_month(records, None, MONTH)
    slow = perf_counter() - began
    counted = sum(total.lines for total in found)
    print(f"{counted} lines: report {max(times) * 1000:.1f} ms, recount {slow:.2f} s, ", end="")
    print("equal" if found == recount else "NOT EQUAL")
    measured = max(times) if found == recount and counted == LINES else float("inf")
    return Bar(name="month_report_s", measured=measured, goal=GOAL_MONTH_S, better=Better.LOWER)


async def bench_seller(records: Records, garage: str, series: str) -> Seller:
    profile = SellerProfile(
        legal_name="Synthetic Motors",
        address="1 Example Road",
        state="27",
        pincode="411004",
        labour_rate=60_000,
        series=series,
        gstin=GSTIN + check_character(GSTIN),
    )
    garages = SellerStore(records, Books(records, DEEDS))
    return await garages.set(_deed(GarageId(garage)), profile, 0)


def _deed(garage: GarageId) -> BooksChange:
    return BooksChange(
        garage=garage,
        operation=OperationId(str(uuid4())),
        body_hash="synthetic",
        actor=PersonId("bench"),
        at=_now(),
    )


def bench_invoice(seller: Seller, buyer: Party | None = None) -> Invoice:
    """Give an invoice of two parts and an hour's labour, without its number.

    Its buyer is a person, if nobody else is named.
    """
    part = PricedLine(
        kind=LineKind.PART,
        hsn="85371000",
        description="Synthetic controller",
        quantity=Decimal(1),
        unit="NOS",
        unit_price=Paise(1_250_000),
        part="controller",
    )
    work = lines.labour_line("Synthetic work", Decimal("1.5"), Paise(60_000))
    supplier, buyer = seller.profile.party, buyer or Party(name="Synthetic customer")
    place = find_place_of_supply(supplier, buyer, [part.nature, work.nature])
    draft = InvoiceContent(
        date=law_day(_now()),
        supplier=supplier,
        recipient=buyer,
        place=place,
        lines=(part, part, work),
    )
    return invoices.compute_invoice(draft)


def _now() -> datetime:
    return datetime.now(UTC)
