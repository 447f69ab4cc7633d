"""The HSN summary: what a document bills, grouped by tariff code, unit and rate."""

from collections.abc import Iterable
from dataclasses import dataclass
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
    groups: dict[tuple[str, str, Decimal], list[TaxedLine]] = {}
    for line in lines:
        groups.setdefault((line.hsn, units.portal_unit(line.unit), line.rate), []).append(line)
    return tuple(_summary_row(key, groups[key]) for key in sorted(groups))


def _summary_row(key: tuple[str, str, Decimal], lines: list[TaxedLine]) -> HsnRow:
    hsn, unit, rate = key
    return HsnRow(
        hsn=hsn,
        unit=unit,
        rate=rate,
        quantity=sum((line.quantity for line in lines if not line.value_only), Decimal(0)),
        taxable=Paise(sum(line.taxable for line in lines)),
        cgst=Paise(sum(line.tax.cgst for line in lines)),
        sgst=Paise(sum(line.tax.sgst for line in lines)),
        igst=Paise(sum(line.tax.igst for line in lines)),
    )
