"""HSN and SAC: the tariff's name of a thing or a service, in 4, 6 or 8 digits (services 99…)."""

import re

from domain.errors import InvalidInput

SERVICE = "99"
LABOUR = "998714"
SHAPE = re.compile(r"[0-9]{4}(?:[0-9]{2}){0,2}")
CHAPTERS = range(1, 98)
E_INVOICE_DIGITS = 6
LARGE_DIGITS = 6
SMALL_DIGITS = 4


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


def is_service_code(value: str) -> bool:
    return value.startswith(SERVICE)
