"""What customers owe equals the books at the end of any day, whatever happened before."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.gst.law_dates import law_day
from billing.ledger import dues, reports
from billing.ledger.books import BooksChange
from billing.ledger.dues import DueAge, DueCustomer, DueInvoice
from billing.ledger.invoices import TicketInvoice
from billing.ledger.issued_documents import IssuedDocument
from billing.ledger.payments import Payment, ReceivedMoney
from billing.ledger.postings import PaymentMethod
from billing.ledger.sellers import Seller
from billing.ledger.statements import StatementKind, StatementLine, StatementStore
from domain.errors import InvalidInput, Refused
from domain.ids import CustomerId, TicketId
from records.database import Records
from tests.billing.sample_books import NOW, PUNE, VAULT, Desk, customer, deed, desk, invoice
from tests.billing.sample_books import synthetic_gstin as gstin_of
from tests.empty_stores import empty_records

FLEET = gstin_of("27", "BBBPK5678D")
ENTRIES = """select entry.about, posting.day, entry.paise from entry
  join posting on posting.id = entry.posting where entry.account = 'receivable'"""
# What is done, to which of the things that are there, for how much, and how many days later; money
# is dated some of these days back.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["issue", "fleet", "pay", "advance", "refund", "credit", "void"]),
        st.integers(0, 5),
        st.integers(1, 900_000),
        st.integers(0, 40),
    ),
    min_size=4,
    max_size=16,
)


@dataclass
class Year:
    """A garage's days, one after the other."""

    books: Desk
    seller: Seller
    at: int = 0
    papers: list[IssuedDocument] = field(default_factory=list[IssuedDocument])
    payments: list[Payment] = field(default_factory=list[Payment])

    def change(self) -> BooksChange:
        return deed(at=NOW + timedelta(days=self.at))

    @property
    def today(self) -> date:
        return law_day(NOW + timedelta(days=self.at))

    async def step(self, what: str, which: int, paise: int, days: int) -> None:
        self.at += days
        came = ReceivedMoney(
            paise=paise, method=PaymentMethod.UPI, day=self.today - timedelta(days=days // 2)
        )
        try:
            await self._try(what, which, paise, came)
        except Refused:
            return

    async def _try(self, what: str, which: int, paise: int, came: ReceivedMoney) -> None:
        books, ticket = self.books, TicketId(f"tkt_{which}")
        paper = self.papers[which % len(self.papers)] if self.papers else None
        if what in {"issue", "fleet"}:
            buyer = customer(FLEET if what == "fleet" else None)
            made = invoice(self.seller, buyer=buyer, day=self.today, part_paise=paise)
            wanted = TicketInvoice(ticket=ticket, invoice=made)
            self.papers.append(await books.ledger.issue_invoice(self.change(), self.seller, wanted))
        elif what == "advance":
            await books.payments.record_advance(self.change(), self.seller, ticket, came)
        elif what == "refund" and self.payments:
            of = self.payments[which % len(self.payments)]
            await books.payments.refund_payment(
                self.change(), self.seller, of.id, min(paise, of.paise)
            )
        elif paper is not None and what == "pay":
            self.payments.append(await books.payments.record_payment(self.change(), paper.id, came))
        elif paper is not None and what == "credit":
            await books.ledger.issue_credit_note(
                self.change(), self.seller, paper.id, None, "All of it"
            )
        elif paper is not None and what == "void":
            await books.ledger.void_invoice(self.change(), paper.id, "Taken back")


@pytest.mark.row("IN-11")
async def test_dues_equal_the_books_on_any_day(records: Records) -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=STEPS)
    def years(steps: list[tuple[str, int, int, int]]) -> None:
        asyncio.run_coroutine_threadsafe(_lived(records, steps), loop).result(120)

    await asyncio.to_thread(years)


async def _lived(records: Records, steps: list[tuple[str, int, int, int]]) -> None:
    await empty_records(records)
    books = desk(records)
    year = Year(books, await books.settled())
    for step in steps:
        await year.step(*step)
    assert sum((await reports.trial_balance(records)).values()) == 0
    entries = [(r["about"], r["day"], r["paise"]) for r in await records.rows(ENTRIES)]
    issued: dict[str, IssuedDocument] = {paper.id: paper for paper in year.papers}
    for as_of in sorted({year.today, *(day + timedelta(days=31) for _, day, _ in entries)}):
        owed = defaultdict[str, int](int)
        for about, day, paise in entries:
            owed[about] += paise if day <= as_of else 0
        await _dues_are(records, as_of, {i: p for i, p in owed.items() if p}, issued)
        await _statements_are(records, as_of, owed, year.papers)


