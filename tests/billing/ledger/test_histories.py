"""Whatever happens to a garage's books, in whatever order: they balance, and nothing is lost."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.gst.credit_notes import CreditLine
from billing.ledger import reports
from billing.ledger.invoice_pages import InvoiceFilter
from billing.ledger.issued_documents import InvoiceStatus, IssuedDocument
from billing.ledger.payments import Payment, ReceivedMoney
from billing.ledger.postings import Account, PaymentMethod
from billing.ledger.sellers import Seller
from billing.ledger.verification import verify_books
from billing.paper.sheet import PrintOptions, sheet_json
from domain.errors import Refused
from domain.ids import InvoiceId, TicketId
from records.database import Records
from tests.billing.sample_books import PUNE, Desk, deed, desk
from tests.empty_stores import empty_records

TODAY = date(2026, 11, 26)
BALANCES = """select invoice, total_paise - credited_paise - paid_paise as due, voided,
  coalesce((select sum(paise) from entry
    where about = invoice and account = 'receivable'), 0) as owed
  from invoice_balance"""
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["issue", "pay", "several", "tds", "advance", "refund", "credit", "all", "void"]
        ),
        st.integers(0, 5),
        st.integers(1, 900_000),
    ),
    min_size=5,
    max_size=25,
)


@dataclass
class History:
    """What has happened so far, so that the next step has something to happen to."""

    books: Desk
    seller: Seller
    papers: list[IssuedDocument] = field(default_factory=list[IssuedDocument])
    payments: list[Payment] = field(default_factory=list[Payment])

    async def step(self, what: str, which: int, paise: int) -> None:
        """Try one thing; a refusal is part of the game."""
        try:
            await self._try(what, which, paise)
        except Refused:
            return

    async def _try(self, what: str, which: int, paise: int) -> None:
        books, seller = self.books, self.seller
        paper = self.papers[which % len(self.papers)] if self.papers else None
        method = PaymentMethod.TDS if what == "tds" else PaymentMethod.UPI
        came = ReceivedMoney(paise=paise, method=method, day=TODAY)
        if what == "issue":
            ticket = f"tkt_{which}"
            self.papers.append(await books.issue(seller, ticket, part_paise=paise))
        elif what == "advance":
            made = await books.payments.record_advance(
                deed(), seller, TicketId(f"tkt_{which}"), came
            )
            self.payments.append(made)
        elif what in {"pay", "tds"} and paper is not None:
            self.payments.append(await books.payments.record_payment(deed(), paper.id, came))
        elif what == "several" and paper is not None:
            also = [
                replace(came, method=PaymentMethod.CARD),
                replace(came, method=PaymentMethod.TDS),
            ]
            self.payments.append(await books.payments.record_payment(deed(), paper.id, came, also))
        elif what == "refund" and self.payments:
            paid = self.payments[which % len(self.payments)]
            await books.payments.refund_payment(deed(), seller, paid.id, min(paise, paid.paise))
        elif what == "credit" and paper is not None:
            line = CreditLine(line=1 + which % 2, quantity=Decimal("0.5"))
            await books.ledger.issue_credit_note(deed(), seller, paper.id, [line], "Partly")
        elif what == "all" and paper is not None:
            await books.ledger.issue_credit_note(deed(), seller, paper.id, None, "Wholly")
        elif what == "void" and paper is not None:
            await books.ledger.void_invoice(deed(), paper.id, "Taken back")


@pytest.mark.row("IN-11")
async def test_books_balance_after_any_history(records: Records) -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=STEPS)
    def histories(steps: list[tuple[str, int, int]]) -> None:
        asyncio.run_coroutine_threadsafe(_lived(records, steps), loop).result(120)

    await asyncio.to_thread(histories)


async def _lived(records: Records, steps: list[tuple[str, int, int]]) -> None:
    await empty_records(records)
    books = desk(records)
    history = History(books, await books.settled())
    for step in steps:
        await history.step(*step)
    trial = await reports.trial_balance(records)
    balances = await records.rows(BALANCES)
    advances = await records.rows(
        "select coalesce(sum(paise), 0) as held from entry where account = 'advances'"
    )
    assert sum(trial.values()) == 0
    assert [(b["due"] if not b["voided"] else 0) for b in balances] == [b["owed"] for b in balances]
    assert advances[0]["held"] <= 0
    assert trial.get(Account.CASH, 0) == 0
    month = await reports.month_totals(records, None, TODAY)
    assert [t for t in month if t.lines or t.taxable] == [
        t for t in await reports.recount_month(records, None, TODAY) if t.lines or t.taxable
    ]
    await _lists_agree(books, history.papers)
    for paper in history.papers:
        await _page_tells_the_ledger(books, paper.id)
    assert (await verify_books(records)).touched is None


async def _lists_agree(books: Desk, papers: list[IssuedDocument]) -> None:
    """A list by standing holds the invoices that stand so, as the balance of each says."""
    read = await books.ledger.many([paper.id for paper in papers])
    listed = {
        (paper.id, status)
        for status in InvoiceStatus
        for paper in await books.ledger.page(PUNE, first=99, wanted=InvoiceFilter(status=status))
    }
    assert listed == {(p.id, p.balance.status) for p in read.values() if p.balance is not None}


async def _page_tells_the_ledger(books: Desk, id: InvoiceId) -> None:
    """Rebuild what a page says of an invoice's debt from payments, notes and the balance."""
    paper = await books.ledger.get(id)
    balance = paper.balance
    if balance is None or balance.voided:
        return
    settled = await books.payments.settlement(id)
    page = json.loads(sheet_json(paper.invoice, PrintOptions(settled=settled)))
    said = {name: int(text.replace(",", "").replace(".", "")) for name, text in page["settled"]}
    moved = [p for p in (await books.payments.of_invoices([id]))[id] if p.invoice == id]
    notes = (await books.ledger.credit_notes([id]))[id]
    rebuilt = {
        "Received": sum(p.paise for p in moved if p.kind == "payment"),
        "Tax withheld (TDS)": sum(p.paise for p in moved if p.kind == "tds"),
        "Credited": sum(note.invoice.totals.payable for note in notes),
    }
    assert {name: said.get(name, 0) for name in rebuilt} == rebuilt
    own = sum(p.paise for p in moved if p.kind == "refund" and p.ticket is None)
    assert said.get("Refunded", 0) >= own
    left = said.get("Balance due", 0) - said.get("Owed to customer", 0)
    if said:
        assert left == balance.due
        came = sum(said.get(name, 0) for name in (*rebuilt, "Advance adjusted"))
        assert paper.invoice.totals.payable - came + said.get("Refunded", 0) == left
    else:
        assert balance.due == paper.invoice.totals.payable
