"""Which copy of a document this is (Rule 48): goods go out in three, services in two."""

from enum import StrEnum

from billing.gst.invoices import Document, Invoice
from billing.gst.lines import LineKind


class DocumentCopy(StrEnum):
    ORIGINAL = "ORIGINAL FOR RECIPIENT"
    TRANSPORTER = "DUPLICATE FOR TRANSPORTER"
    SUPPLIER_OF_GOODS = "TRIPLICATE FOR SUPPLIER"
    SUPPLIER_OF_SERVICES = "DUPLICATE FOR SUPPLIER"


def copies_of(invoice: Invoice, *, on_portal: bool = False) -> tuple[DocumentCopy, ...]:
    """Give the copies that the law names: none of an e-invoice (Rule 48(6)) nor of a voucher."""
    if on_portal or invoice.kind in {Document.RECEIPT_VOUCHER, Document.REFUND_VOUCHER}:
        return ()
    if any(line.kind is LineKind.PART for line in invoice.lines):
        return (DocumentCopy.ORIGINAL, DocumentCopy.TRANSPORTER, DocumentCopy.SUPPLIER_OF_GOODS)
    return (DocumentCopy.ORIGINAL, DocumentCopy.SUPPLIER_OF_SERVICES)