async def _dues_are(
    records: Records, as_of: date, owed: dict[str, int], issued: dict[str, IssuedDocument]
) -> None:
    """Count what is owed once more, plainly."""
    told = await dues.dues_of_garage(records, PUNE, as_of)
    days = {i: (as_of - issued[i].invoice.date).days for i, paise in owed.items() if paise > 0}
    ages = {i: DueInvoice(invoice=issued[i].id, days=d, paise=owed[i]).age for i, d in days.items()}
    assert [(one.age, one.invoices, one.paise) for one in told.sums] == [
        (
            age,
            sum(a is age for a in ages.values()),
            sum(owed[i] for i, a in ages.items() if a is age),
        )
        for age in DueAge
    ]
    assert told.receivable == sum(owed.values())
    assert told.owed_back == -sum(paise for paise in owed.values() if paise < 0)
    listed = await dues.due_invoices(records, PUNE, as_of, first=99)
    assert [one.days for one in listed] == sorted(days.values(), reverse=True)
    assert {(one.invoice, one.days, one.paise) for one in listed} == {
        (i, d, owed[i]) for i, d in days.items()
    }
    who = await dues.due_customers(records, PUNE, as_of, first=99)
    assert sum(one.paise for one in who) == told.owed
    assert sum(one.invoices for one in who) == len(days)


async def _statements_are(
    records: Records, as_of: date, owed: dict[str, int], papers: list[IssuedDocument]
) -> None:
    store = StatementStore(records, VAULT)
    fleet = {paper.id for paper in papers if paper.invoice.to_business}
    for paper in papers:
        said = await store.statement(paper, date(2026, 1, 1), as_of)
        lines = await store.lines(said, first=99)
        own = fleet if paper.id in fleet else {paper.id}
        assert said.closing == sum(owed[i] for i in own)
        assert said.closing == (lines[-1].balance if lines else 0)


async def test_each_day_belongs_to_one_age(books: Desk) -> None:
    seller = await books.settled()
    paper = await books.issue(seller, "tkt_one")
    owed, day = paper.invoice.totals.payable, paper.invoice.date
    found: dict[int, list[int]] = {}
    for days in (-1, 0, 30, 31, 60, 61, 90, 91, 4_000):
        told = await dues.dues_of_garage(books.records, PUNE, day + timedelta(days=days))
        found[days] = [one.paise for one in told.sums]
    young, middle, older, oldest = ([owed if n == at else 0 for n in range(4)] for at in range(4))
    assert found == {
        -1: [0] * 4,
        0: young,
        30: young,
        31: middle,
        60: middle,
        61: older,
        90: older,
        91: oldest,
        4_000: oldest,
    }


async def test_dues_are_read_page_by_page(books: Desk) -> None:
    seller, today = await books.settled(), law_day(NOW)
    papers = [await books.issue(seller, f"tkt_{n}", part_paise=100_00 * (n + 1)) for n in range(3)]
    fleet = [
        await books.issue(seller, f"tkt_fleet_{n}", buyer=customer(FLEET), part_paise=100_00)
        for n in range(2)
    ]
    read: list[DueInvoice] = []
    who: list[DueCustomer] = []
    for _ in (*papers, *fleet):
        after = read[-1].invoice if read else None
        read += await dues.due_invoices(
            books.records, PUNE, today, first=1, after=after, age=DueAge.DAYS_0_TO_30
        )
        place = (who[-1].paise, who[-1].invoice) if who else None
        who += await dues.due_customers(books.records, PUNE, today, first=1, after=place)
    sums = [paper.invoice.totals.payable for paper in papers]
    together = sum(paper.invoice.totals.payable for paper in fleet)
    assert {one.invoice for one in read} == {paper.id for paper in (*papers, *fleet)}
    assert len(read) == len(papers) + len(fleet)
    assert [one.paise for one in who] == sorted([*sums, together], reverse=True)
    assert (
        await dues.due_invoices(books.records, PUNE, today, first=9, age=DueAge.OVER_90_DAYS) == []
    )


