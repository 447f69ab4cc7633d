"""Issued documents as the books hold them, and how they stand: paid, credited, void."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

import orjson
from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from access.personal_fields import INVOICE_BUYER, SealedPlace
from access.vault import Vault
from billing.gst.invoices import Invoice
from billing.gst.lines import TaxedLine
from billing.gst.parties import Party
from billing.gst.series import DocumentKind
from billing.ledger.audit import Fields
from domain.ids import GarageId, InvoiceId, PersonId, TicketId

INVOICE: Final = TypeAdapter(Invoice)
PARTY: Final = TypeAdapter(Party)
BASIS_POINTS = 100


class InvoiceStatus(StrEnum):
    ISSUED = "issued"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    CREDITED = "credited"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentBalance:
    """What was asked, taken back and paid, in paise."""

    total: int
    credited: int = 0
    paid: int = 0
    voided: bool = False

    @property
    def due(self) -> int:
        """What is still owed; below zero the customer is owed."""
        return 0 if self.voided else self.total - self.credited - self.paid

    @property
    def status(self) -> InvoiceStatus:
        if self.voided:
            return InvoiceStatus.VOID
        if self.credited == self.total and self.total > 0:
            return InvoiceStatus.CREDITED
        if self.due <= 0:
            return InvoiceStatus.PAID
        return InvoiceStatus.PARTLY_PAID if self.paid else InvoiceStatus.ISSUED


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedDocument:
    """An issued invoice or credit note; `balance` is the invoice's, None for a credit note."""

    id: InvoiceId
    garage: GarageId
    kind: DocumentKind
    ticket: TicketId
    invoice: Invoice
    issued_at: datetime
    issued_by: PersonId
    original: InvoiceId | None = None
    balance: DocumentBalance | None = None


def document_row(document: IssuedDocument, vault: Vault) -> dict[str, object]:
    """Give the row of a paper: who the buyer is, is sealed, and marked by GSTIN."""
    invoice, sums = document.invoice, document.invoice.totals
    gstin = invoice.recipient.gstin
    return {
        "id": document.id,
        "issue_date": invoice.date,
        "garage": document.garage,
        "kind": document.kind,
        "number": invoice.number,
        "issued_at": document.issued_at,
        "issued_by": document.issued_by,
        "ticket": document.ticket,
        "original": document.original,
        "reason": invoice.reason or None,
        "place_of_supply": invoice.place.state.code,
        "taxable_paise": sums.taxable,
        "cgst_paise": sums.cgst,
        "sgst_paise": sums.sgst,
        "igst_paise": sums.igst,
        "round_off_paise": sums.round_off,
        "total_paise": sums.payable,
        "reverse_charge": invoice.reverse_charge,
        "body": Jsonb(document_body(invoice)),
        "buyer": seal_party(invoice.recipient, vault, INVOICE_BUYER.at(document.id)),
        "gstin_mark": None if gstin is None else vault.mark("gstin", gstin.value),
    }


def line_rows(document: IssuedDocument) -> list[Fields]:
    """Give the rows of a paper's lines, which the reports are made of."""
    return [_line_row(document, line) for line in document.invoice.lines]


def document_body(invoice: Invoice) -> dict[str, Any]:
    """Give all that the document says, but for who the buyer is."""
    return INVOICE.dump_python(invoice, mode="json", exclude={"recipient"})


def seal_party(party: Party, vault: Vault, place: SealedPlace) -> bytes:
    return vault.seal(PARTY.dump_json(party), place)


def open_party(sealed: bytes, vault: Vault, place: SealedPlace) -> Party:
    return PARTY.validate_json(vault.open(sealed, place))


def read_invoice(said: Mapping[str, Any], buyer: Party) -> Invoice:
    """Read a document back from what `document_body` and `seal` kept apart."""
    return INVOICE.validate_json(orjson.dumps({**said, "recipient": PARTY.dump_python(buyer)}))


def document_of(found: Mapping[str, Any], vault: Vault) -> IssuedDocument:
    """Read a paper back, as it was issued and as it stands; its body is JSON, read or as text."""
    buyer = vault.open(bytes(found["buyer"]), INVOICE_BUYER.at(found["id"]))
    said = found["body"]
    body = said.encode() if isinstance(said, str) else orjson.dumps(said)
    total = found.get("balance_total")
    return IssuedDocument(
        id=InvoiceId(found["id"]),
        garage=GarageId(found["garage"]),
        kind=DocumentKind(found["kind"]),
        ticket=TicketId(found["ticket"]),
        invoice=INVOICE.validate_json(b'{"recipient":%b,%b' % (buyer, body[1:])),
        issued_at=found["issued_at"],
        issued_by=PersonId(found["issued_by"]),
        original=found["original"] and InvoiceId(found["original"]),
        balance=None if total is None else balance_of(found),
    )


def balance_of(found: Mapping[str, Any]) -> DocumentBalance:
    return DocumentBalance(
        total=found["balance_total"],
        credited=found["credited_paise"],
        paid=found["paid_paise"],
        voided=found["voided"],
    )


def _line_row(document: IssuedDocument, line: TaxedLine) -> Fields:
    return {
        "issue_date": document.invoice.date,
        "invoice": document.id,
        "n": line.n,
        "garage": document.garage,
        "kind": document.kind,
        "of_line": line.of_line,
        "item": line.kind,
        "part": line.part,
        "code": line.hsn,
        "description": line.description,
        "quantity": Decimal(line.quantity),
        "unit": line.unit,
        "unit_paise": line.unit_price,
        "taxable_paise": line.taxable,
        "rate_bp": int(line.rate * BASIS_POINTS),
        "cgst_paise": line.tax.cgst,
        "sgst_paise": line.tax.sgst,
        "igst_paise": line.tax.igst,
        "priced_from": line.priced_from,
        "estimated": line.estimated,
    }
