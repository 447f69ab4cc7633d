"""The return equals the sum of its documents, whatever was sold and taken back."""

import itertools
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.gst import money
from billing.gst.advances import HeldAdvance, advance_movements, amounts_left
from billing.gst.credit_notes import credit_invoice
from billing.gst.document_numbers import parse_number
from billing.gst.e_invoice import inv01_text
from billing.gst.gstr1 import ReturnInputs, build_gstr1
from billing.gst.gstr1_files import to_csv_files, to_portal_json
from billing.gst.gstr1_rows import ReturnSection, merge_returns
from billing.gst.invoices import Document, Invoice, compute_invoice, compute_totals
from billing.gst.lines import UNTAXED, LineKind, PricedLine
from billing.gst.money import Paise, plain_amount
from billing.gst.parties import Party
from billing.gst.place_of_supply import Nature, find_place_of_supply
from billing.gst.tariff_codes import LABOUR
from billing.gst.tax_rates import RATES, TaxRate, rate_table
from billing.gst.vouchers import AdvanceReceipt, receipt_voucher
from domain.errors import InvalidInput
from tests.billing.samples import (
    DAY,
    FLEET,
    GARAGE,
    LINES,
    RIDER,
    address,
    draft,
    invoices,
    issued,
    part,
)

SELLER = str(GARAGE.gstin)
AWAY = Party(name="Visitor", address=address("32"))
MANUAL = TaxRate(code="4901", since=date(2019, 8, 1), percent=Decimal(0))
FIELDS = ("taxable", "igst", "cgst", "sgst")


def _numbered(documents: list[Invoice]) -> list[Invoice]:
    return [
        replace(d, number=parse_number(f"DL01/2627/{n:06d}"))
        for n, d in enumerate(documents, start=1)
    ]


def _untaxed(invoice: Invoice) -> Invoice:
    """Give the same as a bill of supply."""
    lines = tuple(replace(line, rate=Decimal(0), tax=UNTAXED) for line in invoice.lines)
    sums = compute_totals(lines, money.round_off(compute_totals(lines, money.ZERO).total))
    return replace(invoice, kind=Document.BILL_OF_SUPPLY, lines=lines, totals=sums)


def _note(invoice: Invoice, serial: int) -> Invoice:
    note = credit_invoice(invoice, None, (), DAY, "Taken back")
    return replace(note, number=parse_number(f"DL1C/2627/{serial:06d}"))


@settings(max_examples=40)
@given(st.lists(invoices, min_size=1, max_size=6), st.data())
def test_return_equals_the_sum_of_documents(sold: list[Invoice], data: st.DataObject) -> None:
    sold = _numbered([_untaxed(d) if data.draw(st.booleans()) else d for d in sold])
    taken = [_note(d, n) for n, d in enumerate(sold, start=1) if data.draw(st.booleans())]
    made = build_gstr1([*sold, *taken], SELLER, DAY)
    notes = {ReturnSection.CDNR, ReturnSection.CDNUR}
    untaxed = sum(row.nil + row.exempt for row in made.untaxed)
    for field in FIELDS:
        net = sum(getattr(d.totals, field) for d in sold) - sum(
            getattr(d.totals, field) for d in taken
        )
        signs = [(-1 if row.section in notes else 1, row) for row in made.rows]
        rows = sum(sign * getattr(row, field) for sign, row in signs)
        assert rows + (untaxed if field == "taxable" else 0) == net
        assert sum(getattr(row, field) for rows in made.hsn.values() for row in rows) == net
    assert sum(doc.count for doc in made.docs) == len(sold) + len(taken)


@settings(max_examples=40)
@given(st.lists(invoices, min_size=1, max_size=6), st.data())
def test_parts_make_the_same_return(sold: list[Invoice], data: st.DataObject) -> None:
    """However a month's documents are divided, with some void and some taken back."""
    sold = _numbered([_untaxed(d) if data.draw(st.booleans()) else d for d in sold])
    taken = [_note(d, n) for n, d in enumerate(sold, start=1) if data.draw(st.booleans())]
    void = [d.number for d in sold if d.number is not None and data.draw(st.booleans())]
    documents, beside = [*sold, *taken], ReturnInputs(void=void, earlier=sold)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(documents)))) | {0, len(documents)})
    parts = [
        build_gstr1(documents[start:end], SELLER, DAY, beside)
        for start, end in itertools.pairwise(cuts)
    ]
    assert merge_returns(parts) == build_gstr1(documents, SELLER, DAY, beside)


def test_each_sale_in_its_section() -> None:
    large = (part("Pack", "850760", 90_000_00),)
    documents = _numbered([issued(FLEET), issued(RIDER), issued(AWAY), issued(AWAY, lines=large)])
    notes = [_note(d, n) for n, d in enumerate(documents[:1] + documents[3:], start=1)]
    made = build_gstr1([*documents, *notes], SELLER, DAY)
    assert [(row.section, row.number, row.place, row.taxable) for row in made.rows] == [
        ("b2b", "DL01/2627/000001", "06", 11200_00),
        ("b2cl", "DL01/2627/000004", "32", 90_000_00),
        ("cdnr", "DL1C/2627/000001", "06", 11200_00),
        ("cdnur", "DL1C/2627/000002", "32", 90_000_00),
        ("b2cs", "", "07", 11200_00),
        ("b2cs", "", "32", 11200_00),
    ]


