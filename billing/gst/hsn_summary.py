"""The HSN summary: what a document bills, grouped by tariff code, unit and rate."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from billing.gst import units
from billing.gst.lines import TaxedLine
from billing.gst.money import Paise


@dataclass(frozen=True, slots=True, kw_only=True)
class HsnRow:
    """One group; its sums are those of its lines, so the rows add up to the totals."""

    hsn: str
    unit: str
    rate: Decimal
    quantity: Decimal
    taxable: Paise
    cgst: Paise
    sgst: Paise
    igst: Paise

    @property
    def tax(self) -> Paise:
        return Paise(self.cgst + self.sgst + self.igst)


def summarise_by_hsn(lines: Iterable[TaxedLine]) -> tuple[HsnRow, ...]:
    """Group lines, in order of code, unit and rate."""
    return sum_by_code(row_of_line(line) for line in lines)


def row_of_line(line: TaxedLine, sign: int = 1) -> HsnRow:
    """Give a line as a group of one; `sign` is -1 where it is taken back."""
    return HsnRow(
        hsn=line.hsn,
        unit=units.portal_unit(line.unit),
        rate=line.rate,
        quantity=Decimal(0) if line.value_only else sign * line.quantity,
        taxable=Paise(sign * line.taxable),
        cgst=Paise(sign * line.tax.cgst),
        sgst=Paise(sign * line.tax.sgst),
        igst=Paise(sign * line.tax.igst),
    )


def sum_by_code(rows: Iterable[HsnRow]) -> tuple[HsnRow, ...]:
    """Make one group of those of the same code, unit and rate, in that order."""
    groups: dict[tuple[str, str, Decimal], list[HsnRow]] = {}
    for row in rows:
        groups.setdefault((row.hsn, row.unit, row.rate), []).append(row)
    return tuple(_sum_group(groups[key]) for key in sorted(groups))


def _sum_group(rows: list[HsnRow]) -> HsnRow:
    return replace(
        rows[0],
        quantity=sum((row.quantity for row in rows), Decimal(0)),
        taxable=Paise(sum(row.taxable for row in rows)),
        cgst=Paise(sum(row.cgst for row in rows)),
        sgst=Paise(sum(row.sgst for row in rows)),
        igst=Paise(sum(row.igst for row in rows)),
    )
