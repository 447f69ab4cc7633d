"""GST rates by tariff code and date of supply: a table, never a constant (IN-5).

The shipped table is `rates/gst.csv`: what a repair shop sells, each row with the notification that
says so. A code is looked up by its longest known beginning: 85076000 by 850760 before 8507. Where a
code holds goods of two rates (chargers of electric vehicles and other converters), each kind has a
name (`goods`): whoever bills says which it is, unless one of them is what nobody needs to name. A
row that is still to be confirmed is shown and never billed.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TypeAlias

from billing.gst import tariff_codes
from billing.gst.money import exact_decimal
from billing.gst.tariff_codes import parse_tariff_code
from domain.errors import InvalidInput

NEW_SLABS = date(2025, 9, 22)
UNCONFIRMED = "to be confirmed"
# 5, 18 and 40 are the 56th Council's; the small ones, and 28 for what was put off, to be confirmed.
SLABS_BEFORE = frozenset(map(Decimal, ("0", "0.1", "0.25", "1", "1.5", "3", "5", "12", "18", "28")))
SLABS_SINCE = frozenset(map(Decimal, ("0", "0.1", "0.25", "1", "1.5", "3", "5", "18", "28", "40")))


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRate:
    """`percent` of the taxable value for a tariff code, from `since` until a later row.

    Attributes:
        goods: which of the code's goods, where they bear different rates.
        source: the notification that says so, or why it is to be confirmed.
    """

    code: str
    since: date
    percent: Decimal
    what: str = ""
    goods: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        parse_tariff_code(self.code)
        allowed_rate(exact_decimal("percent", self.percent), self.since)

    @property
    def confirmed(self) -> bool:
        return not self.source.startswith(UNCONFIRMED)


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


def rate_of(tariff: str, on: date, rates: Table, field: str = "hsn", *, goods: str = "") -> TaxRate:
    """Give the rate of a tariff code, and of these goods of it, on the date of supply.

    Raises:
        InvalidInput: on `field` when no beginning of the code is known, or its rate is to be
            confirmed; on the goods beside it when the code holds goods of several rates and it is
            not said which; on `date` when the code is known but had no rate yet on that day.
    """
    value = parse_tariff_code(tariff, field)
    for digits in range(len(value), 3, -1):
        history = rates.get(value[:digits])
        if history is not None:
            return _rate_in(history, value, on, (field, goods))
    near = ", ".join(near_codes(value, rates)) or "none"
    reason = f"{value} is not in the table of GST rates; near it are: {near}. Search `tariffCodes`"
    raise InvalidInput(field, reason)


def search_rates(text: str, on: date, rates: Table) -> list[TaxRate]:
    """Give the rows in force on a day whose code begins so, or whose words say so, by code."""
    wanted = text.casefold().split()
    rows = [
        row
        for history in rates.values()
        for row in {r.goods: r for r in reversed(history) if r.since <= on}.values()
    ]
    return sorted(
        (row for row in rows if all(_says(row, word) for word in wanted)),
        key=lambda row: (row.code, row.goods),
    )


def _says(row: TaxRate, word: str) -> bool:
    """Say whether a row is of this code, of one above or under it, or speaks of this word."""
    if word.isdecimal():
        return row.code.startswith(word) or word.startswith(row.code)
    return word in f"{row.what} {row.goods} {_subheadings_text(row.code)}".casefold()


@cache
def _subheadings_text(code: str) -> str:
    known = tariff_codes.known_subheadings()
    return " ".join(found.what for key, found in known.items() if key.startswith(code[:6]))


def near_codes(value: str, rates: Table, most: int = 5) -> list[str]:
    """Give known codes that share most with a code, the nearest first."""
    for digits in range(len(value) - 1, 1, -1):
        found = sorted(code for code in rates if code.startswith(value[:digits]))
        if found:
            return [f"{code} ({rates[code][0].what})" for code in found[:most]]
    return []


def _rate_in(history: Sequence[TaxRate], value: str, on: date, asked: tuple[str, str]) -> TaxRate:
    """Give the row of a code that counts for the goods that were asked for (field, goods)."""
    field, goods = asked
    known = {row.goods: row for row in reversed(history) if row.since <= on}
    if not known:
        raise InvalidInput("date", f"no GST rate of {value} is known on {on.isoformat()}")
    found = known.get(goods)
    if found is None:
        named = "; ".join(
            f"{name} ({row.what}: {row.percent} %)" for name, row in known.items() if name
        )
        which = field.removesuffix("hsn") + "goods"
        if not named:
            raise InvalidInput(which, f"{goods[:40]!r}: {value} has one rate; leave the goods out")
        raise InvalidInput(which, f"{value} holds goods of several rates; say which: {named}")
    if not found.confirmed:
        reason = f"the rate of {value} ({found.what}) is {found.source}; bill another code"
        raise InvalidInput(field, reason)
    return found


def read_rates(text: str) -> Table:
    """Read a table from CSV with the columns code, goods, since, percent, what, source."""
    return rate_table(_rate_of_row(line) for line in csv.DictReader(text.splitlines()))


def _rate_of_row(line: Mapping[str, str]) -> TaxRate:
    try:
        return TaxRate(
            code=line["code"],
            since=date.fromisoformat(line["since"]),
            percent=Decimal(line["percent"]),
            what=line["what"],
            goods=line.get("goods") or "",
            source=line.get("source") or "",
        )
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise InvalidInput("rates", f"{dict(line)} is no row of rates") from error


RATES = read_rates((files("billing.gst") / "rates" / "gst.csv").read_text("utf-8"))
# Shipped parts whose code holds goods of several rates, and which of them they are.
PART_GOODS = {
    row["part"]: row["goods"]
    for row in csv.DictReader(
        (files("billing.gst") / "rates" / "parts.csv").read_text("utf-8").splitlines()
    )
}


def goods_of_part(part: str) -> str:
    """Give which goods of its code a shipped part is; empty where its code says enough."""
    return PART_GOODS.get(part, "")
