"""What the portal answered is kept, and its two clocks decide what may still be done."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, LiteralString

import pytest

from billing.gst.e_invoice import CRORE, irn_of
from billing.gst.irp import InvoicePortal, MissingPortal, PortalRegistration, StandInPortal
from billing.ledger.invoices import InvoiceLedger, TicketInvoice
from billing.ledger.issued_documents import IssuedDocument
from billing.ledger.payments import ReceivedMoney
from billing.ledger.postings import PaymentMethod
from billing.ledger.registrations import RegistrationStore
from billing.ledger.sellers import Seller
from billing.ledger.verification import verify_books
from domain.errors import IllegalTransition, InvalidInput, Unavailable
from domain.ids import InvoiceId, TicketId
from tests.billing.sample_books import (
    NOW,
    PROFILE,
    PUNE,
    VAULT,
    Desk,
    customer,
    deed,
    invoice,
    synthetic_gstin,
)

BUYER = customer(synthetic_gstin("27", "BBBPK5678D"))
LARGE = replace(PROFILE, turnover=10 * CRORE, hsn_digits=6)
TODAY = date(2026, 11, 26)
NUMBERED: LiteralString = """select (select array_agg(id order by id) from document) as papers,
    (select coalesce(sum(last), 0) from counter) as counted,
    (select count(*) from entry) as legs"""


@pytest.fixture
def portal() -> StandInPortal:
    return StandInPortal()


def kept(books: Desk, portal: InvoicePortal) -> RegistrationStore:
    return RegistrationStore(books.records, books.books, VAULT, portal)


async def _sold(books: Desk) -> tuple[Seller, IssuedDocument]:
    seller = await books.settled(profile=LARGE)
    return seller, await books.issue(seller, "tkt_one", buyer=BUYER)


@pytest.mark.row("IN-8")
async def test_answer_of_the_portal_is_kept_once(books: Desk, portal: StandInPortal) -> None:
    seller, paper = await _sold(books)
    made = kept(books, portal)
    answers = [await made.register_document(deed(), seller, paper) for _ in range(2)]
    rows = await books.records.rows("select e_invoice::text as text, irn from e_invoice")
    assert answers[0] == answers[1] == await portal.find(irn_of(paper.invoice))
    assert [row["irn"] for row in rows] == [answers[0].irn]
    assert str(BUYER.gstin) not in rows[0]["text"]
    assert (await verify_books(books.records)).touched is None


class Forgetful(StandInPortal):
    """A portal whose answer is lost on its way once: the document is known there."""

    lost = False

    async def register(self, invoice: Any, now: datetime) -> PortalRegistration:  # noqa: ANN401 - as the portal's
        answer = await super().register(invoice, now)
        if not self.lost:
            self.lost = True
            raise Unavailable("irp", "the connection broke")
        return answer


async def test_lost_answer_is_asked_for_again(books: Desk) -> None:
    seller, paper = await _sold(books)
    made = kept(books, Forgetful())
    with pytest.raises(Unavailable):
        await made.register_document(deed(), seller, paper)
    assert (await made.register_document(deed(), seller, paper)).irn == irn_of(paper.invoice)


class Impostor(StandInPortal):
    """Says to be another portal than the one that signs."""

    @property
    def public_key(self) -> Any:  # noqa: ANN401 - as the portal's
        return StandInPortal().public_key


@pytest.mark.row("IN-8")
async def test_answer_of_somebody_else_is_not_kept(books: Desk) -> None:
    seller, paper = await _sold(books)
    with pytest.raises(InvalidInput, match=r"^signature: "):
        await kept(books, Impostor()).register_document(deed(), seller, paper)
    assert await books.records.rows("select irn from e_invoice") == []


@pytest.mark.row("IN-8")
async def test_thirty_days_are_kept(books: Desk, portal: StandInPortal) -> None:
    seller, paper = await _sold(books)
    made = kept(books, portal)
    late = deed(at=NOW + timedelta(days=31))
    with pytest.raises(InvalidInput, match=r"^date: .* more than 30 days ago"):
        await made.register_document(late, seller, paper)
    assert await books.records.rows("select irn from e_invoice") == []
    assert await made.register_document(deed(at=NOW + timedelta(days=30)), seller, paper)


@pytest.mark.row("IN-8")
async def test_void_takes_it_off_the_portal_within_a_day(
    books: Desk, portal: StandInPortal
) -> None:
    """The day is the portal's: it begins with its acknowledgement, not with the issue."""
    seller, paper = await _sold(books)
    made = kept(books, portal)
    answer = await made.register_document(deed(at=NOW + timedelta(days=3)), seller, paper)
    early = deed(at=answer.ack_at + timedelta(hours=24))
    with pytest.raises(IllegalTransition) as past:
        await books.ledger.void_invoice(early, paper.id, "Past the portal")
    void = await made.void_invoice(books.ledger, early, paper.id, "Wrong customer")
    again = await made.void_invoice(books.ledger, early, paper.id, "Wrong customer")
    off = (await made.registrations_of([paper.id], PUNE))[paper.id]
    assert past.value.current == "known to the portal"
    assert void.balance is not None
    assert void.balance.voided
    assert again == void
    assert off.cancelled_at == early.at
    assert (await portal.find(answer.irn)).cancelled_at == early.at
    assert (await verify_books(books.records)).touched is None


