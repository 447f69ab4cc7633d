"""Garages that may not collect tax sell by bills without it, and only by those."""

from dataclasses import replace
from decimal import Decimal

import pytest

from billing.gst.invoices import Document
from billing.gst.parties import Address, Party
from billing.gst.place_of_supply import PlaceOverride
from billing.gst.series import DocumentKind
from billing.gst.states import parse_state
from billing.ledger.invoices import TicketInvoice
from billing.ledger.payments import ReceivedMoney
from billing.ledger.postings import Account, PaymentMethod
from billing.ledger.reports import month_totals, trial_balance
from billing.ledger.returns import ReturnBuilder
from billing.ledger.sellers import Scheme, SellerProfile
from billing.ledger.verification import verify_books
from domain.errors import InvalidInput
from domain.ids import TicketId
from graph.database import Graph
from graph.tickets import TicketStore
from records.database import Records
from repair import invoices as saga
from repair.invoices import InvoicePorts
from tests.billing.closed_ticket import ACCOUNTANT, asked, furnish, invoicing, operation, ticket
from tests.billing.sample_books import NOW, PROFILE, PUNE, VAULT, Desk, deed, desk, invoice

COMPOSITION = replace(PROFILE, scheme=Scheme.COMPOSITION)
UNREGISTERED = replace(PROFILE, gstin=None)
TODAY = NOW.date()
VISITOR = Party(
    name="Visitor", address=Address(text="2 MG Road", pincode="560001", state=parse_state("29"))
)


@pytest.fixture
async def books(graph: Graph, records: Records) -> Desk:
    books = desk(records)
    await furnish(graph, books)
    await TicketStore(graph).add(ticket("one"), [])
    await TicketStore(graph).add(ticket("two"), [])
    return books


@pytest.fixture
def way(graph: Graph, books: Desk) -> InvoicePorts:
    return invoicing(graph, books.records, books)


@pytest.mark.row("IN-1")
@pytest.mark.parametrize("profile", [COMPOSITION, UNREGISTERED])
async def test_garage_without_tax_sells_by_bills_in_their_own_series(
    books: Desk, way: InvoicePorts, profile: SellerProfile
) -> None:
    await books.garages.set(deed(), profile, 1)
    estimate = await saga.estimate_invoice(way, asked("one"), ACCOUNTANT, NOW)
    papers = [await saga.issue_invoice(way, asked(name), operation()) for name in ("one", "two")]
    sums = papers[0].invoice.totals
    assert estimate.invoice is not None
    assert estimate.invoice.totals == sums
    assert [paper.invoice.number for paper in papers] == ["PN1B/2627/000001", "PN1B/2627/000002"]
    assert {(p.kind, p.invoice.kind) for p in papers} == {
        (DocumentKind.INVOICE, Document.BILL_OF_SUPPLY)
    }
    assert (sums.taxable, sums.tax, sums.payable) == (13_040_00, 0, 13_040_00)
    assert {line.rate for line in papers[0].invoice.lines} == {Decimal(0)}
    accounts = await trial_balance(books.records)
    assert {account for account, paise in accounts.items() if paise} == {
        Account.RECEIVABLE,
        Account.SALES,
    }
    assert {total.rate_bp for total in await month_totals(books.records, PUNE, TODAY)} == {0}
    assert (await verify_books(books.records)).touched is None


async def test_bill_is_paid_and_credited_as_an_invoice_is(books: Desk, way: InvoicePorts) -> None:
    seller = await books.garages.set(deed(), COMPOSITION, 1)
    paper = await saga.issue_invoice(way, asked("one"), operation())
    came = ReceivedMoney(paise=1_000_00, method=PaymentMethod.CASH, day=TODAY)
    await books.payments.record_payment(deed(), paper.id, came)
    note = await books.ledger.issue_credit_note(deed(), seller, paper.id, None, "Came back")
    assert (note.invoice.number, note.invoice.totals.tax) == ("PN1C/2627/000001", 0)
    assert (await books.ledger.get(paper.id)).balance.due == -1_000_00  # pyright: ignore[reportOptionalMemberAccess]


