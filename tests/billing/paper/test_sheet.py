"""What a page says, that it says so again, and that no name can speak to the typesetter."""

import hashlib
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import numpy as np
import pytest
import zxingcpp
from pypdf import PdfReader

from billing.gst.credit_notes import CreditLine, credit_invoice
from billing.gst.document_numbers import parse_number
from billing.gst.invoices import Document, Invoice
from billing.gst.money import Paise
from billing.gst.parties import Address, Party
from billing.gst.upi import Payee, payment_link
from billing.gst.vouchers import AdvanceReceipt, receipt_voucher
from billing.ledger.settlements import Settlement
from billing.paper.copies import DocumentCopy, copies_of, demand_copy
from billing.paper.press import PdfPrinter
from billing.paper.sheet import DocumentStamp, PortalMarks, PrintOptions, balance_due, pay_link
from domain.errors import InvalidInput
from domain.ids import TicketId
from domain.personal_data import MASKED
from tests.billing.paper.png import pixels
from tests.billing.samples import DAY, FLEET, GARAGE, LINES, RIDER, draft, issued, part

PAYEE = Payee(address="battwheels.delhi@bank", name="Battwheels Garage Delhi")
ORIGINAL = PrintOptions(
    copy=DocumentCopy.ORIGINAL, payee=PAYEE, settled=Settlement(received=Paise(5_000_00))
)
HOSTILE = '#read("/etc/passwd") $x$ *b* _i_ `c` <l> @r \\ ] #] /* // " \' {{}} = - + 1. ~ & %'

GOLDEN = """
Battwheels Garage Delhi
12 Ring Road, Lajpat Nagar
New Delhi
Delhi 110024
+91 98100 00000 · bills@garage.example
GSTIN 07AAACX1234C1ZV PAN AAACX1234C
Tax Invoice
ORIGINAL FOR RECIPIENT
DL01/2627/000123
26 Nov 2026
BILLED TO
Asha Rider
12 Ring Road, Lajpat Nagar
New Delhi
Delhi 110024
State Delhi (07)
Place of supply Delhi (07)
Reverse charge No
Job tkt_abc123
# Description HSN/SAC Quantity Price Taxable Tax rate Tax Amount
1 Battery pack: isolate, open,
replace the BMS, balance
998714 2.5 HRS 600.00 1,500.00 CGST 9 %
SGST 9 %
135.00
135.00
1,770.00
2 Battery management system,
48 V, 16S
853710 1 NOS 8,500.00 8,500.00 CGST 9 %
SGST 9 %
765.00
765.00
10,030.00
3 Brake pads, front pair 871410 2 NOS 625.10
less 50.20
1,200.00 CGST 9 %
SGST 9 %
108.00
108.00
1,416.00
AMOUNT IN WORDS
Rupees Thirteen Thousand Two Hundred and Sixteen Only
HSN / SAC SUMMARY
HSN/SAC Taxable CGST SGST Tax
853710 8,500.00 9 % 765.00 9 % 765.00 1,530.00
871410 1,200.00 9 % 108.00 9 % 108.00 216.00
998714 1,500.00 9 % 135.00 9 % 135.00 270.00
Discount included 50.20
Taxable value 11,200.00
CGST 9 % 1,008.00
SGST 9 % 1,008.00
Total ₹ 13,216.00
Received 5,000.00
Balance due ₹ 8,216.00
Scan to pay ₹ 8,216.00
with any UPI app
battwheels.delhi@bank
for Battwheels Garage Delhi
Authorised signatory
Computer-generated under s.31 of the CGST Act, 2017; amounts in Indian rupees. Page 1 of 1
"""


@pytest.fixture(scope="module")
def press() -> Generator[PdfPrinter]:
    made = PdfPrinter()
    yield made
    made.close()


@pytest.mark.row("IN-9")
def test_a_page_word_for_word(press: PdfPrinter) -> None:
    job = replace(issued(), ticket=TicketId("tkt_abc123"))
    assert _text(press, job, ORIGINAL) == GOLDEN.strip()


