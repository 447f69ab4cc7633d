"""The sheet: everything a page says, as finished strings, so that the template only places them.

Strings travel as JSON data and never as markup: whatever a customer is called, it is printed.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from billing import bills, money, upi
from billing.gstin import masked
from billing.hsn_summary import HsnRow, hsn_summary
from billing.invoices import Document, Invoice
from billing.law_time import INDIA
from billing.lines import Line
from billing.money import ZERO, Paise
from billing.paper import letters, qr
from billing.paper.copies import Copy
from billing.parties import MASK, Party, masked_name
from billing.upi import Payee
from billing.words import in_words

TITLES = {
    Document.TAX_INVOICE: "Tax Invoice",
    Document.BILL_OF_SUPPLY: "Bill of Supply",
    Document.CREDIT_NOTE: "Credit Note",
    Document.RECEIPT_VOUCHER: "Receipt Voucher",
    Document.REFUND_VOUCHER: "Refund Voucher",
}
READING_COPY = "For reading only: who buys is hidden. This is not the invoice."
PAYABLE = frozenset({Document.TAX_INVOICE, Document.BILL_OF_SUPPLY})
# Where a word is longer than this, a line may end inside it: no name runs off the page.
LONGEST_WORD = re.compile(r"(\S{12})(?=\S)")
MAY_BREAK = "\\1\u200b"
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class Stamp(StrEnum):
    DRAFT = "DRAFT"
    VOID = "VOID"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPortal:
    """What the invoice portal answered: its number of the invoice, and the QR that it signed."""

    irn: str
    ack_number: str
    ack_at: datetime
    signed_qr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """What a page says beside the invoice. `paid` is all that was paid or credited, in paise.

    `about` are pairs of label and value that a garage wants seen: vehicle, job, odometer.
    `masked` hides who buys; the portal's QR, which names them, is not printed then.
    """

    copy: Copy | None = None
    stamp: Stamp | None = None
    paid: Paise = ZERO
    payee: Payee | None = None
    portal: OnPortal | None = None
    about: tuple[tuple[str, str], ...] = ()
    masked: bool = False


def sheet(invoice: Invoice, printing: Printing) -> str:
    """Give the sheet as JSON, keys in one order."""
    said = json.dumps(_sheet(invoice, printing), ensure_ascii=False, separators=(",", ":"))
    return letters.shown(said)


def balance(invoice: Invoice, printing: Printing) -> Paise:
    """Give what is still to be paid; nothing on documents that ask for no money."""
    if invoice.kind not in PAYABLE or printing.stamp is Stamp.VOID:
        return ZERO
    return Paise(max(0, invoice.totals.payable - printing.paid))


def pay_link(invoice: Invoice, printing: Printing) -> str | None:
    """Give the UPI link of the balance due, where there is one and the garage has an address."""
    due = balance(invoice, printing)
    if printing.payee is None or invoice.number is None or due == 0:
        return None
    return upi.link(printing.payee, due, invoice.number, f"Invoice {invoice.number}")


def day(value: date) -> str:
    """Write a day so that nobody takes the month for the day: 26 Nov 2026."""
    return f"{value.day:02d} {MONTHS[value.month - 1]} {value.year}"


def _sheet(invoice: Invoice, printing: Printing) -> dict[str, object]:
    link = pay_link(invoice, printing)
    reason = {"Reason": invoice.reason} if invoice.reason else {}
    return {
        "title": _title(invoice),
        "declaration": bills.declaration(invoice),
        "copy": printing.copy,
        "stamp": printing.stamp,
        "number": invoice.number or "not yet numbered",
        "date": day(invoice.date),
        "supplier": _party(invoice.supplier),
        "recipient": _hidden(invoice.recipient) if printing.masked else _party(invoice.recipient),
        "facts": [
            (_soft(name), _soft(value))
            for name, value in {**_facts(invoice), **dict(printing.about), **reason}.items()
        ],
        "taxes": _tax_names(invoice),
        "lines": _lines(invoice.lines),
        "summary": [_summary(row, inter=invoice.place.inter_state) for row in _rows(invoice)],
        "sums": _sums(invoice),
        "payable": money.grouped(invoice.totals.payable),
        "words": in_words(invoice.totals.payable),
        "settled": _settled(invoice, printing),
        "notes": [*_notes(invoice), *([READING_COPY] if printing.masked else [])],
        "upi": None if link is None else _upi(link, invoice, printing),
        "portal": None if printing.portal is None or printing.masked else _portal(printing.portal),
    }


def _title(invoice: Invoice) -> str:
    """Give the document's name by law; who is not registered makes a bill of no name in it."""
    if invoice.kind is Document.BILL_OF_SUPPLY and invoice.supplier.gstin is None:
        return "Bill"
    return TITLES[invoice.kind]


def _bare(invoice: Invoice) -> bool:
    """Say whether a page speaks of no tax: a bill, and a note that takes one back."""
    note = invoice.kind is Document.CREDIT_NOTE and all(line.rate == 0 for line in invoice.lines)
    return note or invoice.kind is Document.BILL_OF_SUPPLY


def _party(party: Party) -> dict[str, object]:
    registered = party.gstin
    return {
        "name": _soft(party.name),
        "address": [] if party.address is None else _address(party),
        "gstin": None if registered is None else registered.value,
        "pan": None if registered is None else registered.pan,
        "state": None if party.state is None else f"{party.state.name} ({party.state.code})",
        "contact": [value for value in (party.phone, party.email) if value],
    }


