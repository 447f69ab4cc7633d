"""Bounds that values keep: each check raises InvalidInput naming the field."""

import re

from domain.errors import InvalidInput

# The controls (Cc) but line feed and tab, and the surrogates (Cs).
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def text(field: str, value: str, most: int, *, least: int = 1) -> str:
    """Give `value` without control characters and outer space; its length must fit.

    Raises:
        InvalidInput: fewer than `least` or more than `most` characters are left.
    """
    clean = UNWANTED.sub("", value).strip()
    if len(clean) < least:
        raise InvalidInput(field, "is empty" if least == 1 else f"needs {least} characters")
    if len(clean) > most:
        raise InvalidInput(field, f"has {len(clean)} characters; at most {most} are kept")
    return clean


def within(field: str, value: float, low: float, high: float) -> None:
    """Raise InvalidInput unless low ≤ value ≤ high (never true of NaN)."""
    if not low <= value <= high:
        raise InvalidInput(field, f"{value} is not between {low} and {high}")


def count(field: str, found: int, most: int, *, least: int = 0) -> None:
    """Raise InvalidInput unless least ≤ found ≤ most."""
    if not least <= found <= most:
        raise InvalidInput(field, f"has {found} entries; {least} to {most} are allowed")