async def test_composition_sells_within_its_state_alone(books: Desk, way: InvoicePorts) -> None:
    """The accountant may say that it does, and why."""
    await books.garages.set(deed(), COMPOSITION, 1)
    with pytest.raises(InvalidInput) as refused:
        await saga.issue_invoice(way, asked("one", VISITOR), operation())
    numbers = await books.records.rows("select number from document")
    here = PlaceOverride(state=parse_state("27"), reason="Repaired and handed over in Pune")
    paper = await saga.issue_invoice(way, asked("one", VISITOR, overrule=here), operation())
    assert (refused.value.field, numbers) == ("placeOfSupply", [])
    assert paper.invoice.number == "PN1B/2627/000001"


async def test_bill_has_no_reverse_charge(books: Desk, way: InvoicePorts) -> None:
    await books.garages.set(deed(), UNREGISTERED, 1)
    with pytest.raises(InvalidInput) as refused:
        await saga.issue_invoice(way, asked("one", reverse_charge=True), operation())
    assert refused.value.field == "reverseCharge"
    assert await books.records.rows("select number from document") == []


@pytest.mark.parametrize(
    ("profile", "kind"),
    [(COMPOSITION, Document.TAX_INVOICE), (PROFILE, Document.BILL_OF_SUPPLY)],
)
async def test_garage_issues_its_own_kind_alone(
    books: Desk, profile: SellerProfile, kind: Document
) -> None:
    """Whoever asks: collecting tax under composition is an offence, and so is not collecting it."""
    seller = await books.garages.set(deed(), profile, 1)
    wanted = replace(invoice(seller), kind=kind)
    with pytest.raises(InvalidInput) as refused:
        await books.ledger.issue_invoice(
            deed(), seller, TicketInvoice(ticket=TicketId("tkt_one"), invoice=wanted)
        )
    assert refused.value.field == "kind"
    assert await books.records.rows("select number from document") == []


async def test_bills_are_in_no_table_of_gstr1(books: Desk, way: InvoicePorts) -> None:
    """A garage that left composition returns what it sold since; one that stays, nothing."""
    under = await books.garages.set(deed(), COMPOSITION, 1)
    bill = await saga.issue_invoice(way, asked("one"), operation())
    await books.ledger.issue_credit_note(deed(), under, bill.id, None, "Came back")
    returns = ReturnBuilder(books.records, VAULT)
    with pytest.raises(InvalidInput) as refused:
        await returns.sales_return([under], COMPOSITION.gstin, TODAY.replace(day=1))
    regular = await books.garages.set(deed(), PROFILE, 2)
    sold = await saga.issue_invoice(way, asked("two"), operation())
    made = await returns.sales_return([regular], PROFILE.gstin, TODAY.replace(day=1))
    assert refused.value.field == "scheme"
    assert (sold.invoice.number, sold.invoice.kind) == ("PN1/2627/000001", Document.TAX_INVOICE)
    assert [(row.section, row.taxable) for row in made.rows] == [("b2cs", 13_040_00)]
    assert (made.untaxed, [doc.first for doc in made.docs]) == ((), ["PN1/2627/000001"])


async def test_advance_without_tax_has_a_receipt_and_no_voucher(books: Desk) -> None:
    seller = await books.garages.set(deed(), COMPOSITION, 1)
    came = ReceivedMoney(paise=1_180_00, method=PaymentMethod.CASH, day=TODAY)
    paid = await books.payments.record_advance(deed(), seller, TicketId("tkt_one"), came)
    kept = await books.records.rows("select payment from receipt_voucher")
    assert (paid.number, kept) == ("PN1R/2627/000001", [])


def test_composition_needs_a_gstin() -> None:
    with pytest.raises(InvalidInput, match=r"^scheme: composition is for registered garages alone"):
        replace(PROFILE, gstin=None, scheme=Scheme.COMPOSITION)