@pytest.mark.row("IN-8")
async def test_after_a_day_a_credit_note_is_the_way(books: Desk, portal: StandInPortal) -> None:
    seller, paper = await _sold(books)
    made = kept(books, portal)
    answer = await made.register_document(deed(), seller, paper)
    late = deed(at=answer.ack_at + timedelta(hours=24, seconds=1))
    with pytest.raises(InvalidInput, match="credit note"):
        await made.void_invoice(books.ledger, late, paper.id, "Too late")
    note = await books.ledger.issue_credit_note(late, seller, paper.id, None, "Wrong customer")
    reported = await made.register_document(deed(at=late.at), seller, note)
    stands = (await books.ledger.get(paper.id)).balance
    assert (await portal.find(answer.irn)).cancelled_at is None
    assert reported.irn == irn_of(note.invoice)
    assert stands is not None
    assert (stands.voided, stands.due) == (False, 0)


async def test_reason_that_is_none_takes_nothing_off_the_portal(
    books: Desk, portal: StandInPortal
) -> None:
    seller, paper = await _sold(books)
    made = kept(books, portal)
    answer = await made.register_document(deed(), seller, paper)
    with pytest.raises(InvalidInput) as refused:
        await made.void_invoice(books.ledger, deed(), paper.id, "x")
    assert refused.value.field == "reason"
    assert await portal.find(answer.irn) == answer
    assert await books.records.rows("select invoice from e_invoice_cancel") == []


class Mortal(InvoiceLedger):
    """Dies before it has taken an invoice back."""

    async def void_invoice(self, change: Any, of: InvoiceId, reason: str) -> IssuedDocument:  # noqa: ANN401 - as the ledger's
        del change, of, reason
        raise Unavailable("postgres", "the connection broke")


@pytest.mark.row("IN-8")
async def test_invoice_whose_irn_was_cancelled_does_not_leave(
    books: Desk, portal: StandInPortal
) -> None:
    """Whoever dies between the portal and the books leaves such a one; it is voided again."""
    seller, paper = await _sold(books)
    made, change = kept(books, portal), deed()
    await made.register_document(deed(), seller, paper)
    gone = Mortal(books.records, books.books, VAULT)
    with pytest.raises(Unavailable):
        await made.void_invoice(gone, change, paper.id, "Wrong customer")
    assert await made.awaits_irn([paper], books.garages)
    with pytest.raises(IllegalTransition) as refused:
        await made.demand_may_leave(paper, books.garages)
    assert str(refused.value).endswith("Void it again: its number is burnt there.")
    void = await made.void_invoice(books.ledger, change, paper.id, "Wrong customer")
    assert not await made.awaits_irn([void], books.garages)


async def test_what_is_paid_stays_on_the_portal(books: Desk, portal: StandInPortal) -> None:
    seller, paper = await _sold(books)
    made = kept(books, portal)
    answer = await made.register_document(deed(), seller, paper)
    came = ReceivedMoney(paise=100, method=PaymentMethod.CASH, day=TODAY)
    await books.payments.record_payment(deed(), paper.id, came)
    with pytest.raises(IllegalTransition):
        await made.void_invoice(books.ledger, deed(), paper.id, "Wrong customer")
    assert (await portal.find(answer.irn)).cancelled_at is None


async def test_what_owes_no_e_invoice_is_not_reported(books: Desk, portal: StandInPortal) -> None:
    seller = await books.settled(profile=LARGE)
    walk_in = await books.issue(seller, "tkt_one")
    with pytest.raises(InvalidInput) as refused:
        await kept(books, portal).register_document(deed(), seller, walk_in)
    assert refused.value.field == "invoice"


async def test_without_a_driver_nothing_is_said_to_be_reported(books: Desk) -> None:
    seller, paper = await _sold(books)
    with pytest.raises(Unavailable):
        await kept(books, MissingPortal()).register_document(deed(), seller, paper)
    assert await books.records.rows("select irn from e_invoice") == []


@pytest.mark.row("IN-1", "IN-8")
async def test_what_could_not_be_reported_is_not_issued(books: Desk) -> None:
    seller = await books.settled(profile=LARGE)
    short = replace(BUYER, name="Ab")
    wanted = TicketInvoice(ticket=TicketId("tkt_one"), invoice=invoice(seller, buyer=short))
    with pytest.raises(InvalidInput) as refused:
        await books.ledger.issue_invoice(deed(), seller, wanted)
    assert refused.value.field == "customer.name"
    assert await books.records.rows("select id from document") == []


@pytest.mark.row("IN-8")
async def test_note_that_could_not_be_reported_takes_no_number(books: Desk) -> None:
    """A garage that grew credits a bill of four digits, which were enough on its day."""
    small = await books.settled()
    made = invoice(small, buyer=BUYER)
    four = replace(made, lines=tuple(replace(line, hsn=line.hsn[:4]) for line in made.lines))
    wanted = TicketInvoice(ticket=TicketId("tkt_one"), invoice=four)
    paper = await books.ledger.issue_invoice(deed(), small, wanted)
    grown = await books.garages.set(deed(), LARGE, 1)
    before = await books.records.rows(NUMBERED)
    with pytest.raises(InvalidInput) as refused:
        await books.ledger.issue_credit_note(deed(), grown, paper.id, None, "Wrong customer")
    assert refused.value.field == "lines.1.hsn"
    assert await books.records.rows(NUMBERED) == before
    assert await books.ledger.get(paper.id) == paper
