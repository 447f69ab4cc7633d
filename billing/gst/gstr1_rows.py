"""What a return is made of, as values: rows of tax, what bore none, the series that were used."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import chain, groupby

from billing.gst import money
from billing.gst.hsn_summary import HsnRow, sum_by_code
from billing.gst.money import Paise


class ReturnSection(StrEnum):
    B2B = "b2b"
    EXP = "exp"
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

    `supply` is the portal's name of what was sold to a named buyer: B2B, SEZWP, EXPWOP …. A note's
    amounts are negative in b2cs only. `taxable` of an advance is what is left of it
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
    supply: str = ""


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


def merge_returns(parts: Sequence[MonthlyReturn]) -> MonthlyReturn:
    """Make one return of parts of a month's documents, of which there is at least one.

    It is the same however the documents were divided, where notes came with what they refer to.
    """
    rows = [row for part in parts for row in part.rows]
    single = [row for row in rows if row.section not in SUMMED]
    return replace(
        parts[0],
        rows=(*single, *sum_by_state(row for row in rows if row.section in SUMMED)),
        untaxed=sum_untaxed(row for part in parts for row in part.untaxed),
        hsn={
            table: sum_by_code(chain.from_iterable(part.hsn[table] for part in parts))
            for table in parts[0].hsn
        },
        docs=join_ranges(issued for part in parts for issued in part.docs),
    )


def sum_by_state(rows: Iterable[ReturnRow]) -> list[ReturnRow]:
    ordered = sorted(rows, key=_state_key)
    return [_sum_rows(list(group)) for _, group in groupby(ordered, key=_state_key)]


def _state_key(row: ReturnRow) -> tuple[str, str, bool, Decimal]:
    return row.section, row.place, row.inter_state, row.rate


def _sum_rows(rows: list[ReturnRow]) -> ReturnRow:
    return replace(
        rows[0],
        taxable=Paise(sum(row.taxable for row in rows)),
        igst=Paise(sum(row.igst for row in rows)),
        cgst=Paise(sum(row.cgst for row in rows)),
        sgst=Paise(sum(row.sgst for row in rows)),
    )


def sum_untaxed(rows: Iterable[UntaxedRow]) -> tuple[UntaxedRow, ...]:
    """Sum what bore no tax within and between States, to the registered and to others."""
    ordered = sorted(rows, key=_supply_key)
    sums = [_sum_supply(list(group)) for _, group in groupby(ordered, key=_supply_key)]
    return tuple(row for row in sums if row.nil or row.exempt)


def _supply_key(row: UntaxedRow) -> tuple[bool, bool]:
    return row.inter_state, row.registered


def _sum_supply(rows: list[UntaxedRow]) -> UntaxedRow:
    return replace(
        rows[0],
        nil=Paise(sum(row.nil for row in rows)),
        exempt=Paise(sum(row.exempt for row in rows)),
    )


def join_ranges(ranges: Iterable[DocumentRange]) -> tuple[DocumentRange, ...]:
    """Make one range of each type's each series, from its first number to its last."""
    ordered = sorted(ranges, key=lambda one: (one.type, one.first))
    return tuple(_join_range(list(group)) for _, group in groupby(ordered, key=_type_and_series))


def _type_and_series(one: DocumentRange) -> tuple[int, str]:
    return one.type, one.first.rpartition("/")[0]


def _join_range(ranges: list[DocumentRange]) -> DocumentRange:
    return replace(
        ranges[0],
        last=max(one.last for one in ranges),
        count=sum(one.count for one in ranges),
        void=sum(one.void for one in ranges),
    )
