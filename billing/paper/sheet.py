"""The sheet: everything a page says, as finished strings, so that the template only places them.

Strings travel as JSON data and never as markup: whatever a customer is called, it is printed.
"""

import json
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from billing.gst import letters, money, upi
from billing.gst.hsn_summary import HsnRow, summarise_by_hsn
from billing.gst.invoices import Document, Invoice
from billing.gst.law_dates import INDIA
from billing.gst.lines import HALF, TaxedLine
from billing.gst.money import ZERO, Paise
from billing.gst.parties import Party
from billing.gst.supplies import endorsement
from billing.gst.upi import Payee
from billing.ledger import bills_of_supply
from billing.ledger.settlements import Settlement
from billing.paper import qr
from billing.paper.amounts import amount_in_words
from billing.paper.copies import DocumentCopy
from domain.personal_data import MASKED

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
LONGEST_WORD = 12
MAY_BREAK = "\u200b"
# Behind these a letter of India goes on: a conjunct that is cut there falls apart.
JOINERS = frozenset("\u200c\u200d\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


UNSETTLED = Settlement()
DUE = "Balance due"


class DocumentStamp(StrEnum):
    DRAFT = "DRAFT"
    VOID = "VOID"


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalMarks:
    """What the invoice portal answered: its number of the invoice, and the QR that it signed."""

    irn: str
    ack_number: str
    ack_at: datetime
    signed_qr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOptions:
    """What a page says beside the invoice: above all what has happened to it since (`settled`).

    `about` are pairs of label and value that a garage wants seen: vehicle, job, odometer.
    `masked` hides who buys; the portal's QR, which names them, is not printed then.
    """

    copy: DocumentCopy | None = None
    stamp: DocumentStamp | None = None
    settled: Settlement = UNSETTLED
    payee: Payee | None = None
    portal: PortalMarks | None = None
    about: tuple[tuple[str, str], ...] = ()
    masked: bool = False


def sheet_json(invoice: Invoice, printing: PrintOptions) -> str:
    """Give the sheet as JSON, keys in one order."""
    said = json.dumps(_sheet_fields(invoice, printing), ensure_ascii=False, separators=(",", ":"))
    return letters.printable_text(said)


def balance_due(invoice: Invoice, printing: PrintOptions) -> Paise:
    """Give what is still to be paid; nothing on documents that ask for no money."""
    if invoice.kind not in PAYABLE or printing.stamp is DocumentStamp.VOID:
        return ZERO
    return Paise(max(0, invoice.totals.payable - printing.settled.total))


def pay_link(invoice: Invoice, printing: PrintOptions) -> str | None:
    """Give the UPI link of the balance due, where there is one and the garage has an address."""
    due = balance_due(invoice, printing)
    if printing.payee is None or invoice.number is None or due == 0:
        return None
    return upi.payment_link(printing.payee, due, invoice.number, f"Invoice {invoice.number}")


def printed_day(value: date) -> str:
    """Write a day so that nobody takes the month for the day: 26 Nov 2026."""
    return f"{value.day:02d} {MONTHS[value.month - 1]} {value.year}"


def _sheet_fields(invoice: Invoice, printing: PrintOptions) -> dict[str, object]:
    link = pay_link(invoice, printing)
    reason = {"Reason": invoice.reason} if invoice.reason else {}
    return {
        "title": _document_title(invoice),
        "declaration": bills_of_supply.bill_declaration(invoice),
        "copy": printing.copy,
        "stamp": printing.stamp,
        "number": invoice.number or "not yet numbered",
        "date": printed_day(invoice.date),
        "supplier": _party_fields(invoice.supplier),
        "recipient": _hidden(invoice.recipient)
        if printing.masked
        else _party_fields(invoice.recipient),
        "facts": [
            (_soft_hyphenate(name), _soft_hyphenate(value))
            for name, value in {**_fact_rows(invoice), **dict(printing.about), **reason}.items()
        ],
        "taxes": _tax_names(invoice),
        "lines": _line_tables(invoice),
        "summary": [_summary_cells(row, _tax_names(invoice)) for row in _hsn_rows(invoice)],
        "sums": _sum_rows(invoice),
        "payable": money.grouped_amount(invoice.totals.payable),
        "words": amount_in_words(invoice.totals.payable),
        "settled": _settled_rows(invoice, printing),
        "notes": [*_note_lines(invoice), *([READING_COPY] if printing.masked else [])],
        "upi": None if link is None else _upi_fields(link, invoice, printing),
        "portal": None
        if printing.portal is None or printing.masked
        else _portal_fields(printing.portal),
    }


def _document_title(invoice: Invoice) -> str:
    """Give the document's name by law; who is not registered makes a bill of no name in it."""
    if invoice.kind is Document.BILL_OF_SUPPLY and invoice.supplier.gstin is None:
        return "Bill"
    return TITLES[invoice.kind]


def _is_without_tax(invoice: Invoice) -> bool:
    """Say whether a page speaks of no tax: a bill, and a note that takes one back."""
    note = invoice.kind is Document.CREDIT_NOTE and all(line.rate == 0 for line in invoice.lines)
    return note or invoice.kind is Document.BILL_OF_SUPPLY


def _party_fields(party: Party) -> dict[str, object]:
    registered = party.gstin
    return {
        "name": _soft_hyphenate(party.name),
        "address": [] if party.address is None else _address_lines(party),
        "gstin": None if registered is None else registered.value,
        "pan": None if registered is None else registered.pan,
        "state": None if party.state is None else f"{party.state.name} ({party.state.code})",
        "contact": [value for value in (party.phone, party.email) if value],
    }


def _hidden(party: Party) -> dict[str, object]:
    """Give a party as it is shown to whoever may not know who it is; its State the law needs."""
    registered = party.gstin
    return {
        "name": MASKED,
        "address": [] if party.address is None else [MASKED],
        "gstin": None if registered is None else MASKED,
        "pan": None,
        "state": None if party.state is None else f"{party.state.name} ({party.state.code})",
        "contact": [MASKED for value in (party.phone, party.email) if value],
    }


def _address_lines(party: Party) -> list[str]:
    if party.address is None:
        return []
    return [
        *_soft_hyphenate(party.address.text).splitlines(),
        f"{party.address.state.name} {party.address.pincode}",
    ]


def _fact_rows(invoice: Invoice) -> dict[str, str]:
    place = invoice.place
    against = invoice.against
    facts = dict[str, str]()
    if not _is_without_tax(invoice):
        facts["Place of supply"] = f"{place.state.name} ({place.state.code})"
        if place.inter_state:
            facts["Supply"] = "Inter-State"
        facts["Reverse charge"] = "Yes" if invoice.reverse_charge else "No"
    if against is not None:
        facts["Against"] = f"{against.number} of {printed_day(against.date)}"
    if invoice.ticket is not None:
        facts["Job"] = invoice.ticket
    return facts


def _tax_names(invoice: Invoice) -> list[str]:
    if _is_without_tax(invoice):
        return []
    if invoice.place.inter_state:
        return ["IGST"]
    return ["CGST", invoice.place.state.half_tax]


def _line_tables(invoice: Invoice) -> list[dict[str, object]]:
    running, shown, taxes = 0, list[dict[str, object]](), _tax_names(invoice)
    for line in invoice.lines:
        running += line.total
        shown.append({**_line_fields(line, taxes), "running": money.grouped_amount(Paise(running))})
    return shown


def _line_fields(line: TaxedLine, taxes: list[str]) -> dict[str, object]:
    return {
        "n": str(line.n),
        "description": _soft_hyphenate(line.description),
        "note": "as estimated" if line.estimated else None,
        "hsn": line.hsn,
        "quantity": _plain_number(line.quantity),
        "unit": line.unit,
        "price": money.grouped_amount(line.unit_price),
        "discount": money.grouped_amount(line.discount) if line.discount else None,
        "taxable": money.grouped_amount(line.taxable),
        "taxes": [
            [f"{name} {_plain_number(percent)} %", money.grouped_amount(amount)]
            for name, percent, amount in _tax_parts(line, taxes)
        ],
        "total": money.grouped_amount(line.total),
    }


def _tax_parts(row: TaxedLine | HsnRow, taxes: list[str]) -> list[tuple[str, Decimal, Paise]]:
    """Give each tax with its own rate and amount (Rule 46(l), (m)): the halves apart."""
    if isinstance(row, TaxedLine):
        cgst, sgst, igst = row.tax.cgst, row.tax.sgst, row.tax.igst
    else:
        cgst, sgst, igst = row.cgst, row.sgst, row.igst
    if len(taxes) == 1:
        return [(taxes[0], row.rate, igst)]
    half = row.rate / HALF
    return [(name, half, amount) for name, amount in zip(taxes, (cgst, sgst), strict=False)]


def _hsn_rows(invoice: Invoice) -> tuple[HsnRow, ...]:
    return summarise_by_hsn(invoice.lines)


def _summary_cells(row: HsnRow, taxes: list[str]) -> list[str]:
    parts = [
        f"{_plain_number(percent)} % {money.grouped_amount(amount)}"
        for _, percent, amount in _tax_parts(row, taxes)
    ]
    return [row.hsn, money.grouped_amount(row.taxable), *parts, money.grouped_amount(row.tax)]


def _sum_rows(invoice: Invoice) -> list[tuple[str, str]]:
    sums = invoice.totals
    shown = [
        ("Discount included", sums.discount),
        ("Value" if _is_without_tax(invoice) else "Taxable value", sums.taxable),
        *((_owed_label(name, invoice), amount) for name, amount in _tax_sums(invoice)),
        ("Round-off", sums.round_off),
    ]
    hidden = {"Discount included": sums.discount == 0, "Round-off": sums.round_off == 0}
    return [(name, money.grouped_amount(v)) for name, v in shown if not hidden.get(name, False)]


def _tax_sums(invoice: Invoice) -> list[tuple[str, Paise]]:
    """Give each tax at each of its rates, in order: they add up to the document's tax."""
    sums: dict[str, int] = {}
    for line in sorted(invoice.lines, key=lambda line: line.rate):
        for name, percent, amount in _tax_parts(line, _tax_names(invoice)):
            label = f"{name} {_plain_number(percent)} %"
            sums[label] = sums.get(label, 0) + amount
    return [(label, Paise(amount)) for label, amount in sums.items()]


def _owed_label(name: str, invoice: Invoice) -> str:
    return f"{name} (paid by recipient)" if invoice.reverse_charge else name


def _settled_rows(invoice: Invoice, printing: PrintOptions) -> list[tuple[str, str]]:
    """Say what happened to the debt, each kind of it apart, and what is left either way."""
    if invoice.kind not in PAYABLE or printing.settled == UNSETTLED:
        return []
    settled = printing.settled
    happened = [
        ("Advance adjusted", settled.adjusted),
        ("Received", settled.received),
        ("Tax withheld (TDS)", settled.withheld),
        ("Credited", settled.credited),
        ("Refunded", settled.refunded),
    ]
    over = settled.total - invoice.totals.payable
    left = ("Owed to customer", Paise(over)) if over > 0 else (DUE, balance_due(invoice, printing))
    shown = [(name, amount) for name, amount in happened if amount]
    return [(name, money.grouped_amount(amount)) for name, amount in (*shown, left)]


def _note_lines(invoice: Invoice) -> list[str]:
    law = "" if invoice.supplier.gstin is None else " under s.31 of the CGST Act, 2017"
    notes = [f"Computer-generated{law}; amounts in Indian rupees."]
    if invoice.reverse_charge:
        notes.append("Tax is payable by the recipient on reverse charge.")
    if (said := endorsement(invoice.supply, invoice.recipient, invoice.place)) is not None:
        notes.append(said)
    if invoice.place.reason:
        notes.append(f"Place of supply: {invoice.place.reason}.")
    return notes


def _upi_fields(link: str, invoice: Invoice, printing: PrintOptions) -> dict[str, str]:
    return {
        "svg": qr.qr_svg(link),
        "amount": money.grouped_amount(balance_due(invoice, printing)),
        "address": printing.payee.address if printing.payee else "",
    }


def _portal_fields(portal: PortalMarks) -> dict[str, str]:
    at = portal.ack_at.astimezone(INDIA)
    return {
        "svg": qr.qr_svg(portal.signed_qr, error="l"),
        "irn": portal.irn,
        "ack": f"{portal.ack_number} of {printed_day(at.date())}, {at:%H:%M} IST",
    }


def _soft_hyphenate(text: str) -> str:
    """Let a line end inside a long word, between whole letters as people see them."""
    written, since = list[str](), 0
    for before, letter in zip(" " + text, text, strict=False):
        if letter.isspace():
            since = 0
        elif since >= LONGEST_WORD and _begins_letter(before, letter):
            written.append(MAY_BREAK)
            since = 0
        written.append(letter)
        since += not letter.isspace()
    return "".join(written)


def _begins_letter(before: str, letter: str) -> bool:
    """Say whether a letter stands by itself: it is no mark on the one before, nor joined to it."""
    marks = unicodedata.category(letter).startswith("M") or letter in JOINERS
    return not marks and before not in JOINERS


def _plain_number(value: Decimal) -> str:
    return f"{value.normalize():f}"
