"""The return equals the sum of its documents, whatever was sold and taken back."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.credit_notes import credit
from billing.e_invoice import text
from billing.gstr1 import Section, gstr1
from billing.gstr1_files import as_csv, as_json
from billing.invoices import Invoice
from billing.money import plain
from billing.numbers import number
from billing.parties import Party
from domain.errors import InvalidInput
from tests.billing.samples import DAY, FLEET, GARAGE, RIDER, address, invoices, issued, part

SELLER = str(GARAGE.gstin)
AWAY = Party(name="Visitor", address=address("32"))
FIELDS = ("taxable", "igst", "cgst", "sgst")


def _numbered(documents: list[Invoice]) -> list[Invoice]:
    return [
        replace(d, number=number(f"DL01/2627/{n:06d}")) for n, d in enumerate(documents, start=1)
    ]


def _note(invoice: Invoice, serial: int) -> Invoice:
    note = credit(invoice, None, (), DAY, "Taken back")
    return replace(note, number=number(f"DL1C/2627/{serial:06d}"))


@settings(max_examples=40)
@given(st.lists(invoices, min_size=1, max_size=6), st.data())
def test_return_equals_the_sum_of_documents(sold: list[Invoice], data: st.DataObject) -> None:
    sold = _numbered(sold)
    taken = [_note(d, n) for n, d in enumerate(sold, start=1) if data.draw(st.booleans())]
    made = gstr1([*sold, *taken], SELLER, DAY)
    notes = {Section.CDNR, Section.CDNUR}
    for field in FIELDS:
        net = sum(getattr(d.totals, field) for d in sold) - sum(
            getattr(d.totals, field) for d in taken
        )
        signs = [(-1 if row.section in notes else 1, row) for row in made.rows]
        assert sum(sign * getattr(row, field) for sign, row in signs) == net
        assert sum(getattr(row, field) for row in made.hsn) == net
    assert sum(doc.count for doc in made.docs) == len(sold) + len(taken)


def test_each_sale_in_its_section() -> None:
    large = (part("Pack", "850760", 90_000_00),)
    documents = _numbered([issued(FLEET), issued(RIDER), issued(AWAY), issued(AWAY, lines=large)])
    notes = [_note(d, n) for n, d in enumerate(documents[:1] + documents[3:], start=1)]
    made = gstr1([*documents, *notes], SELLER, DAY)
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
    made = json.loads(text(as_json(gstr1(documents, SELLER, DAY))), parse_float=str)
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
    made = gstr1(_numbered(sold), SELLER, DAY)
    files = as_csv(made)
    assert set(files) == {"b2b", "b2cl", "b2cs", "cdnr", "cdnur", "hsn", "docs"}
    cells = [line.split(",") for line in files["hsn"].splitlines()[1:]]
    total = sum(Decimal(row[4]) for row in cells)
    assert total == sum(Decimal(plain(d.totals.taxable)) for d in sold)


def test_voided_documents_are_only_counted() -> None:
    [document] = _numbered([issued(FLEET)])
    made = gstr1([document], SELLER, DAY, void=[number("DL01/2627/000001")])
    assert (made.rows, made.hsn) == ((), ())
    assert [(doc.count, doc.void) for doc in made.docs] == [(1, 1)]


def test_what_does_not_belong_is_refused() -> None:
    with pytest.raises(
        InvalidInput, match=r"^documents: DL01/2627/000123 is not issued in 10/2026"
    ):
        gstr1([issued()], SELLER, date(2026, 10, 1))
    with pytest.raises(InvalidInput, match=r"^documents: None is not issued"):
        gstr1([replace(issued(), number=None)], SELLER, DAY)
    with pytest.raises(InvalidInput, match=r"^earlier: lacks the invoice"):
        gstr1([_note(issued(AWAY), 1)], SELLER, DAY)
