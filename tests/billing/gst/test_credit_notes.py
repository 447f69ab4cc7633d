"""Credit notes take back what was charged, never more, and all of it to the paisa."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.gst.credit_notes import CreditLine, credit_invoice
from billing.gst.document_numbers import parse_number
from billing.gst.invoices import Document, DocumentReference, Invoice
from billing.gst.money import Paise
from billing.gst.vouchers import AdvanceReceipt, receipt_voucher, refund_voucher
from domain.errors import InvalidInput
from tests.billing.samples import DAY, GARAGE, RIDER, draft, invoices, issued, part

FIELDS = ("taxable", "cgst", "sgst", "igst", "payable")


def _credit(
    original: Invoice, *wanted: CreditLine, before: tuple[Invoice, ...] = (), day: date = DAY
) -> Invoice:
    return credit_invoice(original, wanted or None, before, day, "Part came back unused")


@pytest.mark.row("IN-7")
@given(invoices, st.data())
def test_any_history_ends_at_nothing_left(original: Invoice, data: st.DataObject) -> None:
    notes: tuple[Invoice, ...] = ()
    for line in original.lines:
        if line.taxable and data.draw(st.booleans()):
            taken = Paise(data.draw(st.integers(1, line.taxable)))
            notes = (
                *notes,
                _credit(original, CreditLine(line=line.n, taxable=taken), before=notes),
            )
            assert sum(n.totals.payable for n in notes) <= original.totals.payable
    if not notes or sum(n.totals.taxable for n in notes) < original.totals.taxable:
        notes = (*notes, _credit(original, before=notes))
    for field in FIELDS:
        given_back = sum(getattr(n.totals, field) for n in notes)
        assert given_back == getattr(original.totals, field), field


@pytest.mark.row("IN-7")
def test_a_whole_note_mirrors_the_invoice() -> None:
    note = _credit(issued())
    assert note.kind is Document.CREDIT_NOTE
    assert note.against == DocumentReference(number=parse_number("DL01/2627/000123"), date=DAY)
    assert note.totals == issued().totals
    assert [(line.of_line, line.quantity) for line in note.lines] == [
        (1, Decimal("2.5")),
        (2, Decimal(1)),
        (3, Decimal(2)),
    ]


@pytest.mark.row("IN-7")
@given(st.integers(1, 999_999), st.integers(2, 9), st.integers(0, 99), st.data())
def test_discounts_come_back_with_their_pieces(
    price: int, pieces: int, off: int, data: st.DataObject
) -> None:
    """However a discounted line comes back, price × quantity − discount is what is taken."""
    cut = Paise(price * pieces * off // 100)
    original = issued(lines=(part("Pads", "871410", price, str(pieces), discount=cut),))
    notes: tuple[Invoice, ...] = ()
    for _ in range(pieces):
        lowest = original.totals.taxable - sum(n.totals.taxable for n in notes)
        if lowest > 1 and data.draw(st.booleans()):
            paise = Paise(data.draw(st.integers(1, lowest // 2)))
            notes = (*notes, _credit(original, CreditLine(line=1, taxable=paise), before=notes))
        if sum(n.totals.taxable for n in notes) == original.totals.taxable > 0:
            return
        one = _credit(original, CreditLine(line=1, quantity=Decimal(1)), before=notes)
        notes = (*notes, one)
    back = [note.lines[0] for note in notes]
    assert all(abs(line.gross - line.quantity * line.unit_price) <= 1 for line in back)
    lowered = sum(line.taxable for line in back if line.value_only)
    assert sum(line.discount for line in back) == cut + lowered


@pytest.mark.row("IN-7")
def test_the_last_piece_bears_no_rounding_of_the_others() -> None:
    """Seven pieces of 6 paise, 4 paise off: 38 in all, of which a piece is 5 3/7."""
    original = issued(lines=(part("Shims", "871410", 6, "7", discount=Paise(4)),))
    notes: tuple[Invoice, ...] = ()
    for _ in range(7):
        one = _credit(original, CreditLine(line=1, quantity=Decimal(1)), before=notes)
        notes = (*notes, one)
    assert [note.lines[0].taxable for note in notes] == [5, 6, 5, 6, 5, 6, 5]
    assert [note.lines[0].gross for note in notes] == [6] * 7


@pytest.mark.row("IN-7")
def test_one_of_two_pads_comes_back() -> None:
    first = _credit(issued(), CreditLine(line=3, quantity=Decimal(1)))
    assert (first.lines[0].taxable, first.lines[0].quantity) == (600_00, Decimal(1))
    assert (first.lines[0].unit_price, first.lines[0].discount) == (625_10, 25_10)
    assert first.totals.payable == 708_00
    second = _credit(issued(), CreditLine(line=3), before=(first,))
    assert (second.lines[0].taxable, second.lines[0].quantity) == (600_00, Decimal(1))


@pytest.mark.row("IN-7")
@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ((CreditLine(line=9),), "^line: 9 is not on the invoice"),
        ((CreditLine(line=1), CreditLine(line=1)), "^lines: name a line twice"),
        (
            (CreditLine(line=1, taxable=Paise(1500_01)),),
            "^lines.1: 150001 paise is more than is left",
        ),
        ((CreditLine(line=3, quantity=Decimal(3)),), "^lines.3: 3 is more than is left, 2"),
    ],
)
def test_more_than_was_charged_is_refused(wanted: tuple[CreditLine, ...], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        _credit(issued(), *wanted)


@pytest.mark.row("IN-7")
def test_nothing_is_taken_back_twice() -> None:
    note = _credit(issued())
    with pytest.raises(InvalidInput, match=r"^lines: are all taken back already"):
        _credit(issued(), before=(note,))
    with pytest.raises(InvalidInput, match=r"^lines.2: is taken back already"):
        _credit(issued(), CreditLine(line=2), before=(note,))


def test_drafts_and_earlier_days_are_not_credited() -> None:
    with pytest.raises(InvalidInput, match=r"^invoice: is not issued"):
        _credit(replace(issued(), number=None))
    with pytest.raises(InvalidInput, match=r"^date: 2026-11-25 is before the invoice's"):
        _credit(issued(), day=DAY - timedelta(days=1))


@pytest.mark.parametrize(
    "fields",
    [
        {"quantity": Decimal(1), "taxable": 1},
        {"quantity": Decimal(0)},
        {"taxable": 0},
        {"taxable": 1.0},
    ],
)
def test_credits_that_cannot_be(fields: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        CreditLine(line=1, **fields)  # pyright: ignore[reportArgumentType]


def _advance(amount: int) -> AdvanceReceipt:
    return AdvanceReceipt(
        date=DAY,
        supplier=GARAGE,
        recipient=RIDER,
        place=draft().place,
        amount=Paise(amount),
    )


@given(st.integers(1, 10**10))
def test_voucher_is_of_the_sum_received(amount: int) -> None:
    voucher = receipt_voucher(_advance(amount))
    assert voucher.totals.payable == amount
    assert abs(voucher.totals.round_off) <= 2
    assert voucher.totals.cgst == voucher.totals.sgst


def test_an_advance_by_hand() -> None:
    voucher = receipt_voucher(_advance(5_000_00))
    sums = voucher.totals
    assert (sums.taxable, sums.cgst, sums.sgst, sums.round_off) == (4237_29, 381_36, 381_36, -1)


def test_advance_for_a_part_names_goods() -> None:
    voucher = receipt_voucher(
        replace(_advance(1_000_00), hsn="850760", description="Advance for a pack")
    )
    assert (voucher.lines[0].kind, voucher.lines[0].rate) == ("part", Decimal(18))


def test_advance_given_back() -> None:
    voucher = replace(receipt_voucher(_advance(5_000_00)), number=parse_number("RV/2627/1"))
    back = refund_voucher(voucher, DAY, "Repair called off")
    assert (back.kind, back.against, back.totals) == (
        Document.REFUND_VOUCHER,
        DocumentReference(number=parse_number("RV/2627/1"), date=DAY),
        voucher.totals,
    )
    with pytest.raises(InvalidInput, match=r"^voucher: "):
        refund_voucher(issued(), DAY, "Not a voucher")
    with pytest.raises(InvalidInput, match=r"^date: "):
        refund_voucher(voucher, DAY - timedelta(days=1), "Too early")


def test_a_line_of_nothing_can_be_taken_back_once() -> None:
    free = issued(lines=(part("Free check", "853710", 0),))
    note = _credit(free)
    assert (note.totals.payable, len(note.lines)) == (0, 1)
    with pytest.raises(InvalidInput, match=r"^lines: are all taken back already"):
        _credit(free, before=(note,))
