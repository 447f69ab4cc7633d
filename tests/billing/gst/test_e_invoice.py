"""The portal's document, its number, its signature, its clocks."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given

from billing.gst import e_invoice
from billing.gst.credit_notes import credit_invoice
from billing.gst.document_numbers import InvoiceNumber, parse_number
from billing.gst.e_invoice import (
    CRORE,
    CancelReason,
    demand_cancellable,
    demand_reportable,
    inv01_text,
    invoice_reference_number,
    is_owed,
    to_inv01,
)
from billing.gst.invoices import Document, Invoice
from billing.gst.irp import StandInPortal, verify_registration
from billing.gst.money import Paise
from domain.errors import AlreadyExists, InvalidInput, NotFound
from tests.billing.samples import DAY, FLEET, GARAGE, RIDER, invoices, issued, part

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
B2B = issued(FLEET)


@pytest.mark.row("IN-8")
def test_every_published_irn(data: Path) -> None:
    for vector in json.loads((data / "gst_vectors.json").read_text())["irn"]:
        seller, rest = vector["preimage"][:15], vector["preimage"][15:]
        year, kind, no = int(rest[:4]), rest[7:10], InvoiceNumber(rest[10:])
        assert invoice_reference_number(seller, date(year, 4, 1), kind, no) == vector["irn"]


@pytest.mark.row("IN-8")
def test_the_document_by_hand() -> None:
    made = json.loads(inv01_text(to_inv01(B2B)), parse_float=str)
    assert made["DocDtls"] == {"Typ": "INV", "No": "DL01/2627/000123", "Dt": "26/11/2026"}
    assert made["BuyerDtls"] == {
        "Gstin": "06AABCG4321K1ZU",
        "LglNm": "Green Fleet Logistics Private Limited",
        "Addr1": "Plot 7, Sector 18 Gurugram",
        "Loc": "Gurugram",
        "Pin": 122015,
        "Stcd": "06",
        "Pos": "06",
    }
    assert made["ItemList"][0] == {
        "SlNo": "1",
        "PrdDesc": "Battery pack: isolate, open, replace the BMS, balance",
        "IsServc": "Y",
        "HsnCd": "998714",
        "Qty": "2.5",
        "Unit": "OTH",
        "UnitPrice": "600.00",
        "TotAmt": "1500.00",
        "Discount": "0.00",
        "AssAmt": "1500.00",
        "GstRt": 18,
        "CgstAmt": "0.00",
        "SgstAmt": "0.00",
        "IgstAmt": "270.00",
        "TotItemVal": "1770.00",
    }
    assert made["ValDtls"] == {
        "AssVal": "11200.00",
        "CgstVal": "0.00",
        "SgstVal": "0.00",
        "IgstVal": "2016.00",
        "RndOffAmt": "0.00",
        "TotInvVal": "13216.00",
    }


@pytest.mark.row("IN-8")
@given(invoices)
def test_any_invoice_fits_the_schema_or_names_the_field(invoice: Invoice) -> None:
    six = all(len(line.hsn) >= 6 for line in invoice.lines)
    if (invoice.to_business or invoice.exported) and six:
        items = to_inv01(invoice)["ItemList"]
        assert sum(Decimal(i["TotItemVal"]) for i in items) * 100 == invoice.totals.total
    else:
        with pytest.raises(InvalidInput, match=r"^(recipient\.gstin|lines\.\d+\.hsn): "):
            to_inv01(invoice)


def test_credit_note_refers_to_its_invoice() -> None:
    note = replace(
        credit_invoice(B2B, None, (), DAY, "Sent back"), number=parse_number("DL1C/2627/000001")
    )
    made = to_inv01(note)
    assert (made["DocDtls"]["Typ"], made["RefDtls"]) == (
        "CRN",
        {"PrecDocDtls": [{"InvNo": "DL01/2627/000123", "InvDt": "26/11/2026"}]},
    )


@pytest.mark.row("IN-8")
@pytest.mark.parametrize(
    ("invoice", "field"),
    [
        (issued(RIDER), "recipient.gstin"),
        (replace(B2B, number=None), "number"),
        (replace(B2B, kind=Document.BILL_OF_SUPPLY), "kind"),
        (replace(B2B, recipient=replace(FLEET, address=None)), "recipient.address"),
        (replace(B2B, recipient=replace(FLEET, name="Ab")), "customer.name"),
        (replace(B2B, recipient=replace(FLEET, name='Sun "EV" Motors')), "customer.name"),
        (issued(FLEET, lines=(part("Pad", "8708", 1),)), "lines.1.hsn"),
    ],
)
def test_what_the_portal_would_refuse(invoice: Invoice, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        to_inv01(invoice)
    assert refused.value.field == field


@pytest.mark.row("IN-8")
@pytest.mark.parametrize(
    ("day", "crores", "wanted"),
    [
        (date(2026, 11, 26), 5, False),
        (date(2026, 11, 26), 6, True),
        (date(2023, 7, 31), 6, False),
        (date(2023, 8, 1), 6, True),
        (date(2020, 9, 30), 600, False),
    ],
)
def test_who_owes_e_invoices(day: date, crores: int, wanted: bool) -> None:
    invoice = replace(B2B, date=day)
    assert is_owed(invoice, Paise(crores * CRORE)) is wanted
    assert not is_owed(issued(RIDER), Paise(crores * CRORE))


@pytest.mark.row("IN-8")
def test_thirty_days_to_report() -> None:
    large, small = Paise(10 * CRORE), Paise(10 * CRORE - 1)
    demand_reportable(DAY, DAY + timedelta(days=30), large)
    demand_reportable(DAY, DAY + timedelta(days=31), small)
    demand_reportable(date(2025, 1, 1), date(2025, 3, 31), large)
    with pytest.raises(InvalidInput, match=r"^date: 2026-11-26 is more than 30 days ago"):
        demand_reportable(DAY, DAY + timedelta(days=31), large)


@pytest.mark.row("IN-8")
@pytest.mark.parametrize("late", [timedelta(hours=24, seconds=1), timedelta(seconds=-1)])
def test_a_day_to_cancel(late: timedelta) -> None:
    demand_cancellable(NOW, NOW + timedelta(hours=24))
    with pytest.raises(InvalidInput, match=r"^irn: may be cancelled for 24 hours only"):
        demand_cancellable(NOW, NOW + late)


@pytest.mark.row("IN-8")
async def test_portal_signs_what_we_sent() -> None:
    portal = StandInPortal()
    answer = await portal.register(B2B, NOW)
    assert verify_registration(answer, B2B, portal.public_key) is answer
    assert (
        answer.irn
        == e_invoice.irn_of(B2B)
        == invoice_reference_number(str(GARAGE.gstin), DAY, "INV", parse_number(_no()))
    )


@pytest.mark.row("IN-8")
async def test_another_key_or_invoice_is_not_believed() -> None:
    portal, other = StandInPortal(), StandInPortal()
    answer = await portal.register(B2B, NOW)
    with pytest.raises(InvalidInput, match=r"^signature: "):
        verify_registration(answer, B2B, other.public_key)
    with pytest.raises(InvalidInput, match=r"^signature: "):
        verify_registration(replace(answer, signed_qr="a.b.c"), B2B, portal.public_key)
    with pytest.raises(InvalidInput, match=r"^irn: "):
        verify_registration(answer, issued(FLEET, 124), portal.public_key)
    cheaper = issued(FLEET, lines=(part("Pad", "871410", 1_00),))
    with pytest.raises(InvalidInput, match=r"^signedQr: "):
        verify_registration(answer, cheaper, portal.public_key)


@pytest.mark.row("IN-8")
async def test_an_irn_is_given_once_and_burnt_when_cancelled() -> None:
    portal = StandInPortal()
    answer = await portal.register(B2B, NOW)
    with pytest.raises(InvalidInput, match=r"^irn: may be cancelled"):
        await portal.cancel(answer.irn, CancelReason.DUPLICATE, NOW + timedelta(days=2))
    cancelled = await portal.cancel(answer.irn, CancelReason.DUPLICATE, NOW)
    assert cancelled == replace(answer, cancelled_at=NOW, cancelled_for=CancelReason.DUPLICATE)
    assert await portal.cancel(answer.irn, CancelReason.OTHER, NOW) == cancelled
    with pytest.raises(AlreadyExists):
        await portal.register(B2B, NOW)
    with pytest.raises(NotFound):
        await portal.cancel("0" * 64, CancelReason.OTHER, NOW)


def _no() -> str:
    return "DL01/2627/000123"