def _hidden(party: Party) -> dict[str, object]:
    """Give a party as it is shown to whoever may not know who it is; its State the law needs."""
    registered = party.gstin
    return {
        "name": masked_name(party),
        "address": [] if party.address is None else [MASK],
        "gstin": None if registered is None else masked(registered.value),
        "pan": None,
        "state": None if party.state is None else f"{party.state.name} ({party.state.code})",
        "contact": [MASK for value in (party.phone, party.email) if value],
    }


def _address(party: Party) -> list[str]:
    if party.address is None:
        return []
    return [
        *_soft(party.address.text).splitlines(),
        f"{party.address.state.name} {party.address.pincode}",
    ]


def _facts(invoice: Invoice) -> dict[str, str]:
    place = invoice.place
    against = invoice.against
    facts = dict[str, str]()
    if not _bare(invoice):
        facts["Place of supply"] = f"{place.state.name} ({place.state.code})"
        if place.inter_state:
            facts["Supply"] = "Inter-State"
        facts["Reverse charge"] = "Yes" if invoice.reverse_charge else "No"
    if against is not None:
        facts["Against"] = f"{against.number} of {day(against.date)}"
    if invoice.ticket is not None:
        facts["Job"] = invoice.ticket
    return facts


def _tax_names(invoice: Invoice) -> list[str]:
    if _bare(invoice):
        return []
    if invoice.place.inter_state:
        return ["IGST"]
    return ["CGST", invoice.place.state.half_tax]


def _lines(lines: tuple[Line, ...]) -> list[dict[str, object]]:
    running, shown = 0, list[dict[str, object]]()
    for line in lines:
        running += line.total
        shown.append({**_line(line), "running": money.grouped(Paise(running))})
    return shown


def _line(line: Line) -> dict[str, object]:
    return {
        "n": str(line.n),
        "description": _soft(line.description),
        "note": "as estimated" if line.estimated else None,
        "hsn": line.hsn,
        "quantity": _plain(line.quantity),
        "unit": line.unit,
        "price": money.grouped(line.unit_price),
        "discount": money.grouped(line.discount) if line.discount else None,
        "taxable": money.grouped(line.taxable),
        "rate": _plain(line.rate),
        "tax": money.grouped(line.tax.total),
        "total": money.grouped(line.total),
    }


def _rows(invoice: Invoice) -> tuple[HsnRow, ...]:
    return hsn_summary(invoice.lines)


def _summary(row: HsnRow, *, inter: bool) -> list[str]:
    halves = [row.igst] if inter else [row.cgst, row.sgst]
    amounts = [money.grouped(amount) for amount in (*halves, row.tax)]
    return [row.hsn, f"{_plain(row.rate)} %", money.grouped(row.taxable), *amounts]


def _sums(invoice: Invoice) -> list[tuple[str, str]]:
    sums = invoice.totals
    taxes = zip(_tax_names(invoice), _taxes(invoice), strict=True)
    shown = [
        ("Discount included", sums.discount),
        ("Value" if _bare(invoice) else "Taxable value", sums.taxable),
        *((_owed(name, invoice), amount) for name, amount in taxes),
        ("Round-off", sums.round_off),
    ]
    hidden = {"Discount included": sums.discount == 0, "Round-off": sums.round_off == 0}
    return [(name, money.grouped(v)) for name, v in shown if not hidden.get(name, False)]


def _taxes(invoice: Invoice) -> list[Paise]:
    sums = invoice.totals
    if _bare(invoice):
        return []
    return [sums.igst] if invoice.place.inter_state else [sums.cgst, sums.sgst]


def _owed(name: str, invoice: Invoice) -> str:
    return f"{name} (paid by recipient)" if invoice.reverse_charge else name


def _settled(invoice: Invoice, printing: Printing) -> list[tuple[str, str]]:
    if invoice.kind not in PAYABLE or not printing.paid:
        return []
    due = balance(invoice, printing)
    return [("Received", money.grouped(printing.paid)), ("Balance due", money.grouped(due))]


def _notes(invoice: Invoice) -> list[str]:
    law = "" if invoice.supplier.gstin is None else " under s.31 of the CGST Act, 2017"
    notes = [f"Computer-generated{law}; amounts in Indian rupees."]
    if invoice.reverse_charge:
        notes.append("Tax is payable by the recipient on reverse charge.")
    if invoice.recipient.special_zone:
        notes.append("Supply to a Special Economic Zone.")
    if invoice.place.reason:
        notes.append(f"Place of supply: {invoice.place.reason}.")
    return notes


def _upi(link: str, invoice: Invoice, printing: Printing) -> dict[str, str]:
    return {
        "svg": qr.svg(link),
        "amount": money.grouped(balance(invoice, printing)),
        "address": printing.payee.address if printing.payee else "",
    }


def _portal(portal: OnPortal) -> dict[str, str]:
    at = portal.ack_at.astimezone(INDIA)
    return {
        "svg": qr.svg(portal.signed_qr, error="l"),
        "irn": portal.irn,
        "ack": f"{portal.ack_number} of {day(at.date())}, {at:%H:%M} IST",
    }


def _soft(text: str) -> str:
    return LONGEST_WORD.sub(MAY_BREAK, text)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
