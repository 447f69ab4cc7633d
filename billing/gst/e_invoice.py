"""The e-invoice of the GST portal: INV-01 v1.1 as JSON, its number (IRN), and when it may be used.

Sources: the IRP's published schema and IRN rule; Notifications 10/2023 (from 1 August 2023: above
Rs 5 crore) and the 30-day advisory (from 1 April 2025: Rs 10 crore and above).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
from jsonschema import Draft202012Validator

from billing.gst import money, portal_checks, tariff_codes, units
from billing.gst.document_numbers import InvoiceNumber
from billing.gst.gstin import NEVER_BUYERS, Gstin
from billing.gst.invoices import Document, Invoice
from billing.gst.law_dates import day_month_year, financial_year_of
from billing.gst.lines import TaxedLine
from billing.gst.money import Paise
from billing.gst.parties import Party
from billing.gst.supplies import portal_type
from domain.errors import InvalidInput
from domain.sentences import one_of

TYPES: Mapping[Document, str] = {Document.TAX_INVOICE: "INV", Document.CREDIT_NOTE: "CRN"}
CRORE = 1_00_00_000_00
# From when, and above which turnover in any year since 2017-18 (paise), e-invoices are owed.
OWED = (
    (date(2023, 8, 1), 5 * CRORE),
    (date(2022, 10, 1), 10 * CRORE),
    (date(2022, 4, 1), 20 * CRORE),
    (date(2021, 4, 1), 50 * CRORE),
    (date(2021, 1, 1), 100 * CRORE),
    (date(2020, 10, 1), 500 * CRORE),
)
REPORTING_SINCE, REPORTING_FROM = date(2025, 4, 1), 10 * CRORE
REPORTING_DAYS = 30
CANCELLING = timedelta(hours=24)
# Stands for the number that a document has not taken yet: of the form and length of ours.
ANY_NUMBER = InvoiceNumber("AAA/0000/000001")
# What the portal wants of a buyer abroad.
PIN_ABROAD = 999_999


class CancelReason(IntEnum):
    DUPLICATE = 1
    DATA_ENTRY = 2
    ORDER_CANCELLED = 3
    OTHER = 4


def invoice_reference_number(
    supplier: Gstin | str, day: date, kind: str, number: InvoiceNumber
) -> str:
    """Compute the IRN: SHA-256 over supplier's GSTIN, financial year, type and number."""
    preimage = f"{supplier}{financial_year_of(day)}{kind}{number}"
    return hashlib.sha256(preimage.encode()).hexdigest()


def irn_of(invoice: Invoice) -> str:
    """Compute a document's IRN before the portal is asked."""
    return invoice_reference_number(
        _registered_gstin(invoice.supplier, "supplier"),
        invoice.date,
        _document_code(invoice),
        _number_of(invoice),
    )


def is_owed(invoice: Invoice, turnover: Paise) -> bool:
    """Say whether the portal must hear of this document: turnover above the threshold, and a buyer
    who is registered (in a special zone or of a deemed export too) or abroad. Consumers' never are.
    """
    if invoice.kind not in TYPES or not (invoice.to_business or invoice.exported):
        return False
    limit = next((most for since, most in OWED if since <= invoice.date), None)
    return limit is not None and turnover > limit


def demand_reportable(invoice_day: date, today: date, turnover: Paise) -> None:
    """Raise InvalidInput when the portal takes this document no more: 30 days after its date."""
    if today < REPORTING_SINCE or turnover < REPORTING_FROM:
        return
    if (today - invoice_day).days > REPORTING_DAYS:
        reason = f"{invoice_day} is more than {REPORTING_DAYS} days ago; the portal refuses it"
        raise InvalidInput("date", reason)


def demand_cancellable(ack_at: datetime, now: datetime) -> None:
    """Raise InvalidInput when the portal's 24 hours are over: a credit note corrects from then."""
    if not timedelta(0) <= now - ack_at <= CANCELLING:
        raise InvalidInput("irn", "may be cancelled for 24 hours only; make a credit note instead")


def to_inv01(invoice: Invoice) -> dict[str, Any]:
    """Build INV-01 v1.1, checked against the schema.

    Raises:
        InvalidInput: naming the field that the portal would refuse.
    """
    for line in invoice.lines:
        tariff_codes.parse_tariff_code(
            line.hsn, f"lines.{line.n}.hsn", least=tariff_codes.E_INVOICE_DIGITS
        )
    made: dict[str, Any] = {
        "Version": "1.1",
        "TranDtls": {
            "TaxSch": "GST",
            "SupTyp": portal_type(invoice.supply, invoice.recipient, invoice.place),
            "RegRev": "Y" if invoice.reverse_charge else "N",
        },
        "DocDtls": {
            "Typ": _document_code(invoice),
            "No": _number_of(invoice),
            "Dt": day_month_year(invoice.date),
        },
        "SellerDtls": _party_details(invoice.supplier, "supplier"),
        "BuyerDtls": {
            **_buyer_details(invoice),
            "Pos": invoice.place.state.code,
        },
        "ItemList": [_item_details(line) for line in invoice.lines],
        "ValDtls": _value_details(invoice),
    }
    if invoice.against is not None:
        earlier = {"InvNo": invoice.against.number, "InvDt": day_month_year(invoice.against.date)}
        made["RefDtls"] = {"PrecDocDtls": [earlier]}
    return validate_inv01(made)


