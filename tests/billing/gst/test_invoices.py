"""Lines always add up, whatever they are."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given

from billing.gst import money
from billing.gst.hsn_summary import summarise_by_hsn
from billing.gst.invoices import Document, Invoice, compute_invoice
from billing.gst.lines import LineKind, PricedLine, TaxSplit
from billing.gst.money import Paise
from billing.gst.parties import Party
from billing.gst.place_of_supply import Nature, PlaceOfSupply, find_place_of_supply
from billing.gst.rule46 import demand_issuable, missing_fields
from billing.paper.amounts import amount_in_words
from domain.errors import InvalidInput
from tests.billing.samples import (
    DAY,
    FLEET,
    GARAGE,
    LINES,
    RIDER,
    WALK_IN,
    draft,
    invoices,
    issued,
    paise_of,
    part,
)

SUMS = ("taxable", "cgst", "sgst", "igst", "total", "round_off", "payable")


@pytest.mark.row("IN-6")
def test_every_computed_vector(data: Path) -> None:
    for name, vector in json.loads((data / "gst_vectors.json").read_text())["tax"].items():
        buyer = FLEET if vector["inter_state"] else RIDER
        lines = tuple(_line(line["taxable"], line["rate"]) for line in vector["lines"])
        made = compute_invoice(replace(draft(buyer), lines=lines, place=_place(buyer)))
        found = {field: money.plain_amount(getattr(made.totals, field)) for field in SUMS}
        wanted = {field: vector[field] for field in SUMS if field != "total"}
        assert found == {**wanted, "total": vector["total_before_round"]}, name
        assert [money.plain_amount(line.total) for line in made.lines] == [
            line["line_total"] for line in vector["lines"]
        ]


@pytest.mark.row("IN-6")
@given(invoices)
def test_lines_add_up_to_totals(invoice: Invoice) -> None:
    sums = invoice.totals
    assert sums.total == sum(line.total for line in invoice.lines)
    assert sums.payable == sums.total + sums.round_off
    assert sums.payable % 100 == 0
    assert abs(sums.round_off) <= 50
    assert sums.cgst == sums.sgst
    assert all(line.tax.cgst == line.tax.sgst for line in invoice.lines)
    assert all(line.gross - line.discount == line.taxable for line in invoice.lines)


@pytest.mark.row("IN-9")
@given(invoices)
def test_summary_adds_up_to_totals(invoice: Invoice) -> None:
    rows, sums = summarise_by_hsn(invoice.lines), invoice.totals
    for field in ("taxable", "cgst", "sgst", "igst"):
        assert sum(getattr(row, field) for row in rows) == getattr(sums, field)
    assert len({(row.hsn, row.unit, row.rate) for row in rows}) == len(rows)


def test_an_invoice_by_hand() -> None:
    made = issued()
    assert [line.taxable for line in made.lines] == [1500_00, 8500_00, 1200_00]
    assert [line.tax for line in made.lines] == [
        TaxSplit(cgst=Paise(135_00), sgst=Paise(135_00)),
        TaxSplit(cgst=Paise(765_00), sgst=Paise(765_00)),
        TaxSplit(cgst=Paise(108_00), sgst=Paise(108_00)),
    ]
    assert (made.totals.discount, made.totals.tax, made.totals.payable) == (5020, 201600, 1321600)


def test_the_same_to_another_state_bears_igst() -> None:
    made = issued(FLEET)
    assert (made.totals.cgst, made.totals.igst, made.totals.payable) == (0, 2016_00, 13216_00)


def test_reverse_charge_leaves_the_tax_to_the_buyer() -> None:
    made = issued(FLEET, reverse_charge=True)
    assert (made.totals.total, made.totals.tax) == (11200_00, 2016_00)


def test_bill_of_supply_bears_no_tax() -> None:
    made = issued(kind=Document.BILL_OF_SUPPLY)
    assert (made.totals.tax, made.totals.payable) == (0, 11200_00)


@pytest.mark.parametrize(
    ("hsn", "on"),
    [("0101", DAY), ("85044030", DAY), ("8549", DAY), ("853710", date(2010, 1, 1))],
)
def test_bill_of_supply_asks_for_no_rate(hsn: str, on: date) -> None:
    """Its code may be in no table, of several rates, to be confirmed, or without one on the day."""
    lines = (part("Anything", hsn, 1_000_00),)
    bill = replace(draft(lines=lines, kind=Document.BILL_OF_SUPPLY), date=on)
    with pytest.raises(InvalidInput):
        compute_invoice(replace(bill, kind=Document.TAX_INVOICE))
    made = compute_invoice(bill)
    assert (made.lines[0].rate, made.totals.tax, made.totals.payable) == (0, 0, 1_000_00)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": Decimal(0)}, "quantity"),
        ({"quantity": Decimal(-1)}, "quantity"),
        ({"quantity": Decimal(1_000_001)}, "quantity"),
        ({"quantity": Decimal("0.0001")}, "quantity"),
        ({"unit_price": Paise(-1)}, "unitPrice"),
        ({"discount": Paise(8_500_01)}, "discount"),
        ({"discount": Paise(-1)}, "discount"),
        ({"hsn": "998714"}, "hsn"),
        ({"hsn": "12"}, "hsn"),
        ({"description": " \x00 "}, "description"),
        ({"unit": "pieces"}, "unit"),
        ({"unit_price": money.MOST, "quantity": Decimal(2)}, "amount"),
    ],
)
def test_absurd_lines_name_their_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        replace(LINES[1], **change)  # pyright: ignore[reportArgumentType]
    assert refused.value.field == field


def test_labour_and_parts_never_share_a_line() -> None:
    with pytest.raises(InvalidInput, match=r"^hsn: 853710 does not belong on a labour line"):
        replace(LINES[0], hsn="853710")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": ()}, "lines"),
        ({"lines": LINES * 400}, "lines"),
        ({"currency": "USD"}, "currency"),
        ({"kind": Document.CREDIT_NOTE}, "kind"),
    ],
)
def test_absurd_drafts_name_their_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        replace(draft(), **change)  # pyright: ignore[reportArgumentType]
    assert refused.value.field == field


def test_a_sum_beyond_reason_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"^total: "):
        compute_invoice(draft(lines=(part("Gold", "8708", money.MOST),)))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"totals": replace(issued().totals, taxable=Paise(1))}, "totals"),
        ({"totals": replace(issued().totals, round_off=Paise(51))}, "roundOff"),
        ({"lines": issued().lines[1:]}, "totals"),
        ({"lines": tuple(reversed(issued().lines))}, "lines"),
        ({"kind": Document.CREDIT_NOTE}, "against"),
    ],
)
def test_what_does_not_add_up_cannot_be(change: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        replace(issued(), **change)  # pyright: ignore[reportArgumentType]
    assert refused.value.field == field


@pytest.mark.parametrize(
    "tax", [{"cgst": 1}, {"cgst": 1, "sgst": 1, "igst": 1}, {"igst": -1}, {"igst": 1.0}]
)
def test_taxes_that_cannot_be(tax: dict[str, Paise]) -> None:
    with pytest.raises(InvalidInput):
        TaxSplit(**tax)


@pytest.mark.row("IN-1")
@pytest.mark.parametrize(
    ("invoice", "lacking"),
    [
        (replace(issued(), number=None), ("number",)),
        (replace(issued(), supplier=replace(GARAGE, gstin=None)), ("supplier.gstin",)),
        (replace(issued(), supplier=replace(GARAGE, address=None)), ("supplier.address",)),
        (issued(replace(FLEET, address=None)), ("recipient.address",)),
        (issued(WALK_IN, lines=(part("Pack", "850760", 50_000_00),)), ("recipient.address",)),
        (issued(WALK_IN, lines=(part("Pack", "850760", 49_999_99),)), ()),
        (issued(lines=(part("Pack", "8507", 1_00),)), ("lines.1.hsn",)),
        (
            replace(issued(), kind=Document.BILL_OF_SUPPLY, supplier=Party(name="Small garage")),
            ("supplier.address",),
        ),
        (issued(), ()),
    ],
)
def test_what_rule_46_misses(invoice: Invoice, lacking: tuple[str, ...]) -> None:
    assert missing_fields(invoice, hsn_digits=6) == lacking


@pytest.mark.row("IN-1")
def test_nothing_missing_or_not_issued() -> None:
    assert demand_issuable(issued()) == issued()
    with pytest.raises(InvalidInput, match=r"^number: .* before issue: number, recipient.address"):
        demand_issuable(replace(issued(replace(FLEET, address=None)), number=None))


@pytest.mark.row("IN-9")
@pytest.mark.parametrize(
    ("paise", "words"),
    [
        (0, "Rupees Zero Only"),
        (1_00, "Rupee One Only"),
        (1, "Rupees Zero and One Paisa Only"),
        (1_00_000_00, "Rupees One Lakh Only"),
        (1_23_456_00, "Rupees One Lakh Twenty-Three Thousand Four Hundred and Fifty-Six Only"),
        (1_00_00_000_50, "Rupees One Crore and Fifty Paise Only"),
        (
            money.MOST,
            (
                "Rupees Nine Hundred and Ninety-Nine Crore Ninety-Nine Lakh Ninety-Nine Thousand "
                "Nine Hundred and Ninety-Nine and Ninety-Nine Paise Only"
            ),
        ),
    ],
)
def test_amounts_in_words(paise: int, words: str) -> None:
    assert amount_in_words(Paise(paise)) == words


@pytest.mark.row("IN-9")
def test_published_words(data: Path) -> None:
    for amount, words in json.loads((data / "gst_vectors.json").read_text())["words"].items():
        rupees, _, paise = words.replace(",", "").rpartition(" rupees ")
        tail = "" if paise == "zero paise" else f" and {paise}"
        said = amount_in_words(paise_of(amount))
        assert said.lower() == f"rupees {rupees}{tail} only", amount


def test_no_negative_words() -> None:
    with pytest.raises(InvalidInput, match=r"^amount: "):
        amount_in_words(Paise(-1))


@pytest.mark.row("IN-5")
def test_rate_is_of_the_day() -> None:
    tyres = (part("Tyre", "401140", 1_000_00),)
    old, new = (
        compute_invoice(replace(draft(lines=tyres), date=day))
        for day in (date(2025, 9, 21), date(2025, 9, 22))
    )
    assert (old.totals.tax, new.totals.tax) == (280_00, 180_00)


def _line(taxable: str, rate: str) -> PricedLine:
    return PricedLine(
        kind=LineKind.PART,
        hsn={"5": "871160", "18": "853710"}[rate],
        description="A part",
        quantity=Decimal(1),
        unit="NOS",
        unit_price=paise_of(taxable),
    )


def _place(buyer: Party) -> PlaceOfSupply:
    return find_place_of_supply(GARAGE, buyer, [Nature.SERVICE])
