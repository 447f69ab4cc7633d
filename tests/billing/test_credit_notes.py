"""Credit notes take back what was charged, never more, and all of it to the paisa."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.credit_notes import Credit, credit
from billing.invoices import Document, Invoice, Reference
from billing.money import Paise
from billing.numbers import number
from billing.vouchers import Advance, receipt, refund
from domain.errors import InvalidInput
from tests.billing.samples import DAY, GARAGE, RIDER, draft, invoices, issued, part

FIELDS = ("taxable", "cgst", "sgst", "igst", "payable")


def _credit(
    original: Invoice, *wanted: Credit, before: tuple[Invoice, ...] = (), day: date = DAY
) -> Invoice:
    return credit(original, wanted or None, before, day, "Part came back unused")


@pytest.mark.row("IN-7")
@given(invoices, st.data())
def test_any_history_ends_at_nothing_left(original: Invoice, data: st.DataObject) -> None:
    notes: tuple[Invoice, ...] = ()
    for line in original.lines:
        if line.taxable and data.draw(st.booleans()):
            taken = Paise(data.draw(st.integers(1, line.taxable)))
            notes = (*notes, _credit(original, Credit(line=line.n, taxable=taken), before=notes))
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
    assert note.against == Reference(number=number("DL01/2627/000123"), date=DAY)
    assert note.totals == issued().totals
    assert [(line.of_line, line.quantity) for line in note.lines] == [
        (1, Decimal("2.5")),
        (2, Decimal(1)),
        (3, Decimal(2)),
    ]


@pytest.mark.row("IN-7")
def test_one_of_two_pads_comes_back() -> None:
    first = _credit(issued(), Credit(line=3, quantity=Decimal(1)))
    assert (first.lines[0].taxable, first.lines[0].quantity) == (600_00, Decimal(1))
    assert first.totals.payable == 708_00
    second = _credit(issued(), Credit(line=3), before=(first,))
    assert (second.lines[0].taxable, second.lines[0].quantity) == (600_00, Decimal(1))


@pytest.mark.row("IN-7")
@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ((Credit(line=9),), "^line: 9 is not on the invoice"),
        ((Credit(line=1), Credit(line=1)), "^lines: name a line twice"),
        ((Credit(line=1, taxable=Paise(1500_01)),), "^lines.1: 150001 paise is more than is left"),
        ((Credit(line=3, quantity=Decimal(3)),), "^lines.3: 3 is more than is left, 2"),
    ],
)
def test_more_than_was_charged_is_refused(wanted: tuple[Credit, ...], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        _credit(issued(), *wanted)


@pytest.mark.row("IN-7")
def test_nothing_is_taken_back_twice() -> None:
    note = _credit(issued())
    with pytest.raises(InvalidInput, match=r"^lines: are all taken back already"):
        _credit(issued(), before=(note,))
    with pytest.raises(InvalidInput, match=r"^lines.2: is taken back already"):
        _credit(issued(), Credit(line=2), before=(note,))


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
        Credit(line=1, **fields)  # pyright: ignore[reportArgumentType]


def _advance(amount: int) -> Advance:
    return Advance(
        date=DAY,
        supplier=GARAGE,
        recipient=RIDER,
        place=draft().place,
        amount=Paise(amount),
    )


@given(st.integers(1, 10**10))
def test_voucher_is_of_the_sum_received(amount: int) -> None:
    voucher = receipt(_advance(amount))
    assert voucher.totals.payable == amount
    assert abs(voucher.totals.round_off) <= 2
    assert voucher.totals.cgst == voucher.totals.sgst


def test_an_advance_by_hand() -> None:
    voucher = receipt(_advance(5_000_00))
    sums = voucher.totals
    assert (sums.taxable, sums.cgst, sums.sgst, sums.round_off) == (4237_29, 381_36, 381_36, -1)


def test_advance_for_a_part_names_goods() -> None:
    voucher = receipt(replace(_advance(1_000_00), hsn="850760", description="Advance for a pack"))
    assert (voucher.lines[0].kind, voucher.lines[0].rate) == ("part", Decimal(18))


def test_advance_given_back() -> None:
    voucher = replace(receipt(_advance(5_000_00)), number=number("RV/2627/1"))
    back = refund(voucher, DAY, "Repair called off")
    assert (back.kind, back.against, back.totals) == (
        Document.REFUND_VOUCHER,
        Reference(number=number("RV/2627/1"), date=DAY),
        voucher.totals,
    )
    with pytest.raises(InvalidInput, match=r"^voucher: "):
        refund(issued(), DAY, "Not a voucher")
    with pytest.raises(InvalidInput, match=r"^date: "):
        refund(voucher, DAY - timedelta(days=1), "Too early")


def test_a_line_of_nothing_can_be_taken_back_once() -> None:
    free = issued(lines=(part("Free check", "853710", 0),))
    note = _credit(free)
    assert (note.totals.payable, len(note.lines)) == (0, 1)
    with pytest.raises(InvalidInput, match=r"^lines: are all taken back already"):
        _credit(free, before=(note,))