def test_the_portals_json() -> None:
    documents = _numbered([issued(FLEET), issued(RIDER)])
    made = json.loads(
        inv01_text(to_portal_json(build_gstr1(documents, SELLER, DAY))), parse_float=str
    )
    assert made["b2b"] == [
        {
            "ctin": "06AABCG4321K1ZU",
            "inv": [
                {
                    "inum": "DL01/2627/000001",
                    "idt": "26-11-2026",
                    "val": "13216.00",
                    "pos": "06",
                    "inv_typ": "R",
                    "rchrg": "N",
                    "itms": [
                        {
                            "num": 1,
                            "itm_det": {
                                "rt": 18,
                                "txval": "11200.00",
                                "iamt": "2016.00",
                                "camt": "0.00",
                                "samt": "0.00",
                                "csamt": "0.00",
                            },
                        }
                    ],
                }
            ],
        }
    ]
    assert [(row["pos"], row["sply_ty"], row["camt"]) for row in made["b2cs"]] == [
        ("07", "INTRA", "1008.00")
    ]
    assert made["doc_issue"]["doc_det"] == [
        {
            "doc_num": 1,
            "docs": [
                {
                    "num": 1,
                    "from": "DL01/2627/000001",
                    "to": "DL01/2627/000002",
                    "totnum": 2,
                    "cancel": 0,
                    "net_issue": 2,
                }
            ],
        }
    ]
    assert (made["gstin"], made["fp"]) == (SELLER, "112026")


@settings(max_examples=20)
@given(st.lists(invoices, min_size=1, max_size=4))
def test_csv_says_the_same(sold: list[Invoice]) -> None:
    made = build_gstr1(_numbered(sold), SELLER, DAY)
    files = to_csv_files(made)
    assert set(files) == {*ReturnSection, "nil", "hsn_b2b", "hsn_b2c", "docs"}
    tables = files["hsn_b2b"].splitlines()[1:] + files["hsn_b2c"].splitlines()[1:]
    cells = [line.split(",") for line in tables]
    total = sum(Decimal(row[4]) for row in cells)
    assert total == sum(Decimal(plain_amount(d.totals.taxable)) for d in sold)


def test_what_bears_no_tax_is_told_by_buyer_and_state() -> None:
    nil = PricedLine(
        kind=LineKind.PART,
        hsn="4901",
        description="Printed manual",
        quantity=Decimal(1),
        unit="NOS",
        unit_price=Paise(100_00),
    )
    rates = rate_table([*(row for rows in RATES.values() for row in rows), MANUAL])
    mixed = replace(
        compute_invoice(draft(AWAY, (nil, *LINES)), rates), number=parse_number("DL01/2627/000009")
    )
    bills = _numbered([_untaxed(issued(FLEET)), _untaxed(issued(RIDER))])
    note = _note(bills[1], 1)
    made = build_gstr1([*bills, mixed, note], SELLER, DAY)
    assert [(u.inter_state, u.registered, u.nil, u.exempt) for u in made.untaxed] == [
        (True, False, 100_00, 0),
        (True, True, 0, 11200_00),
    ]
    assert [(row.section, row.taxable) for row in made.rows] == [("b2cs", 11200_00)]
    said = json.loads(inv01_text(to_portal_json(made)), parse_float=str)["nil"]["inv"]
    assert said == [
        {"sply_ty": "INTRB2C", "nil_amt": "100.00", "expt_amt": "0.00", "ngsup_amt": "0.00"},
        {"sply_ty": "INTRB2B", "nil_amt": "0.00", "expt_amt": "11200.00", "ngsup_amt": "0.00"},
    ]


def test_special_zones_are_named() -> None:
    zone = replace(FLEET, special_zone=True)
    [document] = _numbered([issued(zone)])
    made = json.loads(
        inv01_text(to_portal_json(build_gstr1([document], SELLER, DAY))), parse_float=str
    )
    [sold] = made["b2b"][0]["inv"]
    assert (sold["inv_typ"], sold["itms"][0]["itm_det"]["iamt"]) == ("SEWP", "2016.00")


def _received(serial: int, day: date, hsn: str = LABOUR) -> Invoice:
    place = find_place_of_supply(GARAGE, RIDER, [Nature.SERVICE])
    advance = AdvanceReceipt(
        date=day, supplier=GARAGE, recipient=RIDER, place=place, amount=Paise(1180_00), hsn=hsn
    )
    return replace(receipt_voucher(advance), number=parse_number(f"DL1R/2627/{serial:06d}"))


