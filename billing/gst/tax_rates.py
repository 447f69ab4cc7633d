"""GST rates by tariff code and date of supply: a table, never a constant (IN-5).

The shipped table is `rates/gst.csv`: what a repair shop sells, from 1 August 2019 (electric
vehicles at 5 %) through the change of 22 September 2025 (56th Council: slabs 5, 18, 40). A code is
looked up by its longest known beginning: 85076000 by 850760 before 8507.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from types import MappingProxyType
from typing import TypeAlias

from billing.gst.money import exact_decimal
from billing.gst.tariff_codes import parse_tariff_code
from domain.errors import InvalidInput

NEW_SLABS = date(2025, 9, 22)
# 5, 18 and 40 are the 56th Council's; the small ones, and 28 for what was put off, to be confirmed.
SLABS_BEFORE = frozenset(map(Decimal, ("0", "0.1", "0.25", "1", "1.5", "3", "5", "12", "18", "28")))
SLABS_SINCE = frozenset(map(Decimal, ("0", "0.1", "0.25", "1", "1.5", "3", "5", "18", "28", "40")))


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRate:
    """`percent` of the taxable value for a tariff code, from `since` until a later row."""

    code: str
    since: date
    percent: Decimal
    what: str = ""

    def __post_init__(self) -> None:
        parse_tariff_code(self.code)
        allowed_rate(exact_decimal("percent", self.percent), self.since)


Table: TypeAlias = Mapping[str, tuple[TaxRate, ...]]


def allowed_rate(percent: Decimal, on: date, field: str = "rate") -> Decimal:
    """Give `percent` when it is a slab of GST on that day.

    Raises:
        InvalidInput: no such slab then.
    """
    slabs = SLABS_SINCE if on >= NEW_SLABS else SLABS_BEFORE
    if percent not in slabs:
        raise InvalidInput(field, f"{percent} % is no slab of GST on {on.isoformat()}")
    return percent


def rate_table(rows: Iterable[TaxRate]) -> Table:
    """Order rows by code, newest first."""
    found: dict[str, tuple[TaxRate, ...]] = {}
    for row in sorted(rows, key=lambda row: row.since, reverse=True):
        found[row.code] = (*found.get(row.code, ()), row)
    return MappingProxyType(found)


def rate_of(tariff: str, on: date, rates: Table, field: str = "hsn") -> TaxRate:
    """Give the rate of a tariff code on the date of supply.

    Raises:
        InvalidInput: on `field` when no beginning of the code is known; on `date` when the code is
            known but had no rate yet on that day.
    """
    value = parse_tariff_code(tariff, field)
    for digits in range(len(value), 3, -1):
        history = rates.get(value[:digits])
        if history is None:
            continue
        for row in history:
            if row.since <= on:
                return row
        raise InvalidInput("date", f"no GST rate of {value} is known on {on.isoformat()}")
    raise InvalidInput(field, f"{value} is not in the table of GST rates; ask the accountant")


def read_rates(text: str) -> Table:
    """Read a table from CSV with the columns code, since, percent, what; source is for people."""
    return rate_table(_rate_of_row(line) for line in csv.DictReader(text.splitlines()))


def _rate_of_row(line: Mapping[str, str]) -> TaxRate:
    try:
        return TaxRate(
            code=line["code"],
            since=date.fromisoformat(line["since"]),
            percent=Decimal(line["percent"]),
            what=line["what"],
        )
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise InvalidInput("rates", f"{dict(line)} is no row of rates") from error


RATES = read_rates((files("billing.gst") / "rates" / "gst.csv").read_text("utf-8"))