async def test_a_statement_tells_each_change_by_its_paper(books: Desk) -> None:
    seller, store = await books.settled(), StatementStore(books.records, VAULT)
    made = [
        await books.ledger.issue_invoice(
            deed(at=NOW + timedelta(minutes=n)),
            seller,
            TicketInvoice(
                ticket=TicketId(f"tkt_{n}"), invoice=invoice(seller, buyer=customer(FLEET))
            ),
        )
        for n in range(2)
    ]
    paper, other = made
    today, total = paper.invoice.date, paper.invoice.totals.payable
    cash = ReceivedMoney(paise=total, method=PaymentMethod.CASH, day=today)
    await books.payments.record_payment(deed(at=NOW + timedelta(hours=1)), paper.id, cash)
    note = await books.ledger.issue_credit_note(
        deed(at=NOW + timedelta(hours=2)), seller, other.id, None, "All of it"
    )
    said = await store.statement(other, today, today)
    lines = await store.lines(said, first=9)
    told = [(line.kind, line.number, line.paise, line.balance) for line in lines]
    assert told == [
        (StatementKind.INVOICE, paper.invoice.number, total, total),
        (StatementKind.INVOICE, other.invoice.number, total, 2 * total),
        (StatementKind.PAYMENT, paper.invoice.number, -total, total),
        (StatementKind.CREDIT_NOTE, note.invoice.number, -total, 0),
    ]
    assert await _in_pages(store, other) == lines
    assert (said.opening, said.closing) == (0, 0)
    later = await store.statement(other, today + timedelta(days=1), today + timedelta(days=9))
    assert (later.opening, later.closing, await store.lines(later, first=9)) == (0, 0, [])
    with pytest.raises(InvalidInput, match=r"^until: "):
        await store.statement(other, today, today - timedelta(days=1))


async def test_a_page_goes_on_behind_its_line(books: Desk) -> None:
    """Whatever is dated back between two pages, no line is told twice, and none is left out."""
    seller, store = await books.settled(), StatementStore(books.records, VAULT)
    paper = await books.issue(seller, "tkt_one")
    today = paper.invoice.date
    for hours in (1, 2):
        came = ReceivedMoney(paise=1_00, method=PaymentMethod.UPI, day=today)
        at = NOW + timedelta(hours=hours)
        await books.payments.record_payment(deed(at=at), paper.id, came)
    said = await store.statement(paper, today - timedelta(days=9), today)
    whole = await store.lines(said, first=9)
    back = ReceivedMoney(paise=1_00, method=PaymentMethod.UPI, day=today - timedelta(days=1))
    await books.payments.record_payment(deed(at=NOW + timedelta(hours=3)), paper.id, back)
    rest = await store.lines(said, first=9, after=whole[0].place)
    assert [line.place for line in rest] == [line.place for line in whole[1:]]
    assert await store.lines(said, first=9, after="nothing of ours") == []


async def test_a_record_of_the_book_owes_as_one(books: Desk) -> None:
    """Who has no GSTIN is known by the record that their bills were made from."""
    seller, store = await books.settled(), StatementStore(books.records, VAULT)
    own = CustomerId(f"cus_{'1' * 32}")
    papers = [
        await books.ledger.issue_invoice(
            deed(),
            seller,
            TicketInvoice(ticket=TicketId(f"tkt_{of}_{n}"), invoice=invoice(seller), customer=of),
        )
        for n, of in enumerate((own, own, None, CustomerId(f"cus_{'2' * 32}")))
    ]
    owed, today = papers[0].invoice.totals.payable, papers[0].invoice.date
    who = await dues.due_customers(books.records, PUNE, today, first=9)
    assert [(one.invoices, one.paise) for one in who] == [(2, 2 * owed), (1, owed), (1, owed)]
    for paper, closing in zip(papers, (2 * owed, 2 * owed, owed, owed), strict=True):
        assert (await store.statement(paper, today, today)).closing == closing
    assert [one.id for one in await books.ledger.of_customer(own, first=1)] == [
        max(papers[0].id, papers[1].id)
    ]


async def _in_pages(store: StatementStore, paper: IssuedDocument) -> list[StatementLine]:
    said, read = (
        await store.statement(paper, paper.invoice.date, paper.invoice.date),
        list[StatementLine](),
    )
    for _ in range(4):
        read += await store.lines(said, first=1, after=read[-1].place if read else None)
    return read