def test_advances_are_told_when_they_come_and_when_they_are_taken() -> None:
    """Open, half taken in its own month, for goods; taken, half taken of an earlier month."""
    october = DAY.replace(month=10)
    vouchers = [_received(n, day) for n, day in enumerate((DAY, DAY, october, october), start=1)]
    ends = (0, 1180_00), (0, 590_00), (1180_00, 0), (1180_00, 590_00)
    held = [
        HeldAdvance(voucher=voucher, before=Paise(before), after=Paise(after))
        for voucher, (before, after) in zip(vouchers, ends, strict=True)
    ]
    goods = HeldAdvance(voucher=_received(5, DAY, "853710"), before=Paise(0), after=Paise(1180_00))
    numbers = [(v.kind, v.number) for v in vouchers[:2] if v.number is not None]
    back = (Document.REFUND_VOUCHER, parse_number("DL1F/2627/000001"))
    made = build_gstr1(
        [], SELLER, DAY, ReturnInputs(held=[*held, goods], vouchers=[*numbers, back])
    )
    assert [(r.section, r.place, r.rate, r.taxable, r.cgst, r.sgst) for r in made.rows] == [
        ("at", "07", 18, 1500_00, 135_00, 135_00),
        ("txpd", "07", 18, 1500_00, 135_00, 135_00),
    ]
    assert [(d.type, d.first, d.last, d.count) for d in made.docs] == [
        (6, "DL1R/2627/000001", "DL1R/2627/000002", 2),
        (8, "DL1F/2627/000001", "DL1F/2627/000001", 1),
    ]
    said = json.loads(inv01_text(to_portal_json(made)), parse_float=str)
    assert said["at"] == [
        {
            "pos": "07",
            "sply_ty": "INTRA",
            "itms": [
                {
                    "rt": 18,
                    "ad_amt": "1500.00",
                    "iamt": "0.00",
                    "camt": "135.00",
                    "samt": "135.00",
                    "csamt": "0.00",
                }
            ],
        }
    ]
    assert [row["itms"][0]["ad_amt"] for row in said["txpd"]] == ["1500.00"]


@given(
    st.lists(st.integers(1, 10**9), min_size=1, max_size=5),
    st.lists(st.integers(0, 5 * 10**9), min_size=1, max_size=5),
)
def test_what_is_held_is_the_newest_of_what_came(came: list[int], left: list[int]) -> None:
    """Whatever is taken, its shares add up, and no later advance is touched before an earlier."""
    for wanted in (min(one, sum(came)) for one in left):
        shares = amounts_left(came, wanted)
        touched = [
            n for n, (one, share) in enumerate(zip(came, shares, strict=True)) if share < one
        ]
        assert sum(shares) == wanted
        assert touched == list(range(len(touched)))
        assert all(share == 0 for share in shares[: max(0, len(touched) - 1)])


@given(st.integers(1, 10**9), st.lists(st.integers(0, 10**9), max_size=6))
def test_an_advance_ends_at_nothing_to_the_paisa(amount: int, ends: list[int]) -> None:
    """However often parts of it are taken and given back, 11A less 11B is what is open."""
    voucher = _received(1, DAY)
    opens = [0, *(min(end, amount) for end in ends), 0]
    months = [
        HeldAdvance(voucher=voucher, before=Paise(before), after=Paise(after))
        for before, after in itertools.pairwise(opens)
    ]
    steps = advance_movements(months)
    sums = [sum(getattr(step, field) for step in steps) for field in FIELDS]
    assert sums == [0, 0, 0, 0]


@pytest.mark.parametrize(("month", "tables"), [(4, {"data": 3}), (5, {"hsn_b2b": 2, "hsn_b2c": 3})])
def test_codes_are_told_apart_since_may_2025(month: int, tables: dict[str, int]) -> None:
    day = date(2025, month, 30)
    one = replace(issued(FLEET, lines=LINES[:2]), date=day)
    documents = _numbered([one, replace(issued(RIDER), date=day)])
    made = build_gstr1(documents, SELLER, day.replace(day=1))
    hsn = to_portal_json(made)["hsn"]
    assert {name: len(rows) for name, rows in hsn.items()} == tables
    assert sum(row["txval"] for rows in hsn.values() for row in rows) == Decimal("21200.00")


def test_voided_documents_are_only_counted() -> None:
    [document] = _numbered([issued(FLEET)])
    made = build_gstr1(
        [document], SELLER, DAY, ReturnInputs(void=[parse_number("DL01/2627/000001")])
    )
    assert (made.rows, made.hsn) == ((), {"hsn_b2b": (), "hsn_b2c": ()})
    assert [(doc.count, doc.void) for doc in made.docs] == [(1, 1)]


def test_what_does_not_belong_is_refused() -> None:
    with pytest.raises(
        InvalidInput, match=r"^documents: DL01/2627/000123 is not issued in 10/2026"
    ):
        build_gstr1([issued()], SELLER, date(2026, 10, 1))
    with pytest.raises(InvalidInput, match=r"^documents: None is not issued"):
        build_gstr1([replace(issued(), number=None)], SELLER, DAY)
    with pytest.raises(InvalidInput, match=r"^documents: DL1R/2627/000001 is not issued"):
        build_gstr1([_received(1, DAY)], SELLER, DAY)
    with pytest.raises(InvalidInput, match=r"^earlier: lacks the document"):
        build_gstr1([_note(issued(AWAY), 1)], SELLER, DAY)
