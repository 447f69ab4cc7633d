"""Exports, special zones and deemed exports: what they bear, what is written, where it is told."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from billing.gst.credit_notes import credit_invoice
from billing.gst.document_numbers import parse_number
from billing.gst.e_invoice import inv01_text, is_owed, to_inv01
from billing.gst.gstr1 import build_gstr1
from billing.gst.gstr1_files import to_portal_json
from billing.gst.invoices import Document, Invoice, compute_invoice
from billing.gst.irp import StandInPortal
from billing.gst.money import Paise
from billing.gst.parties import Party
from billing.gst.supplies import TAXED, Supply, SupplyKind, endorsement
from domain.errors import InvalidInput
from tests.billing.samples import (
    ABROAD_BUYER,
    DAY,
    FLEET,
    GARAGE,
    RIDER,
    SENT_ABROAD,
    WITHOUT_TAX,
    ZONE,
    draft,
    sold_as,
)

DEEMED = Supply(kind=SupplyKind.DEEMED_EXPORT)
TO_ZONE = "SUPPLY TO SEZ UNIT OR SEZ DEVELOPER FOR AUTHORISED OPERATIONS"
UNDER_LETTER = "UNDER BOND OR LETTER OF UNDERTAKING WITHOUT PAYMENT OF INTEGRATED TAX"
KINDS = [
    (TAXED, FLEET, "B2B", 18),
    (TAXED, ZONE, "SEZWP", 18),
    (WITHOUT_TAX, ZONE, "SEZWOP", 0),
    (TAXED, ABROAD_BUYER, "EXPWP", 18),
    (WITHOUT_TAX, ABROAD_BUYER, "EXPWOP", 0),
    (DEEMED, FLEET, "DEXP", 18),
]


@pytest.mark.row("IN-8")
@pytest.mark.parametrize(("supply", "buyer", "called", "percent"), KINDS)
async def test_portal_takes_each_kind_by_its_name(
    supply: Supply, buyer: Party, called: str, percent: int
) -> None:
    made = sold_as(supply, buyer)
    said = to_inv01(made)
    assert said["TranDtls"]["SupTyp"] == called
    assert {item["GstRt"] for item in said["ItemList"]} == {Decimal(percent)}
    assert (made.totals.tax == 0) is (percent == 0)
    assert is_owed(made, Paise(10**13))
    now = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
    assert (await StandInPortal().register(made, now)).irn


def test_each_kind_stands_where_the_return_wants_it() -> None:
    sold = [sold_as(supply, buyer, serial=n) for n, (supply, buyer, _, _) in enumerate(KINDS, 1)]
    made = told(sold)
    assert {(i["inum"][-1], i["inv_typ"]) for b in made["b2b"] for i in b["inv"]} == {
        *(("1", "R"), ("2", "SEWP"), ("3", "SEWOP"), ("6", "DE")),
    }
    assert [(e["exp_typ"], [i["inum"][-1] for i in e["inv"]]) for e in made["exp"]] == [
        ("WOPAY", ["5"]),
        ("WPAY", ["4"]),
    ]
    [item] = made["exp"][0]["inv"][0]["itms"]
    assert item == {"txval": "11200.00", "rt": "0", "iamt": "0.00", "csamt": "0.00"}
    assert "pos" not in made["exp"][0]["inv"][0]
    assert (made["b2cl"], made["b2cs"], made["nil"]["inv"]) == ([], [], [])


def test_a_registered_buyer_abroad_of_older_books_is_told_as_registered() -> None:
    older = replace(sold_as(TAXED, FLEET), place=SENT_ABROAD)
    assert [of["inv"][0]["inv_typ"] for of in told([older])["b2b"]] == ["R"]


def test_series_of_a_type_stand_together() -> None:
    """Garages of one GSTIN number in series of their own."""
    sold = [
        replace(sold_as(TAXED, FLEET), number=parse_number(f"{series}/2627/000001"))
        for series in ("DL01", "DL02")
    ]
    [invoices] = told(sold)["doc_issue"]["doc_det"]
    assert (invoices["doc_num"], [(one["num"], one["from"]) for one in invoices["docs"]]) == (
        "1",
        [("1", "DL01/2627/000001"), ("2", "DL02/2627/000001")],
    )


def test_a_note_of_an_export_is_told_as_one() -> None:
    sold = [
        sold_as(supply, ABROAD_BUYER, serial=n) for n, supply in enumerate((TAXED, WITHOUT_TAX))
    ]
    notes = [
        replace(
            credit_invoice(one, None, (), DAY, "Came back"),
            number=parse_number(f"DL1C/2627/{n:06d}"),
        )
        for n, one in enumerate(sold)
    ]
    assert [note.supply for note in notes] == [TAXED, WITHOUT_TAX]
    made = told([*sold, *notes])
    assert [(note["typ"], note["nt_num"][-1], note["val"]) for note in made["cdnur"]] == [
        ("EXPWOP", "1", "11200.00"),
        ("EXPWP", "0", "13216.00"),
    ]


@pytest.mark.row("IN-1")
@pytest.mark.parametrize(
    ("supply", "buyer", "words"),
    [
        (TAXED, RIDER, None),
        (
            TAXED,
            ZONE,
            f"{TO_ZONE} ON PAYMENT OF INTEGRATED TAX.",
        ),
        (
            WITHOUT_TAX,
            ABROAD_BUYER,
            f"SUPPLY MEANT FOR EXPORT {UNDER_LETTER} (letter AD0704260012345).",
        ),
        (
            DEEMED,
            FLEET,
            "Deemed export under s.147 of the CGST Act, 2017 (Notification 48/2017).",
        ),
    ],
)
def test_document_bears_the_words_of_the_law(
    supply: Supply, buyer: Party, words: str | None
) -> None:
    made = sold_as(supply, buyer)
    assert endorsement(made.supply, made.recipient, made.place) == words


@pytest.mark.parametrize(
    ("supply", "buyer", "changes", "field"),
    [
        (WITHOUT_TAX, RIDER, {}, "supply"),
        (WITHOUT_TAX, FLEET, {}, "supply"),
        (DEEMED, RIDER, {}, "supply"),
        (DEEMED, ZONE, {}, "supply"),
        (DEEMED, ABROAD_BUYER, {}, "supply"),
        (TAXED, FLEET, {"place": SENT_ABROAD}, "placeOfSupply"),
        (WITHOUT_TAX, ZONE, {"reverse_charge": True}, "reverseCharge"),
        (WITHOUT_TAX, ZONE, {"kind": Document.BILL_OF_SUPPLY}, "supply"),
    ],
)
def test_what_may_not_be_sold_so_is_refused_by_field(
    supply: Supply, buyer: Party, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        compute_invoice(replace(draft(buyer), supply=supply, **changes))
    assert refused.value.field == field


@pytest.mark.parametrize("letter", ["", "no", "AD 07", "x" * 41, "क्ष12", "A\n12345"])
def test_without_tax_wants_a_letter(letter: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Supply(kind=SupplyKind.WITHOUT_TAX, undertaking=letter)
    assert refused.value.field == "undertaking"


def test_only_without_tax_has_a_letter() -> None:
    with pytest.raises(InvalidInput, match="undertaking"):
        Supply(undertaking="AD0704260012345")


def test_a_document_without_tax_bears_none() -> None:
    with pytest.raises(InvalidInput, match="supply"):
        replace(sold_as(TAXED, ZONE), supply=WITHOUT_TAX)


def told(documents: list[Invoice]) -> dict[str, Any]:
    made = build_gstr1(documents, str(GARAGE.gstin), DAY)
    return json.loads(inv01_text(to_portal_json(made)), parse_float=str, parse_int=str)
