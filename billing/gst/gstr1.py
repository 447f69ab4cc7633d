"""GSTR-1, the monthly return of what was sold: as rows, and from them as JSON and CSV.

Sections as the portal names them: b2b and cdnr (registered buyers, special zones and deemed exports
among them), exp (abroad), b2cl and cdnur (large inter-State ones to others, and notes of exports),
b2cs (all the rest, summed), nil (what bears no tax), at and txpd (advances that came, and earlier
ones that invoices took), hsn (apart for registered buyers and others since May 2025) and docs.
Voided documents count in docs alone.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from billing.gst import advances
from billing.gst.advances import AdvanceMovement, HeldAdvance
from billing.gst.document_numbers import InvoiceNumber
from billing.gst.gstr1_rows import (
    SUMMED,
    DocumentRange,
    MonthlyReturn,
    ReturnRow,
    ReturnSection,
    UntaxedRow,
    join_ranges,
    sum_by_state,
    sum_untaxed,
)
from billing.gst.hsn_summary import HsnRow, row_of_line, sum_by_code
from billing.gst.invoices import Document, Invoice
from billing.gst.money import ZERO, Paise
from billing.gst.supplies import portal_type
from domain.errors import InvalidInput

# What makes an inter-State sale to the unregistered large (Notification 12/2024, from August 2024).
LARGE = ((date(2024, 8, 1), Paise(1_00_000_00)), (date.min, Paise(2_50_000_00)))
SOLD = frozenset({Document.TAX_INVOICE, Document.BILL_OF_SUPPLY, Document.CREDIT_NOTE})
# Table 12 is two tables from this month on (GSTN advisory of 1 May 2025, phase III).
HSN_APART_SINCE = date(2025, 5, 1)
DOC_TYPES = {
    Document.TAX_INVOICE: 1,
    Document.BILL_OF_SUPPLY: 1,
    Document.CREDIT_NOTE: 5,
    Document.RECEIPT_VOUCHER: 6,
    Document.REFUND_VOUCHER: 8,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnInputs:
    """What a month's documents do not say themselves.

    Attributes:
        void: the numbers of those that were taken back.
        earlier: older documents that notes of the month refer to.
        held: the advances of which something came, was taken or given back in the month.
        vouchers: what was numbered in the month of receipts and refunds.
    """

    void: Collection[InvoiceNumber] = ()
    earlier: Collection[Invoice] = ()
    held: Collection[HeldAdvance] = ()
    vouchers: Collection[tuple[Document, InvoiceNumber]] = ()


def build_gstr1(
    documents: Collection[Invoice], gstin: str, month: date, beside: ReturnInputs | None = None
) -> MonthlyReturn:
    """Make the return of a month from all invoices, bills and notes that were issued in it.

    Raises:
        InvalidInput: a document is not issued in the month, or what it refers to is unknown.
    """
    beside = beside or ReturnInputs()
    for document in documents:
        issued = document.number is not None and document.kind in SOLD
        if not issued or f"{document.date:%m%Y}" != f"{month:%m%Y}":
            raise InvalidInput("documents", f"{document.number} is not issued in {month:%m/%Y}")
    sold = [d for d in documents if d.number not in beside.void]
    known = {d.number: d for d in (*beside.earlier, *documents)}
    rows = [
        row for document in sold for row in _document_rows(document, _section_of(document, known))
    ]
    rows += [_advance_row(one) for one in advances.advance_movements(beside.held)]
    single = [row for row in rows if row.section not in SUMMED]
    summed = [row for row in rows if row.section in SUMMED]
    return MonthlyReturn(
        gstin=gstin,
        period=f"{month:%m%Y}",
        rows=(*single, *sum_by_state(summed)),
        untaxed=_untaxed_rows(sold, known),
        hsn=_hsn_tables(sold, month),
        docs=_issued_ranges([*_numbered_documents(documents), *beside.vouchers], beside.void),
    )


def _advance_row(moved: AdvanceMovement) -> ReturnRow:
    """Give an advance that grew in 11A, and by what it shrank in 11B."""
    section, sign = (ReturnSection.AT, 1) if moved.taxable > 0 else (ReturnSection.TXPD, -1)
    return ReturnRow(
        section=section,
        place=moved.voucher.place.state.code,
        inter_state=moved.voucher.place.inter_state,
        rate=moved.voucher.lines[0].rate,
        taxable=Paise(sign * moved.taxable),
        igst=Paise(sign * moved.igst),
        cgst=Paise(sign * moved.cgst),
        sgst=Paise(sign * moved.sgst),
    )


def _untaxed_rows(
    sold: Iterable[Invoice], known: Mapping[InvoiceNumber | None, Invoice]
) -> tuple[UntaxedRow, ...]:
    return sum_untaxed(_untaxed_row(document, known) for document in sold)


def _untaxed_row(document: Invoice, known: Mapping[InvoiceNumber | None, Invoice]) -> UntaxedRow:
    # What bears no tax under a letter of undertaking is zero-rated, and told where it was sold.
    lines = _signed_lines(document) if document.supply.bears_tax else ()
    bare = Paise(sum(line.taxable for line in lines if line.rate == 0))
    exempt = bare != 0 and _original_of(document, known).kind is Document.BILL_OF_SUPPLY
    return UntaxedRow(
        inter_state=document.place.inter_state,
        registered=document.to_business,
        nil=ZERO if exempt else bare,
        exempt=bare if exempt else ZERO,
    )


def _hsn_tables(sold: Collection[Invoice], month: date) -> dict[str, tuple[HsnRow, ...]]:
    """Give the tables of codes, under the names that the portal has for them in that month."""
    if month < HSN_APART_SINCE:
        return {"data": _group_by_code(sold, lambda _: True)}
    return {
        "hsn_b2b": _group_by_code(sold, lambda document: document.to_business),
        "hsn_b2c": _group_by_code(sold, lambda document: not document.to_business),
    }


def _original_of(document: Invoice, known: Mapping[InvoiceNumber | None, Invoice]) -> Invoice:
    """Give the document that a note or refund follows, else the document itself."""
    if document.against is None:
        return document
    first = known.get(document.against.number)
    if first is None:
        raise InvalidInput("earlier", f"lacks the document that {document.number} refers to")
    return first


def _section_of(document: Invoice, known: Mapping[InvoiceNumber | None, Invoice]) -> ReturnSection:
    note = document.kind is Document.CREDIT_NOTE
    if document.to_business:
        return ReturnSection.CDNR if note else ReturnSection.B2B
    if document.exported:
        return ReturnSection.CDNUR if note else ReturnSection.EXP
    if not document.place.inter_state:
        return ReturnSection.B2CS
    first = _original_of(document, known)
    most = next(amount for since, amount in LARGE if since <= first.date)
    if first.totals.payable <= most:
        return ReturnSection.B2CS
    return ReturnSection.CDNUR if note else ReturnSection.B2CL


def _document_rows(document: Invoice, section: ReturnSection) -> list[ReturnRow]:
    netted = section is ReturnSection.B2CS
    lines = _signed_lines(document) if netted else [row_of_line(line) for line in document.lines]
    untaxed = not document.supply.bears_tax
    rates = sorted({line.rate for line in lines if line.rate or untaxed})
    return [
        _tax_row(document, section, rate, [x for x in lines if x.rate == rate]) for rate in rates
    ]


def _tax_row(
    document: Invoice, section: ReturnSection, rate: Decimal, lines: list[HsnRow]
) -> ReturnRow:
    buyer = document.recipient.gstin
    row = ReturnRow(
        section=section,
        place=document.place.state.code,
        inter_state=document.place.inter_state,
        rate=rate,
        taxable=Paise(sum(line.taxable for line in lines)),
        igst=Paise(sum(line.igst for line in lines)),
        cgst=Paise(sum(line.cgst for line in lines)),
        sgst=Paise(sum(line.sgst for line in lines)),
    )
    if section in SUMMED:
        return row
    return replace(
        row,
        gstin="" if buyer is None else buyer.value,
        number=document.number or "",
        day=document.date,
        value=document.totals.payable,
        reverse_charge=document.reverse_charge,
        supply=portal_type(document.supply, document.recipient, document.place),
    )


def _signed_lines(document: Invoice) -> list[HsnRow]:
    """Give a document's lines, negative on a note."""
    sign = -1 if document.kind is Document.CREDIT_NOTE else 1
    return [row_of_line(line, sign) for line in document.lines]


def _group_by_code(
    sold: Iterable[Invoice], wanted: Callable[[Invoice], bool]
) -> tuple[HsnRow, ...]:
    return sum_by_code(
        line for document in sold if wanted(document) for line in _signed_lines(document)
    )


def _numbered_documents(documents: Iterable[Invoice]) -> list[tuple[Document, InvoiceNumber]]:
    return [(d.kind, d.number) for d in documents if d.number is not None]


def _issued_ranges(
    numbered: Iterable[tuple[Document, InvoiceNumber]], void: Collection[InvoiceNumber]
) -> tuple[DocumentRange, ...]:
    """Give the series of each type of document, from the first number to the last."""
    return join_ranges(
        DocumentRange(
            type=DOC_TYPES[kind], first=number, last=number, count=1, void=int(number in void)
        )
        for kind, number in numbered
    )
