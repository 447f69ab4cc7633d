"""Receipt vouchers for advances, and refund vouchers for those given back (Rules 50 and 51).

An advance holds its tax: taxable value = amount × 100 / (100 + rate), half-up. What rounding leaves
of the amount, a paisa or two, stands as round-off, so that the voucher is of the sum received.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from billing.gst import money, units
from billing.gst.invoices import Document, DocumentReference, Invoice, compute_totals
from billing.gst.lines import LineKind, TaxedLine, compute_tax
from billing.gst.money import ZERO, Paise
from billing.gst.parties import WALK_IN, Party
from billing.gst.place_of_supply import Nature, PlaceOfSupply, find_place_of_supply
from billing.gst.tariff_codes import LABOUR, is_service_code, parse_tariff_code
from billing.gst.tax_rates import RATES, Table, rate_of
from domain import limits
from domain.errors import InvalidInput
from domain.ids import TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvanceReceipt:
    """Money received before the invoice: `amount` in paise, tax within; for what, by its code."""

    date: date
    supplier: Party
    recipient: Party
    place: PlaceOfSupply
    amount: Paise
    hsn: str = LABOUR
    description: str = "Advance for repair"
    ticket: TicketId | None = None

    def __post_init__(self) -> None:
        money.whole_paise("amount", self.amount, least=1)
        object.__setattr__(self, "hsn", parse_tariff_code(self.hsn))


def of_walk_in(supplier: Party, day: date, amount: Paise) -> AdvanceReceipt:
    """Give an advance of which nobody knows who paid it: its place is where the supplier is."""
    return receive_advance(supplier, WALK_IN, day, amount)


def receive_advance(
    supplier: Party, recipient: Party, day: date, amount: Paise, ticket: TicketId | None = None
) -> AdvanceReceipt:
    """Give an advance for a repair, which is a service, at its place of supply (IGST s.12)."""
    return AdvanceReceipt(
        date=day,
        supplier=supplier,
        recipient=recipient,
        place=find_place_of_supply(supplier, recipient, [Nature.SERVICE]),
        amount=amount,
        ticket=ticket,
    )


def receipt_voucher(advance: AdvanceReceipt, rates: Table = RATES) -> Invoice:
    """Make the receipt voucher of an advance.

    Raises:
        InvalidInput: the code or the day has no rate.
    """
    lines = (_voucher_line(advance, rate_of(advance.hsn, advance.date, rates).percent),)
    rounding = Paise(advance.amount - lines[0].total)
    return Invoice(
        kind=Document.RECEIPT_VOUCHER,
        date=advance.date,
        supplier=advance.supplier,
        recipient=advance.recipient,
        place=advance.place,
        lines=lines,
        totals=compute_totals(lines, rounding),
        ticket=advance.ticket,
    )


def refund_voucher(voucher: Invoice, day: date, reason: str) -> Invoice:
    """Make the refund voucher that gives a whole advance back.

    Raises:
        InvalidInput: it is no issued receipt voucher, or the day is before it.
    """
    if voucher.kind is not Document.RECEIPT_VOUCHER or voucher.number is None:
        raise InvalidInput("voucher", "is not an issued receipt voucher")
    if day < voucher.date:
        raise InvalidInput("date", f"{day} is before the voucher's, {voucher.date}")
    return replace(
        voucher,
        kind=Document.REFUND_VOUCHER,
        date=day,
        number=None,
        against=DocumentReference(number=voucher.number, date=voucher.date),
        reason=limits.clean_text("reason", reason, 500),
    )


def _voucher_line(advance: AdvanceReceipt, rate: Decimal) -> TaxedLine:
    taxable = money.round_half_up(advance.amount * money.HUNDRED / (money.HUNDRED + rate))
    service = is_service_code(advance.hsn)
    return TaxedLine(
        n=1,
        kind=LineKind.LABOUR if service else LineKind.PART,
        hsn=advance.hsn,
        description=limits.clean_text("description", advance.description, 300),
        quantity=Decimal(1),
        unit=units.OTHER,
        unit_price=taxable,
        discount=ZERO,
        taxable=taxable,
        rate=rate,
        tax=compute_tax(taxable, rate, inter_state=advance.place.inter_state),
    )
