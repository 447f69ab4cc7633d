"""Advances as a month's return tells of them: what came in and was not taken, what was taken later.

Who pays ahead owes no more tax than in the end: an advance is told of in the month it comes as far
as no invoice has taken it by then (table 11A), and taken off again in the month one does (11B).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from billing import money
from billing.codes import is_service
from billing.invoices import Invoice
from billing.lines import Line, Tax, tax
from billing.money import Paise


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A voucher, and how much of it (paise, tax within) no invoice had taken or refund given back.

    `before` is as the month began, 0 for what came in it; `after` as it ended.
    """

    voucher: Invoice
    before: Paise
    after: Paise


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """By how much a voucher's open tax grew (+) or shrank (−) in a month, in paise."""

    voucher: Invoice
    taxable: Paise
    igst: Paise
    cgst: Paise
    sgst: Paise


def left_of(received: Sequence[int], left: int) -> tuple[Paise, ...]:
    """Share out what is left of advances received one after another: the oldest are taken first."""
    taken, shares = sum(received) - left, list[Paise]()
    for amount in received:
        gone = max(0, min(amount, taken))
        shares.append(Paise(amount - gone))
        taken -= gone
    return tuple(shares)


def moved(held: Iterable[Held]) -> list[Moved]:
    """Give what moved of the advances that bear tax; those for goods do not (Not. 66/2017).

    Both ends are reckoned from the whole of what is open then, so that a voucher's movements add up
    to nothing once all of it is taken, to the paisa.
    """
    return [_moved(one) for one in held if is_service(_line(one).hsn) and one.before != one.after]


def _moved(held: Held) -> Moved:
    (was, taxed), (now, taxes) = _open(held, held.before), _open(held, held.after)
    return Moved(
        voucher=held.voucher,
        taxable=Paise(now - was),
        igst=Paise(taxes.igst - taxed.igst),
        cgst=Paise(taxes.cgst - taxed.cgst),
        sgst=Paise(taxes.sgst - taxed.sgst),
    )


def _open(held: Held, amount: Paise) -> tuple[Paise, Tax]:
    """Give the taxable value and the tax within an amount (Rule 35)."""
    rate = _line(held).rate
    taxable = money.half_up(amount * money.HUNDRED / (money.HUNDRED + rate))
    return taxable, tax(taxable, rate, inter_state=held.voucher.place.inter_state)


def _line(held: Held) -> Line:
    return held.voucher.lines[0]
