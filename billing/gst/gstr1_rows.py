"""What a return is made of, as values: rows of tax, what bore none, the series that were used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from billing.gst import money
from billing.gst.hsn_summary import HsnRow
from billing.gst.money import Paise


class ReturnSection(StrEnum):
    B2B = "b2b"
    B2CL = "b2cl"
    B2CS = "b2cs"
    CDNR = "cdnr"
    CDNUR = "cdnur"
    AT = "at"
    TXPD = "txpd"


# Summed by State and rate, without their documents.
SUMMED = frozenset({ReturnSection.B2CS, ReturnSection.AT, ReturnSection.TXPD})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRow:
    """One rate of one document, or where documents are summed of a State.

    A note's amounts are negative in b2cs only. `taxable` of an advance is what is left of it
    without its tax.
    """

    section: ReturnSection
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
    special_zone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UntaxedRow:
    """What bore no tax, in paise less what notes took back: rated nil, or exempt (table 8)."""

    inter_state: bool
    registered: bool
    nil: Paise
    exempt: Paise


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRange:
    """The documents of one series in a period: from, to, how many, how many voided."""

    type: int
    first: str
    last: str
    count: int
    void: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyReturn:
    """A month's return; `hsn` by the portal's name of each table of codes."""

    gstin: str
    period: str
    rows: tuple[ReturnRow, ...]
    untaxed: tuple[UntaxedRow, ...]
    hsn: Mapping[str, tuple[HsnRow, ...]]
    docs: tuple[DocumentRange, ...]
