"""The e-invoice of the GST portal: INV-01 v1.1 as JSON, its number (IRN), and when it may be used.

Sources: the IRP's published schema and IRN rule; Notifications 10/2023 (from 1 August 2023: above
Rs 5 crore) and the 30-day advisory (from 1 April 2025: Rs 10 crore and above).
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
from jsonschema import Draft202012Validator

from billing import codes, money, units
from billing.gstin import Gstin
from billing.invoices import Document, Invoice
from billing.law_time import dmy, financial_year
from billing.lines import Line
from billing.money import Paise
from billing.numbers import InvoiceNumber
from billing.parties import Party
from domain.errors import InvalidInput

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


class CancelReason(IntEnum):
    DUPLICATE = 1
    DATA_ENTRY = 2
    ORDER_CANCELLED = 3
    OTHER = 4


def irn(supplier: Gstin | str, day: date, kind: str, number: InvoiceNumber) -> str:
    """Compute the IRN: SHA-256 over supplier's GSTIN, financial year, type and number."""
    preimage = f"{supplier}{financial_year(day)}{kind}{number}"
    return hashlib.sha256(preimage.encode()).hexdigest()


def irn_of(invoice: Invoice) -> str:
    """Compute a document's IRN before the portal is asked."""
    return irn(
        _registered(invoice.supplier, "supplier"), invoice.date, _type(invoice), _no(invoice)
    )


def owed(invoice: Invoice, turnover: Paise) -> bool:
    """Say whether the portal must hear of this document: B2B, and turnover above the threshold."""
    if invoice.kind not in TYPES or not invoice.to_business:
        return False
    limit = next((most for since, most in OWED if since <= invoice.date), None)
    return limit is not None and turnover > limit


def reportable(invoice_day: date, today: date, turnover: Paise) -> None:
    """Raise InvalidInput when the portal takes this document no more: 30 days after its date."""
    if today < REPORTING_SINCE or turnover < REPORTING_FROM:
        return
    if (today - invoice_day).days > REPORTING_DAYS:
        reason = f"{invoice_day} is more than {REPORTING_DAYS} days ago; the portal refuses it"
        raise InvalidInput("date", reason)


def cancellable(ack_at: datetime, now: datetime) -> None:
    """Raise InvalidInput when the portal's 24 hours are over: a credit note corrects from then."""
    if not timedelta(0) <= now - ack_at <= CANCELLING:
        raise InvalidInput("irn", "may be cancelled for 24 hours only; make a credit note instead")


def inv01(invoice: Invoice) -> dict[str, Any]:
    """Build INV-01 v1.1, checked against the schema.

    Raises:
        InvalidInput: naming the field that the portal would refuse.
    """
    for line in invoice.lines:
        codes.code(line.hsn, f"lines.{line.n}.hsn", least=codes.E_INVOICE_DIGITS)
    made: dict[str, Any] = {
        "Version": "1.1",
        "TranDtls": {
            "TaxSch": "GST",
            "SupTyp": "SEZWP" if invoice.recipient.special_zone else "B2B",
            "RegRev": "Y" if invoice.reverse_charge else "N",
        },
        "DocDtls": {"Typ": _type(invoice), "No": _no(invoice), "Dt": dmy(invoice.date)},
        "SellerDtls": _party(invoice.supplier, "supplier"),
        "BuyerDtls": {**_party(invoice.recipient, "recipient"), "Pos": invoice.place.state.code},
        "ItemList": [_item(line) for line in invoice.lines],
        "ValDtls": _values(invoice),
    }
    if invoice.against is not None:
        earlier = {"InvNo": invoice.against.number, "InvDt": dmy(invoice.against.date)}
        made["RefDtls"] = {"PrecDocDtls": [earlier]}
    return checked(made)


def checked(made: dict[str, Any]) -> dict[str, Any]:
    """Give a document back that fits the schema.

    Raises:
        InvalidInput: naming the first field that does not.
    """
    error = next(iter(_validator().iter_errors(made)), None)
    if error is not None:
        raise InvalidInput(".".join(map(str, error.absolute_path)) or "invoice", error.message)
    return made


def text(made: dict[str, Any]) -> bytes:
    """Write a document as the portal takes it: amounts as numbers, each digit exact."""
    return orjson.dumps(made, default=_exact)


def _exact(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(type(value).__name__)


@cache
def _validator() -> Draft202012Validator:
    schema = (files("billing") / "schemas" / "inv01.json").read_text("utf-8")
    return Draft202012Validator(json.loads(schema, parse_float=Decimal))


def _type(invoice: Invoice) -> str:
    kind = TYPES.get(invoice.kind)
    if kind is None:
        raise InvalidInput("kind", f"a {invoice.kind} is not reported to the portal")
    return kind


def _no(invoice: Invoice) -> InvoiceNumber:
    if invoice.number is None:
        raise InvalidInput("number", "is missing; only an issued invoice is reported")
    return invoice.number


def _registered(party: Party, field: str) -> Gstin:
    if party.gstin is None:
        raise InvalidInput(f"{field}.gstin", "is missing; e-invoices are between registered ones")
    return party.gstin


def _party(party: Party, field: str) -> dict[str, Any]:
    registered = _registered(party, field)
    if party.address is None:
        raise InvalidInput(f"{field}.address", "is missing")
    lines = " ".join(party.address.text.split())
    return {
        "Gstin": registered.value,
        "LglNm": party.name,
        "Addr1": lines[:100],
        **({"Addr2": lines[100:200]} if len(lines) > 102 else {}),  # noqa: PLR2004
        "Loc": party.address.text.splitlines()[-1][:50],
        "Pin": int(party.address.pincode),
        "Stcd": party.address.state.code,
    }


def _item(line: Line) -> dict[str, Any]:
    return {
        "SlNo": str(line.n),
        "PrdDesc": line.description,
        "IsServc": "Y" if codes.is_service(line.hsn) else "N",
        "HsnCd": line.hsn,
        "Qty": _number(line.quantity),
        "Unit": units.portal(line.unit),
        "UnitPrice": _rupees(line.unit_price),
        "TotAmt": _rupees(line.gross),
        "Discount": _rupees(line.discount),
        "AssAmt": _rupees(line.taxable),
        "GstRt": _number(line.rate),
        "CgstAmt": _rupees(line.tax.cgst),
        "SgstAmt": _rupees(line.tax.sgst),
        "IgstAmt": _rupees(line.tax.igst),
        "TotItemVal": _rupees(line.total),
    }


def _values(invoice: Invoice) -> dict[str, Any]:
    sums = invoice.totals
    return {
        "AssVal": _rupees(sums.taxable),
        "CgstVal": _rupees(sums.cgst),
        "SgstVal": _rupees(sums.sgst),
        "IgstVal": _rupees(sums.igst),
        "RndOffAmt": _rupees(sums.round_off),
        "TotInvVal": _rupees(sums.payable),
    }


def _rupees(amount: Paise) -> Decimal:
    return Decimal(money.plain(amount))


def _number(value: Decimal) -> Decimal:
    return Decimal(f"{value.normalize():f}")
