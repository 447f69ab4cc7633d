"""Measured values as people write them: 48 V, 80%, 35-45C, 15,000 km."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.errors import InvalidInput

UNITS = {
    "mv": "mV",
    "v": "V",
    "volt": "V",
    "volts": "V",
    "kv": "kV",
    "ma": "mA",
    "a": "A",
    "amp": "A",
    "amps": "A",
    "ah": "Ah",
    "kwh": "kWh",
    "wh": "Wh",
    "w": "W",
    "kw": "kW",
    "ohm": "Ω",
    "ohms": "Ω",
    "ω": "Ω",
    "mohm": "mΩ",
    "mω": "mΩ",
    "kohm": "kΩ",
    "kω": "kΩ",
    "megohm": "MΩ",
    "hz": "Hz",
    "khz": "kHz",
    "rpm": "rpm",
    "km": "km",
    "kms": "km",
    "kilometres": "km",
    "kilometers": "km",
    "kmph": "km/h",
    "kmh": "km/h",
    "km/h": "km/h",
    "kph": "km/h",
    "mm": "mm",
    "psi": "psi",
    "bar": "bar",
    "nm": "Nm",
    "c": "°C",
    "°c": "°C",
    "deg": "°C",
    "degc": "°C",
    "degree": "°C",
    "degrees": "°C",
    "celsius": "°C",
    "%": "%",
    "percent": "%",
    "pct": "%",
    "min": "min",
    "mins": "min",
    "minute": "min",
    "minutes": "min",
    "hour": "h",
    "hours": "h",
    "hrs": "h",
    "sec": "s",
    "seconds": "s",
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
    """Read "35-45C" as (35, 45).

    Raises:
        InvalidInput: it is no temperature, or its ends are reversed.
    """
    found = QUANTITY.fullmatch(value.strip())
    if found is None or UNITS[found["unit"].casefold()] != "°C":
        raise InvalidInput("temperature", f"{value[:40]!r} does not read as 35-45C")
    low = _parse_number(found["low"])
    high = _parse_number(found["high"]) if found["high"] else low
    if low > high:
        raise InvalidInput("temperature", f"{value[:40]!r} is reversed")
    return low, high


def _parse_number(written: str) -> float:
    return float(written.replace(",", "").replace("−", "-"))