def demand_acceptable(invoice: Invoice) -> None:
    """Return when the portal would take a document, once it has its number.

    Raises:
        InvalidInput: naming the field of ours that the portal would refuse.
    """
    buyer = invoice.recipient.gstin
    if buyer is not None and buyer.kind in NEVER_BUYERS:
        reason = "is of an online supplier abroad, who buys nothing under it (the portal's 3028)"
        raise InvalidInput("customer.gstin", reason)
    made = to_inv01(replace(invoice, number=invoice.number or ANY_NUMBER))
    portal_checks.demand_acceptable(made)


def validate_inv01(made: dict[str, Any]) -> dict[str, Any]:
    """Give a document back that fits the schema.

    Raises:
        InvalidInput: naming the first field that does not, as callers know it.
    """
    error = next(iter(_inv01_validator().iter_errors(made)), None)
    if error is not None:
        path = ".".join(map(str, error.absolute_path)) or "invoice"
        raise InvalidInput(portal_checks.own_field(path), f"the portal refuses it: {error.message}")
    return made


def inv01_text(made: dict[str, Any]) -> bytes:
    """Write a document as the portal takes it: amounts as numbers, each digit exact."""
    return orjson.dumps(made, default=_exact_number)


def _exact_number(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(type(value).__name__)


@cache
def _inv01_validator() -> Draft202012Validator:
    schema = (files("billing.gst") / "schemas" / "inv01.json").read_text("utf-8")
    return Draft202012Validator(json.loads(schema, parse_float=Decimal))


def _document_code(invoice: Invoice) -> str:
    kind = TYPES.get(invoice.kind)
    if kind is None:
        raise InvalidInput("kind", f"{one_of(invoice.kind)} is not reported to the portal")
    return kind


def _number_of(invoice: Invoice) -> InvoiceNumber:
    if invoice.number is None:
        raise InvalidInput("number", "is missing; only an issued invoice is reported")
    return invoice.number


def _registered_gstin(party: Party, field: str) -> Gstin:
    if party.gstin is None:
        raise InvalidInput(f"{field}.gstin", "is missing; e-invoices are between registered ones")
    return party.gstin


def _party_details(party: Party, field: str) -> dict[str, Any]:
    return {"Gstin": _registered_gstin(party, field).value, **_address_details(party, field)}


def _address_details(party: Party, field: str) -> dict[str, Any]:
    if party.address is None:
        raise InvalidInput(f"{field}.address", "is missing")
    lines = " ".join(party.address.text.split())
    return {
        "LglNm": party.name,
        "Addr1": lines[:100],
        **({"Addr2": lines[100:200]} if len(lines) > 102 else {}),  # noqa: PLR2004
        "Loc": party.address.text.splitlines()[-1][:50],
        "Pin": int(party.address.pincode),
        "Stcd": party.address.state.code,
    }


def _buyer_details(invoice: Invoice) -> dict[str, Any]:
    """Give who buys; whoever is abroad has no number here, and the portal's own pincode."""
    if not invoice.exported:
        return _party_details(invoice.recipient, "recipient")
    if invoice.to_business:
        raise InvalidInput("placeOfSupply", "is abroad, and a buyer with a GSTIN is in India")
    named = _address_details(invoice.recipient, "recipient")
    return {
        "Gstin": portal_checks.NOBODY,
        **named,
        "Pin": PIN_ABROAD,
        "Stcd": invoice.place.state.code,
    }


def _item_details(line: TaxedLine) -> dict[str, Any]:
    return {
        "SlNo": str(line.n),
        "PrdDesc": line.description,
        "IsServc": "Y" if tariff_codes.is_service_code(line.hsn) else "N",
        "HsnCd": line.hsn,
        "Qty": _plain_number(line.quantity),
        "Unit": units.portal_unit(line.unit),
        "UnitPrice": _to_rupees(line.unit_price),
        "TotAmt": _to_rupees(line.gross),
        "Discount": _to_rupees(line.discount),
        "AssAmt": _to_rupees(line.taxable),
        "GstRt": _plain_number(line.rate),
        "CgstAmt": _to_rupees(line.tax.cgst),
        "SgstAmt": _to_rupees(line.tax.sgst),
        "IgstAmt": _to_rupees(line.tax.igst),
        "TotItemVal": _to_rupees(line.total),
    }


def _value_details(invoice: Invoice) -> dict[str, Any]:
    sums = invoice.totals
    return {
        "AssVal": _to_rupees(sums.taxable),
        "CgstVal": _to_rupees(sums.cgst),
        "SgstVal": _to_rupees(sums.sgst),
        "IgstVal": _to_rupees(sums.igst),
        "RndOffAmt": _to_rupees(sums.round_off),
        # The portal adds the taxes up, whoever pays them: under reverse charge too.
        "TotInvVal": _to_rupees(Paise(sums.taxable + sums.tax + sums.round_off)),
    }


def _to_rupees(amount: Paise) -> Decimal:
    return Decimal(money.plain_amount(amount))


def _plain_number(value: Decimal) -> Decimal:
    return Decimal(f"{value.normalize():f}")
