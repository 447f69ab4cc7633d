"""Money: whole paise, never a float; rates and quantities are decimals (DB-6).

Every function here is exact. Where a fraction of a paisa arises it is rounded half-up, once.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import NewType

from domain.errors import InvalidInput
from domain.sentences import one_of

Paise = NewType("Paise", int)

ZERO = Paise(0)
# Rs 9,999,999,999.99: what NUMERIC(14,2) columns and the published invoice schema can both hold.
MOST = Paise(999_999_999_999)
CURRENCY = "INR"
RUPEE = 100
HUNDRED = Decimal(100)


def whole_paise(field: str, value: object, *, least: int = -MOST) -> Paise:
    """Give `value` as paise.

    Raises:
        InvalidInput: it is no whole number (a float never is one), or out of `least` … `MOST`.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        found = one_of(type(value).__name__)
        raise InvalidInput(field, f"is {found}; money is a whole number of paise")
    if not least <= value <= MOST:
        raise InvalidInput(field, f"{value} paise is not between {least} and {MOST}")
    return Paise(value)


def exact_decimal(field: str, value: object) -> Decimal:
    """Give `value` as a finite decimal.

    Raises:
        InvalidInput: it is neither a decimal nor a whole number (a float never is one).
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise InvalidInput(field, f"is {one_of(type(value).__name__)}; give an exact decimal")
    number = Decimal(value)
    if not number.is_finite():
        raise InvalidInput(field, f"{number} is no amount")
    return number


def demand_places(field: str, value: Decimal, most: int) -> None:
    """Raise InvalidInput when `value` has more than `most` digits after the point."""
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > most:
        raise InvalidInput(field, f"{value} has more than {most} decimals")


def round_half_up(paise: Decimal) -> Paise:
    """Round a fraction of paise to the nearest whole one, a half away from zero."""
    return Paise(int(paise.quantize(Decimal(1), ROUND_HALF_UP)))


def share_of(amount: Paise, percent: Decimal) -> Paise:
    """Give `percent` of `amount`, half-up at two decimals of a rupee."""
    return round_half_up(amount * percent / HUNDRED)


def round_off(amount: Paise) -> Paise:
    """Give what brings `amount` to the nearest rupee, a half up: within -49 … 50 paise."""
    return Paise((amount + RUPEE // 2) // RUPEE * RUPEE - amount)


def parse_currency(code: str) -> str:
    """Give the one currency that is billed.

    Raises:
        InvalidInput: the code is not INR.
    """
    if code != CURRENCY:
        raise InvalidInput("currency", f"{code[:8]!r} is not INR; invoices are in Indian rupees")
    return code


def plain_amount(amount: Paise) -> str:
    """Write rupees for machines: 1416000 → `14160.00`."""
    rupees, paise = divmod(abs(amount), RUPEE)
    return f"{'-' if amount < 0 else ''}{rupees}.{paise:02d}"


def grouped_amount(amount: Paise) -> str:
    """Write rupees for people, in lakh and crore groups: 1234567890 → `1,23,45,678.90`."""
    rupees, _, paise = plain_amount(Paise(abs(amount))).partition(".")
    head, tail = rupees[:-3], rupees[-3:]
    pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)]
    sign = "-" if amount < 0 else ""
    return f"{sign}{','.join([*reversed(pairs), tail])}.{paise}"