@pytest.mark.row("IN-9")
def test_another_states_page(press: PdfPrinter) -> None:
    said = _text(press, issued(FLEET), PrintOptions())
    for words in (
        "Place of supply Haryana (06)",
        "Supply Inter-State",
        "GSTIN 06AABCG4321K1ZU PAN AABCG4321K",
        "HSN/SAC Taxable IGST Tax",
        "IGST 18 % 2,016.00",
    ):
        assert words in said
    assert "CGST 1" not in said


@pytest.mark.row("IN-9")
@pytest.mark.parametrize(
    ("invoice", "marks"),
    [
        (
            issued(),
            [DocumentCopy.ORIGINAL, DocumentCopy.TRANSPORTER, DocumentCopy.SUPPLIER_OF_GOODS],
        ),
        (issued(lines=LINES[:1]), [DocumentCopy.ORIGINAL, DocumentCopy.SUPPLIER_OF_SERVICES]),
    ],
)
def test_copies_of_goods_and_of_services(
    press: PdfPrinter, invoice: Invoice, marks: list[DocumentCopy]
) -> None:
    assert list(copies_of(invoice)) == marks
    for mark in marks:
        assert mark in _text(press, invoice, PrintOptions(copy=mark))
    assert copies_of(invoice, on_portal=True) == ()


def test_only_tax_invoices_are_marked() -> None:
    """Rule 48 is about them alone, and a copy that it does not name is refused by name."""
    bill = issued(kind=Document.BILL_OF_SUPPLY)
    assert copies_of(bill) == copies_of(credit_invoice(issued(), None, (), DAY, "Back")) == ()
    with pytest.raises(InvalidInput, match=r"^copy: SUPPLIER_OF_SERVICES is none .*TRANSPORTER"):
        demand_copy(issued(), DocumentCopy.SUPPLIER_OF_SERVICES, on_portal=False)
    with pytest.raises(InvalidInput, match=r"^copy: ORIGINAL is none .*leave it out"):
        demand_copy(issued(), DocumentCopy.ORIGINAL, on_portal=True)


def test_every_rate_of_each_tax_is_named(press: PdfPrinter) -> None:
    two = issued(lines=(LINES[0], part("Scooter", "871160", 90_000_00)))
    said = _text(press, two, PrintOptions())
    for words in ("CGST 2.5 % 2,250.00", "SGST 2.5 % 2,250.00", "CGST 9 % 135.00"):
        assert words in said


def test_what_happened_is_told_apart(press: PdfPrinter) -> None:
    happened = Settlement(
        adjusted=Paise(1_000_00),
        received=Paise(12_000_00),
        withheld=Paise(132_00),
        credited=Paise(1_416_00),
        refunded=Paise(500_00),
    )
    said = _text(press, issued(), PrintOptions(settled=happened, payee=PAYEE))
    tail = said[said.index("Advance adjusted") : said.index("for Battwheels")]
    assert tail.splitlines() == [
        "Advance adjusted 1,000.00",
        "Received 12,000.00",
        "Tax withheld (TDS) 132.00",
        "Credited 1,416.00",
        "Refunded 500.00",
        "Owed to customer ₹ 832.00",
    ]


@pytest.mark.row("IN-10")
def test_qr_asks_for_the_balance_due(press: PdfPrinter) -> None:
    [page] = press.pictures(issued(), ORIGINAL)
    [code] = zxingcpp.read_barcodes(pixels(page))
    assert code.text == (
        "upi://pay?pa=battwheels.delhi@bank&pn=Battwheels%20Garage%20Delhi&tr=DL01%2F2627%2F000123"
        "&tn=Invoice%20DL01%2F2627%2F000123&am=8216.00&cu=INR"
    )
    assert balance_due(issued(), ORIGINAL) == 8_216_00


@pytest.mark.row("IN-10")
@pytest.mark.parametrize(
    "printing",
    [
        PrintOptions(settled=Settlement(received=Paise(13_216_00)), payee=PAYEE),
        PrintOptions(stamp=DocumentStamp.VOID, payee=PAYEE),
        PrintOptions(),
    ],
)
def test_nothing_due_no_qr(press: PdfPrinter, printing: PrintOptions) -> None:
    assert pay_link(issued(), printing) is None
    assert "Scan to pay" not in _text(press, issued(), printing)


