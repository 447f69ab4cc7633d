"""HSN and SAC: the tariff's name of a thing or a service, in 4, 6 or 8 digits (services 99…).

`rates/codes.csv` holds the headings that a garage bills with their subheadings (Harmonized System
of 2022, which the tariff of India follows to six digits), and the last two digits of the tariff
where they are written down whole. Codes of other headings, and services, are not judged by it:
their rate is known, or it is not.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from domain.errors import InvalidInput

SERVICE = "99"
LABOUR = "998714"
SHAPE = re.compile(r"[0-9]{4}(?:[0-9]{2}){0,2}")
CHAPTERS = range(1, 98)
E_INVOICE_DIGITS = 6
LARGE_DIGITS = 6
SMALL_DIGITS = 4
FULL_DIGITS = 8


def parse_tariff_code(text: str, field: str = "hsn", *, least: int = SMALL_DIGITS) -> str:
    """Give an HSN or SAC as written in the tariff, spaces dropped.

    `least` is how many digits this seller owes: 4 up to Rs 5 crore of turnover, 6 above and on
    every e-invoice (Notification 78/2020).

    Raises:
        InvalidInput: not 4, 6 or 8 digits, fewer than owed, or no chapter of the tariff.
    """
    value = "".join(text.split())
    if not SHAPE.fullmatch(value):
        raise InvalidInput(field, f"{text[:20]!r} is not 4, 6 or 8 digits")
    if int(value[:2]) not in CHAPTERS and not is_service_code(value):
        raise InvalidInput(field, f"{value} opens with {value[:2]}, which is no chapter")
    if len(value) < least:
        raise InvalidInput(field, f"{value} has {len(value)} digits; {least} are owed here")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Subheading:
    """Six digits of the tariff; `items` are its last two digits, where all of them are known."""

    code: str
    items: frozenset[str]
    what: str


@cache
def known_subheadings() -> Mapping[str, Subheading]:
    """Give the subheadings of the headings that a garage bills, by their six digits."""
    text = (files("billing.gst") / "rates" / "codes.csv").read_text("utf-8")
    return {found.code: found for found in _read_subheadings(text)}


def demand_in_tariff(value: str, field: str = "hsn") -> str:
    """Give a code back that the tariff may hold.

    Raises:
        InvalidInput: its heading is known and has no such subheading, or that no such item; what
            is there is told.
    """
    known = known_subheadings()
    heading = sorted(code for code in known if code.startswith(value[:4]))
    if not heading or len(value) == SMALL_DIGITS or is_service_code(value):
        return value
    subheading = known.get(value[:6])
    if subheading is None:
        there = ", ".join(f"{code} ({known[code].what})" for code in heading[:10])
        raise InvalidInput(field, f"{value} is not in the tariff; {value[:4]} holds {there}")
    items = subheading.items
    if len(value) == FULL_DIGITS and items and value[6:] not in items:
        there = ", ".join(f"{subheading.code}{item}" for item in sorted(items))
        raise InvalidInput(field, f"{value} is not in the tariff; {subheading.code} holds {there}")
    return value


def _read_subheadings(text: str) -> Iterator[Subheading]:
    for row in csv.DictReader(text.splitlines()):
        items = frozenset(row["items"].split())
        yield Subheading(code=row["heading"] + row["sub"], items=items, what=row["what"])


def is_service_code(value: str) -> bool:
    return value.startswith(SERVICE)
