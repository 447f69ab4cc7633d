"""Advances as a month's return tells of them: what came in and was not taken, what was taken later.

Who pays ahead owes no more tax than in the end: an advance is told of in the month it comes as far
as no invoice has taken it by then (table 11A), and taken off again in the month one does (11B).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from billing.gst import money
from billing.gst.invoices import Invoice
from billing.gst.lines import TaxedLine, TaxSplit, compute_tax
from billing.gst.money import Paise
from billing.gst.tariff_codes import is_service_code


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAdvance:
    """A voucher, and how much of it (paise, tax within) no invoice had taken or refund given back.

    `before` is as the month began, 0 for what came in it; `after` as it ended.
    """

    voucher: Invoice
    before: Paise
    after: Paise


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvanceMovement:
    """By how much a voucher's open tax grew (+) or shrank (−) in a month, in paise."""

    voucher: Invoice
    taxable: Paise
    igst: Paise
    cgst: Paise
    sgst: Paise


def amounts_left(received: Sequence[int], left: int) -> tuple[Paise, ...]:
    """Share out what is left of advances received one after another: the oldest are taken first."""
    taken, shares = sum(received) - left, list[Paise]()
    for amount in received:
        gone = max(0, min(amount, taken))
        shares.append(Paise(amount - gone))
        taken -= gone
    return tuple(shares)


def advance_movements(held: Iterable[HeldAdvance]) -> list[AdvanceMovement]:
    """Give what moved of the advances that bear tax; those for goods do not (Not. 66/2017).

    Both ends are reckoned from the whole of what is open then, so that a voucher's movements add up
    to nothing once all of it is taken, to the paisa.
    """
    return [
        _movement_of(one)
        for one in held
        if is_service_code(_voucher_line(one).hsn) and one.before != one.after
    ]


def _movement_of(held: HeldAdvance) -> AdvanceMovement:
    (was, taxed), (now, taxes) = _net_and_tax(held, held.before), _net_and_tax(held, held.after)
    return AdvanceMovement(
        voucher=held.voucher,
        taxable=Paise(now - was),
        igst=Paise(taxes.igst - taxed.igst),
        cgst=Paise(taxes.cgst - taxed.cgst),
        sgst=Paise(taxes.sgst - taxed.sgst),
    )


def _net_and_tax(held: HeldAdvance, amount: Paise) -> tuple[Paise, TaxSplit]:
    """Give the taxable value and the tax within an amount (Rule 35)."""
    rate = _voucher_line(held).rate
    taxable = money.round_half_up(amount * money.HUNDRED / (money.HUNDRED + rate))
    return taxable, compute_tax(taxable, rate, inter_state=held.voucher.place.inter_state)


def _voucher_line(held: HeldAdvance) -> TaxedLine:
    return held.voucher.lines[0]