def test_portals_mark_is_printed(press: PdfPrinter) -> None:
    signed = "eyJhbGciOiJSUzI1NiJ9." + "A1b2" * 260
    portal = PortalMarks(
        irn="ab" * 32,
        ack_number="112610012345678",
        ack_at=datetime(2026, 11, 26, 6, 30, tzinfo=UTC),
        signed_qr=signed,
    )
    printing = PrintOptions(portal=portal)
    said = _text(press, issued(FLEET), printing)
    assert "IRN " + "ab" * 32 in said
    assert "Ack 112610012345678 of 26 Nov 2026, 12:00 IST" in said
    [page] = press.pictures(issued(FLEET), printing)
    assert [code.text for code in zxingcpp.read_barcodes(pixels(page))] == [signed]


@pytest.mark.parametrize("printing", [ORIGINAL, PrintOptions(stamp=DocumentStamp.DRAFT)])
def test_printed_again_byte_for_byte(press: PdfPrinter, printing: PrintOptions) -> None:
    other = PdfPrinter()
    first, again = press.pdf(issued(), printing), other.pdf(issued(), printing)
    other.close()
    assert hashlib.sha256(first).digest() == hashlib.sha256(again).digest()


async def test_printing_leaves_the_event_loop(press: PdfPrinter) -> None:
    assert await press.print(issued(), ORIGINAL) == press.pdf(issued(), ORIGINAL)


def test_many_lines_repeat_the_head_and_carry_the_sum(press: PdfPrinter) -> None:
    long = issued(lines=LINES * 14)
    pages = PdfReader(BytesIO(press.pdf(long, ORIGINAL))).pages
    texts = [page.extract_text() for page in pages]
    assert len(texts) == 3
    assert [text.count("# Description HSN/SAC") for text in texts] == [1, 1, 0]
    carried = [text.split("Carried forward ₹ ")[1].splitlines()[0] for text in texts[:1]]
    brought = [text.split("Brought forward ₹ ")[1].splitlines()[0] for text in texts[1:2]]
    assert carried == brought
    assert "Tax Invoice DL01/2627/000123" in texts[2]
    assert "Page 3 of 3" in texts[2]


@pytest.mark.parametrize("stamp", list(DocumentStamp))
def test_drafts_and_voids_say_so(press: PdfPrinter, stamp: DocumentStamp) -> None:
    assert stamp in _text(press, replace(issued(), number=None), PrintOptions(stamp=stamp))


def test_credit_note_names_its_invoice(press: PdfPrinter) -> None:
    note = credit_invoice(issued(), [CreditLine(line=3)], (), DAY, "Pads came back unused")
    said = _text(press, replace(note, number=parse_number("DL01C/2627/0001")), PrintOptions())
    for words in (
        "Credit Note",
        "CREDITED TO",
        "Against DL01/2627/000123 of 26 Nov",
        "Reason Pads came back unused",
        "Total ₹ 1,416.00",
    ):
        assert words in said


def test_receipt_voucher_of_an_advance(press: PdfPrinter) -> None:
    advance = AdvanceReceipt(
        date=DAY, supplier=GARAGE, recipient=RIDER, place=draft().place, amount=Paise(5_000_00)
    )
    said = _text(
        press,
        replace(receipt_voucher(advance), number=parse_number("RV1/2627/000001")),
        PrintOptions(),
    )
    assert "Receipt Voucher" in said
    assert "RECEIVED FROM" in said
    assert "Total ₹ 5,000.00" in said


UNTAXED_WORDS = ("CGST", "IGST", "Tax Invoice", "Place of supply", "Reverse charge", " %")


