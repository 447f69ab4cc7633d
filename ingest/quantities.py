"""Measured values as people write them: 48 V, 80%, 35-45C, 131°F, 2.78 V/cell, 15,000 km."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from domain.errors import InvalidInput

UNITS: Mapping[str, str] = {
    spelled: unit
    for unit, spellings in yaml.safe_load(
        Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
    ).items()
    for spelled in spellings
}
NUMBER = r"\d{1,9}(?:,\d{2,3}){0,3}(?:\.\d{1,6})?"
UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
QUANTITY = re.compile(
    rf"(?<![\w.,])(?P<low>[-−]?{NUMBER})(?:\s?(?:-|–|to|se)\s?(?P<high>[-−]?{NUMBER}))?"
    rf"\s?(?P<unit>{UNIT})(?![\w/])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value, or a range of values, with its unit and its place in the text."""

    low: float
    high: float
    unit: str
    start: int
    end: int

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.low:g} {self.unit}"
        return f"{self.low:g} to {self.high:g} {self.unit}"


def find_quantities(text: str) -> Iterator[Quantity]:
    """Yield the quantities of a text; a reversed range is none."""
    for found in QUANTITY.finditer(text):
        low = _parse_number(found["low"])
        high = _parse_number(found["high"]) if found["high"] else low
        if low <= high:
            yield Quantity(low, high, UNITS[found["unit"].casefold()], found.start(), found.end())


def temperature_range(value: str) -> tuple[float, float]:
    """Read "35-45C" as (35, 45), "95-113F" as well.

    Raises:
        InvalidInput: it is no temperature, or its ends are reversed.
    """
    found = QUANTITY.fullmatch(value.strip())
    unit = UNITS[found["unit"].casefold()] if found else None
    if found is None or unit not in {"°C", "°F"}:
        raise InvalidInput("temperature", f"{value[:40]!r} does not read as 35-45C")
    low = _parse_number(found["low"])
    high = _parse_number(found["high"]) if found["high"] else low
    if low > high:
        raise InvalidInput("temperature", f"{value[:40]!r} is reversed")
    return (to_celsius(low), to_celsius(high)) if unit == "°F" else (low, high)


def to_celsius(fahrenheit: float) -> float:
    """Give a temperature in °C, to a tenth of a degree."""
    return round((fahrenheit - 32) / 1.8, 1)


def _parse_number(written: str) -> float:
    return float(written.replace(",", "").replace("−", "-"))
