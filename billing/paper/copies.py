"""Which copy of an invoice this is (Rule 48): goods go out in three, services in two.

The rule is about tax invoices: notes, vouchers and bills of supply are marked by none (Rules 49 to
53), and an e-invoice is not either (Rule 48(6)).
"""

from dataclasses import dataclass
from enum import StrEnum

from billing.gst.invoices import Document, Invoice
from billing.gst.lines import LineKind
from domain.errors import InvalidInput


class DocumentCopy(StrEnum):
    ORIGINAL = "ORIGINAL FOR RECIPIENT"
    TRANSPORTER = "DUPLICATE FOR TRANSPORTER"
    SUPPLIER_OF_GOODS = "TRIPLICATE FOR SUPPLIER"
    SUPPLIER_OF_SERVICES = "DUPLICATE FOR SUPPLIER"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """How a document is shown: `masked` without who buys, and as which copy (None: the first)."""

    masked: bool = False
    copy: DocumentCopy | None = None


WHOLE = PaperView()


def copies_of(invoice: Invoice, *, on_portal: bool = False) -> tuple[DocumentCopy, ...]:
    """Give the copies that the law names, the customer's first; none of what is no tax invoice."""
    if on_portal or invoice.kind is not Document.TAX_INVOICE:
        return ()
    if any(line.kind is LineKind.PART for line in invoice.lines):
        return (DocumentCopy.ORIGINAL, DocumentCopy.TRANSPORTER, DocumentCopy.SUPPLIER_OF_GOODS)
    return (DocumentCopy.ORIGINAL, DocumentCopy.SUPPLIER_OF_SERVICES)


def demand_copy(invoice: Invoice, copy: DocumentCopy, *, on_portal: bool) -> None:
    """Return when the law names this copy of the document.

    Raises:
        InvalidInput: it names others, or none; they are told.
    """
    named = copies_of(invoice, on_portal=on_portal)
    if copy not in named:
        others = ", ".join(one.name for one in named) or "no copies: leave it out"
        raise InvalidInput("copy", f"{copy.name} is none of this document; Rule 48 names {others}")


def marked_copy(
    invoice: Invoice, wanted: DocumentCopy | None, *, on_portal: bool
) -> DocumentCopy | None:
    """Give the mark of the copy that was asked for, else of the customer's; None where none is.

    A link that was given out before the document came onto the portal bears no mark after.
    """
    named = copies_of(invoice, on_portal=on_portal)
    return wanted if wanted in named else next(iter(named), None)