def test_bill_of_supply_names_no_tax(press: PdfPrinter) -> None:
    """Who is under composition says so above all else (Rule 5(1)(f))."""
    bill = issued(kind=Document.BILL_OF_SUPPLY)
    said = _text(press, bill, PrintOptions())
    words = "Composition taxable person, not eligible to collect tax on supplies"
    assert 0 < said.index("Bill of Supply") < said.index(words) < said.index("BILLED TO")
    assert str(GARAGE.gstin) in said
    assert [word for word in UNTAXED_WORDS if word in said.replace("CGST Act", "")] == []
    note = credit_invoice(bill, None, (), DAY, "Came back")
    taken = _text(press, replace(note, number=parse_number("DL1C/2627/000001")), PrintOptions())
    assert [word for word in UNTAXED_WORDS if word in taken.replace("CGST Act", "")] == []


def test_bill_of_the_unregistered_is_a_plain_one(press: PdfPrinter) -> None:
    plain = replace(issued(kind=Document.BILL_OF_SUPPLY), supplier=replace(GARAGE, gstin=None))
    said = _text(press, plain, PrintOptions())
    assert "Not registered under the GST law: no tax is collected" in said
    assert [
        word for word in (*UNTAXED_WORDS, "of Supply", "GSTIN", "CGST Act") if word in said
    ] == []


def test_hostile_words_are_only_printed(press: PdfPrinter) -> None:
    buyer = Party(name=HOSTILE)
    invoice = issued(buyer, lines=(part(HOSTILE, "853710", 1_00),))
    said = "".join(_text(press, invoice, PrintOptions(about=((HOSTILE, HOSTILE),))).split())
    assert said.count("".join(HOSTILE.split())) >= 2


def test_longest_names_stay_on_the_page(press: PdfPrinter) -> None:
    buyer = replace(FLEET, name="W" * 100, address=replace(_address(), text="W" * 300))
    invoice = issued(buyer, lines=(part("W" * 300, "85371000", 9_999_999_99, "99.999"),))
    page, _ = press.pictures(invoice, ORIGINAL)
    grey = pixels(page)
    assert np.all(grey[:, :150] == 255)
    assert np.all(grey[:, -150:] == 255)


@pytest.mark.row("IN-10")
@pytest.mark.parametrize("address", ["", "garage", "@bank", "a b@bank", "x@1bank", "x@bank&am=1"])
def test_what_is_no_upi_address(address: str) -> None:
    with pytest.raises(InvalidInput, match=r"^upi: "):
        Payee(address=address, name="Garage")


@pytest.mark.row("IN-10")
def test_links_keep_hostile_names_inside() -> None:
    payee = Payee(address="a1@bank", name="A&am=1#x")
    assert payment_link(payee, Paise(1), "R/1", "ß") == (
        "upi://pay?pa=a1@bank&pn=A%26am%3D1%23x&tr=R%2F1&tn=%C3%9F&am=0.01&cu=INR"
    )
    for amount, reference in ((0, "R"), (1, ""), (1, "R 1")):
        with pytest.raises(InvalidInput):
            payment_link(payee, Paise(amount), reference, "note")


@pytest.mark.row("AZ-5")
def test_masked_page_hides_who_buys(press: PdfPrinter) -> None:
    portal = PortalMarks(irn="a" * 64, ack_number="1", ack_at=datetime.now(UTC), signed_qr="buyer")
    said = replace(issued(), recipient=replace(FLEET, phone="9800000001", email="me@example.org"))
    shown = _text(press, said, replace(ORIGINAL, portal=portal, masked=True))
    billed = shown[shown.index("BILLED TO") : shown.index("Place of supply")]
    assert FLEET.gstin is not None
    hidden = [MASKED, MASKED, f"{MASKED} · {MASKED}", f"GSTIN {MASKED}"]
    assert billed.splitlines()[1:5] == hidden
    assert "For reading only: who buys is hidden. This is not the invoice." in shown
    assert "IRN" not in shown


def _address() -> Address:
    assert FLEET.address is not None
    return FLEET.address


def _text(press: PdfPrinter, invoice: Invoice, printing: PrintOptions) -> str:
    pages = PdfReader(BytesIO(press.pdf(invoice, printing))).pages
    lines = (line.strip() for page in pages for line in page.extract_text().splitlines())
    return "\n".join(lines)
