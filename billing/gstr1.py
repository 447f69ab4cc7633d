"""GSTR-1, the monthly return of what was sold: as rows, and from them as JSON and CSV.

Sections as the portal names them: b2b and cdnr (registered buyers), b2cl and cdnur (large
inter-State ones to others), b2cs (all the rest, summed), hsn and docs.
Voided documents are counted in docs alone; bills of supply and vouchers bear no rows of tax here.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from billing import money, units
from billing.hsn_summary import HsnRow
from billing.invoices import Document, Invoice
from billing.lines import Line
from billing.money import Paise
from billing.numbers import InvoiceNumber
from domain.errors import InvalidInput

# What makes an inter-State sale to the unregistered large (Notification 12/2024, from August 2024).
LARGE = ((date(2024, 8, 1), Paise(1_00_000_00)), (date.min, Paise(2_50_000_00)))
TAXED = frozenset({Document.TAX_INVOICE, Document.CREDIT_NOTE})
DOC_TYPES = {
    Document.TAX_INVOICE: 1,
    Document.BILL_OF_SUPPLY: 1,
    Document.CREDIT_NOTE: 5,
    Document.RECEIPT_VOUCHER: 6,
    Document.REFUND_VOUCHER: 8,
}


class Section(StrEnum):
    B2B = "b2b"
    B2CL = "b2cl"
    B2CS = "b2cs"
    CDNR = "cdnr"
    CDNUR = "cdnur"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One rate of one document, or in b2cs of a State; a note's amounts are negative there only."""

    section: Section
    place: str
    inter_state: bool
    rate: Decimal
    taxable: Paise
    igst: Paise
    cgst: Paise
    sgst: Paise
    gstin: str = ""
    number: str = ""
    day: date | None = None
    value: Paise = money.ZERO
    reverse_charge: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """The documents of one series in a period: from, to, how many, how many voided."""

    type: int
    first: str
    last: str
    count: int
    void: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    gstin: str
    period: str
    rows: tuple[Row, ...]
    hsn: tuple[HsnRow, ...]
    docs: tuple[Issued, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    """A line's amounts, negative on a note."""

    hsn: str
    unit: str
    rate: Decimal
    quantity: Decimal
    taxable: Paise
    igst: Paise
    cgst: Paise
    sgst: Paise

    @classmethod
    def of(cls, line: Line, sign: int) -> "_Signed":
        return cls(
            hsn=line.hsn,
            unit=units.portal(line.unit),
            rate=line.rate,
            quantity=Decimal(0) if line.value_only else sign * line.quantity,
            taxable=Paise(sign * line.taxable),
            igst=Paise(sign * line.tax.igst),
            cgst=Paise(sign * line.tax.cgst),
            sgst=Paise(sign * line.tax.sgst),
        )


def gstr1(
    documents: Collection[Invoice],
    gstin: str,
    month: date,
    void: Collection[InvoiceNumber] = (),
    earlier: Iterable[Invoice] = (),
) -> Return:
    """Make the return of a month; `earlier` are older invoices that its notes refer to.

    Raises:
        InvalidInput: a document is not issued in the month, or a note's invoice is unknown.
    """
    for document in documents:
        if document.number is None or (document.date.year, document.date.month) != (
            month.year,
            month.month,
        ):
            raise InvalidInput("documents", f"{document.number} is not issued in {month:%m/%Y}")
    live = [d for d in documents if d.number not in void and d.kind in TAXED]
    values = {d.number: d for d in (*earlier, *documents)}
    rows = [row for document in live for row in _rows(document, _section(document, values))]
    single = [row for row in rows if row.section is not Section.B2CS]
    small = [row for row in rows if row.section is Section.B2CS]
    return Return(
        gstin=gstin,
        period=f"{month:%m%Y}",
        rows=(*single, *_by_state(small)),
        hsn=_by_code([line for document in live for line in _signed(document)]),
        docs=_issued(documents, void),
    )


def _section(document: Invoice, known: Mapping[InvoiceNumber | None, Invoice]) -> Section:
    note = document.kind is Document.CREDIT_NOTE
    if document.to_business:
        return Section.CDNR if note else Section.B2B
    if not document.place.inter_state:
        return Section.B2CS
    first = document if document.against is None else known.get(document.against.number)
    if first is None:
        raise InvalidInput("earlier", f"lacks the invoice that {document.number} refers to")
    most = next(amount for since, amount in LARGE if since <= first.date)
    if first.totals.payable <= most:
        return Section.B2CS
    return Section.CDNUR if note else Section.B2CL


def _rows(document: Invoice, section: Section) -> list[Row]:
    netted = section is Section.B2CS
    lines = _signed(document) if netted else [_Signed.of(line, 1) for line in document.lines]
    rates = sorted({line.rate for line in lines})
    return [_row(document, section, rate, [x for x in lines if x.rate == rate]) for rate in rates]


def _row(document: Invoice, section: Section, rate: Decimal, lines: list[_Signed]) -> Row:
    buyer = document.recipient.gstin
    row = Row(
        section=section,
        place=document.place.state.code,
        inter_state=document.place.inter_state,
        rate=rate,
        taxable=Paise(sum(line.taxable for line in lines)),
        igst=Paise(sum(line.igst for line in lines)),
        cgst=Paise(sum(line.cgst for line in lines)),
        sgst=Paise(sum(line.sgst for line in lines)),
    )
    if section is Section.B2CS:
        return row
    return replace(
        row,
        gstin="" if buyer is None else buyer.value,
        number=document.number or "",
        day=document.date,
        value=document.totals.payable,
        reverse_charge=document.reverse_charge,
    )


def _by_state(rows: list[Row]) -> list[Row]:
    ordered = sorted(rows, key=_state_key)
    return [_summed(list(group)) for _, group in groupby(ordered, key=_state_key)]


def _state_key(row: Row) -> tuple[str, bool, Decimal]:
    return row.place, row.inter_state, row.rate


def _summed(rows: list[Row]) -> Row:
    return replace(
        rows[0],
        taxable=Paise(sum(row.taxable for row in rows)),
        igst=Paise(sum(row.igst for row in rows)),
        cgst=Paise(sum(row.cgst for row in rows)),
        sgst=Paise(sum(row.sgst for row in rows)),
    )


def _signed(document: Invoice) -> list[_Signed]:
    sign = -1 if document.kind is Document.CREDIT_NOTE else 1
    return [_Signed.of(line, sign) for line in document.lines]


def _by_code(lines: list[_Signed]) -> tuple[HsnRow, ...]:
    ordered = sorted(lines, key=_code_key)
    return tuple(_code(list(group)) for _, group in groupby(ordered, key=_code_key))


def _code_key(line: _Signed) -> tuple[str, str, Decimal]:
    return line.hsn, line.unit, line.rate


def _code(lines: list[_Signed]) -> HsnRow:
    return HsnRow(
        hsn=lines[0].hsn,
        unit=lines[0].unit,
        rate=lines[0].rate,
        quantity=sum((line.quantity for line in lines), Decimal(0)),
        taxable=Paise(sum(line.taxable for line in lines)),
        cgst=Paise(sum(line.cgst for line in lines)),
        sgst=Paise(sum(line.sgst for line in lines)),
        igst=Paise(sum(line.igst for line in lines)),
    )


def _issued(documents: Iterable[Invoice], void: Collection[InvoiceNumber]) -> tuple[Issued, ...]:
    ordered = sorted(documents, key=_series)
    return tuple(_range(list(group), void) for _, group in groupby(ordered, key=_type_and_series))


def _series(document: Invoice) -> tuple[int, str, str]:
    return *_type_and_series(document), document.number or ""


def _type_and_series(document: Invoice) -> tuple[int, str]:
    return DOC_TYPES[document.kind], (document.number or "").rpartition("/")[0]


def _range(documents: list[Invoice], void: Collection[InvoiceNumber]) -> Issued:
    numbers = [document.number or "" for document in documents]
    return Issued(
        type=DOC_TYPES[documents[0].kind],
        first=numbers[0],
        last=numbers[-1],
        count=len(numbers),
        void=sum(number in void for number in numbers),
    )
