"""Document numbers: at most 16 characters, consecutive, unique in a financial year (Rule 46(b)).

The invoice portal also forbids small letters and a beginning with 0, / or - (IN-2).
"""

import re
from typing import NewType

from billing.gst.law_dates import FinancialYear
from domain.errors import InvalidInput

InvoiceNumber = NewType("InvoiceNumber", str)

SHAPE = re.compile(r"[1-9A-Z][A-Z0-9/-]{0,15}")
SERIES = re.compile(r"[1-9A-Z][A-Z0-9]{0,3}")
LAST_SERIAL = 999_999


def parse_number(text: str, field: str = "number") -> InvoiceNumber:
    """Read a document's number.

    Raises:
        InvalidInput: longer than 16, or not A-Z, 0-9, / and - with a lawful first character.
    """
    if not SHAPE.fullmatch(text):
        reason = "is not 1 to 16 of A-Z, 0-9, / and -, the first none of 0, / and -"
        raise InvalidInput(field, f"{text[:20]!r} {reason}")
    return InvoiceNumber(text)


def format_number(series: str, year: FinancialYear, serial: int) -> InvoiceNumber:
    """Give the number of a serial: `DL01/2627/000123`.

    Raises:
        InvalidInput: the series has another form, or the serial is not 1 … 999,999.
    """
    if not SERIES.fullmatch(series):
        raise InvalidInput("series", f"{series[:20]!r} is not 1 to 4 of A-Z and 0-9, no leading 0")
    if not 1 <= serial <= LAST_SERIAL:
        raise InvalidInput("serial", f"{serial} is not between 1 and {LAST_SERIAL}")
    return parse_number(f"{series}/{year.short}/{serial:06d}")
