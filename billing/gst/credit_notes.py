"""Credit notes: the only correction of an issued invoice (CGST Act s.34, Rule 53(1A)).

Each line may be taken back in parts, never beyond what was charged, taxes and paise included: the
last part takes exactly what is left, and with the last line of all the invoice's round-off.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from billing.gst import money
from billing.gst.invoices import (
    MOST_LINES,
    ROUNDED,
    Document,
    DocumentReference,
    Invoice,
    compute_totals,
)
from billing.gst.lines import TaxedLine, TaxSplit, compute_tax, parse_quantity
from billing.gst.money import ZERO, Paise
from domain import limits
from domain.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine:
    """What to take back of a line: a `quantity`, a `taxable` amount, or (neither) all the rest."""

    line: int
    quantity: Decimal | None = None
    taxable: Paise | None = None

    def __post_init__(self) -> None:
        if self.quantity is not None and self.taxable is not None:
            raise InvalidInput("taxable", "give this or the quantity, not both")
        if self.quantity is not None:
            parse_quantity(self.quantity)
        if self.taxable is not None:
            money.whole_paise("taxable", self.taxable, least=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _CreditableLine:
    """What earlier notes left of a line; `discount` is all that is not asked of what comes back.

    To the line's own discount is added by what earlier notes lowered its price.
    """

    quantity: Decimal
    discount: Paise
    taxable: Paise
    tax: TaxSplit
    untouched: bool


def credit_invoice(
    original: Invoice,
    wanted: Sequence[CreditLine] | None,
    before: Iterable[Invoice],
    day: date,
    reason: str,
) -> Invoice:
    """Make the credit note for some lines of an issued invoice, or (None) for all that is left.

    `before` are the credit notes that the invoice already has.

    Raises:
        InvalidInput: naming the line or field that asks for more than is left.
    """
    said = limits.clean_text("reason", reason, 500)
    if original.number is None or original.kind not in ROUNDED:
        raise InvalidInput("invoice", "is not issued; a draft is simply changed")
    if day < original.date:
        raise InvalidInput("date", f"{day} is before the invoice's, {original.date}")
    earlier = tuple(before)
    left = {line.n: _creditable_line(line, earlier) for line in original.lines}
    asked = _credit_all_left(left) if wanted is None else tuple(wanted)
    _demand_lines_once(asked)
    lines = tuple(
        replace(_credit_line(original, one, left), n=n) for n, one in enumerate(asked, start=1)
    )
    return Invoice(
        kind=Document.CREDIT_NOTE,
        date=day,
        supplier=original.supplier,
        recipient=original.recipient,
        place=original.place,
        lines=lines,
        totals=compute_totals(
            lines, _round_off(original, earlier, lines), reverse_charge=original.reverse_charge
        ),
        reverse_charge=original.reverse_charge,
        supply=original.supply,
        ticket=original.ticket,
        against=DocumentReference(number=original.number, date=original.date),
        reason=said,
    )


def _creditable_line(line: TaxedLine, earlier: Iterable[Invoice]) -> _CreditableLine:
    taken = [c for note in earlier for c in note.lines if c.of_line == line.n]
    returned = sum((c.quantity for c in taken if not c.value_only), Decimal(0))
    lowered = sum(c.taxable for c in taken if c.value_only)
    return _CreditableLine(
        quantity=line.quantity - returned,
        discount=Paise(max(0, line.discount + lowered - sum(c.discount for c in taken))),
        taxable=Paise(line.taxable - sum(c.taxable for c in taken)),
        tax=TaxSplit(
            cgst=Paise(line.tax.cgst - sum(c.tax.cgst for c in taken)),
            sgst=Paise(line.tax.sgst - sum(c.tax.sgst for c in taken)),
            igst=Paise(line.tax.igst - sum(c.tax.igst for c in taken)),
        ),
        untouched=not taken,
    )


def _credit_all_left(left: dict[int, _CreditableLine]) -> tuple[CreditLine, ...]:
    found = tuple(CreditLine(line=n) for n, rest in left.items() if rest.taxable or rest.untouched)
    if not found:
        raise InvalidInput("lines", "are all taken back already")
    return found


def _demand_lines_once(asked: Sequence[CreditLine]) -> None:
    limits.check_count("lines", len(asked), MOST_LINES, least=1)
    if len({one.line for one in asked}) != len(asked):
        raise InvalidInput("lines", "name a line twice")


def _credit_line(
    original: Invoice, asked: CreditLine, left: dict[int, _CreditableLine]
) -> TaxedLine:
    rest = left.get(asked.line)
    if rest is None:
        raise InvalidInput("line", f"{asked.line} is not on the invoice")
    if not rest.taxable and not rest.untouched:
        raise InvalidInput(f"lines.{asked.line}", "is taken back already")
    line = original.lines[asked.line - 1]
    taken = _credited_amount(line, asked, rest)
    last = taken == rest.taxable
    value_only = asked.taxable is not None and not (last and rest.quantity == line.quantity)
    pieces = asked.quantity or (Decimal(1) if value_only or not rest.quantity else rest.quantity)
    return replace(
        line,
        quantity=pieces,
        unit_price=taken if value_only else line.unit_price,
        discount=ZERO if value_only else _credited_discount(line, pieces, taken, rest),
        taxable=taken,
        tax=rest.tax if last else _bounded_tax(line, taken, rest),
        of_line=line.n,
        value_only=value_only,
    )


def _credited_amount(line: TaxedLine, asked: CreditLine, rest: _CreditableLine) -> Paise:
    field = f"lines.{asked.line}"
    if asked.taxable is not None:
        if asked.taxable > rest.taxable:
            raise InvalidInput(field, f"{asked.taxable} paise is more than is left, {rest.taxable}")
        return asked.taxable
    if asked.quantity is None or asked.quantity == rest.quantity:
        return rest.taxable
    if asked.quantity > rest.quantity:
        raise InvalidInput(field, f"{asked.quantity} is more than is left, {rest.quantity}")
    before = line.quantity - rest.quantity
    # What is taken by all that came back so far: pieces rounded one by one would leave the last one
    # with every half paisa of the others.
    part = _share(line, before + asked.quantity) - _share(line, before)
    return Paise(min(part, rest.taxable))


def _share(line: TaxedLine, pieces: Decimal) -> int:
    return money.round_half_up(line.taxable * pieces / line.quantity)


def _credited_discount(
    line: TaxedLine, pieces: Decimal, taken: Paise, rest: _CreditableLine
) -> Paise:
    """Give what was not asked of the pieces that come back: their price, less what is taken.

    The last pieces take all that is left of it, so that paper, portal and invoice agree.
    """
    if taken == rest.taxable and pieces == rest.quantity:
        return rest.discount
    price = money.round_half_up(pieces * line.unit_price)
    return Paise(min(rest.discount, max(0, price - taken)))


def _bounded_tax(line: TaxedLine, taken: Paise, rest: _CreditableLine) -> TaxSplit:
    owed = compute_tax(taken, line.rate, inter_state=bool(line.tax.igst))
    half = min(owed.cgst, rest.tax.cgst)
    return TaxSplit(cgst=half, sgst=half, igst=min(owed.igst, rest.tax.igst))


def _round_off(
    original: Invoice, earlier: tuple[Invoice, ...], lines: tuple[TaxedLine, ...]
) -> Paise:
    """What is left of the invoice's, once nothing else of it is; never more than was payable."""
    charge = not original.reverse_charge
    now = _sum_taxable(lines, taxes=charge)
    before = sum(_sum_taxable(note.lines, taxes=charge) for note in earlier)
    left = original.totals.payable - sum(note.totals.payable for note in earlier)
    whole = before + now == original.totals.total
    return Paise(left - now if whole else min(0, left - now))


def _sum_taxable(lines: Iterable[TaxedLine], *, taxes: bool) -> int:
    return sum(line.total if taxes else line.taxable for line in lines)
