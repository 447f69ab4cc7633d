"""Which series a document is numbered in: each kind counts for itself (Rules 46, 50, 51, 53)."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from billing.gst.document_numbers import InvoiceNumber, format_number
from billing.gst.law_dates import FinancialYear
from domain.errors import InvalidInput

SERIES = re.compile(r"[1-9A-Z][A-Z0-9]{2}")


class DocumentKind(StrEnum):
    """What a numbered document is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"
    REFUND = "refund"


# Behind the garage's three characters: PN1 for invoices, PN1C for credit notes. Bills without tax
# count for themselves too.
LETTERS = {
    DocumentKind.INVOICE: "",
    DocumentKind.CREDIT_NOTE: "C",
    DocumentKind.RECEIPT: "R",
    DocumentKind.REFUND: "F",
}
BILL = "B"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesNumber:
    """One number, and what it was made of."""

    kind: DocumentKind
    series: str
    year: FinancialYear
    serial: int

    @property
    def text(self) -> InvoiceNumber:
        return format_number(self.series, self.year, self.serial)


def series_of(kind: DocumentKind, garage_series: str, *, bill: bool = False) -> str:
    """Give the series of a kind of document in a garage; `bill` is an invoice without tax."""
    return garage_series + (BILL if bill else LETTERS[kind])


def garage_series(value: str) -> str:
    """Give a garage's series if it is three characters that a number may begin with.

    Raises:
        InvalidInput: it is not.
    """
    if not SERIES.fullmatch(value):
        raise InvalidInput("series", f"{value[:20]!r} is not three of A-Z and 0-9, no leading 0")
    return value


def first_of_month(day: date) -> date:
    """Give the first day of its month."""
    return day.replace(day=1)
