"""What a return is made of, as values: rows of tax, what bore none, the series that were used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from billing import money
from billing.hsn_summary import HsnRow
from billing.money import Paise


class Section(StrEnum):
    B2B = "b2b"
    B2CL = "b2cl"
    B2CS = "b2cs"
    CDNR = "cdnr"
    CDNUR = "cdnur"
    AT = "at"
    TXPD = "txpd"


# Summed by State and rate, without their documents.
SUMMED = frozenset({Section.B2CS, Section.AT, Section.TXPD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One rate of one document, or where documents are summed of a State.

    A note's amounts are negative in b2cs only. `taxable` of an advance is what is left of it
    without its tax.
    """

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
    special_zone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Untaxed:
    """What bore no tax, in paise less what notes took back: rated nil, or exempt (table 8)."""

    inter_state: bool
    registered: bool
    nil: Paise
    exempt: Paise


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
    """A month's return; `hsn` by the portal's name of each table of codes."""

    gstin: str
    period: str
    rows: tuple[Row, ...]
    untaxed: tuple[Untaxed, ...]
    hsn: Mapping[str, tuple[HsnRow, ...]]
    docs: tuple[Issued, ...]
