"""The documents of the GST law as values, and the sums that make one (IN-1, IN-6).

Totals are sums of rounded lines, so that lines always add up; what brings the sum to whole rupees
stands beside it as round-off. A document that does not add up cannot be made.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from billing.gst import money, tariff_codes
from billing.gst.document_numbers import InvoiceNumber
from billing.gst.lines import UNTAXED, PricedLine, TaxedLine, compute_tax
from billing.gst.money import ZERO, Paise
from billing.gst.parties import Party
from billing.gst.place_of_supply import PlaceOfSupply
from billing.gst.states import ABROAD
from billing.gst.supplies import TAXED, Supply, demand_lawful
from billing.gst.tax_rates import RATES, Table, rate_of
from domain import limits
from domain.errors import InvalidInput
from domain.ids import TicketId
from domain.sentences import one_of

MOST_LINES = 1_000


class Document(StrEnum):
    TAX_INVOICE = "tax_invoice"
    BILL_OF_SUPPLY = "bill_of_supply"
    CREDIT_NOTE = "credit_note"
    RECEIPT_VOUCHER = "receipt_voucher"
    REFUND_VOUCHER = "refund_voucher"


# Those that are rounded to the rupee; the others follow a document or an amount already paid.
ROUNDED = frozenset({Document.TAX_INVOICE, Document.BILL_OF_SUPPLY})
REFERRING = frozenset({Document.CREDIT_NOTE, Document.REFUND_VOUCHER})


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReference:
    """The earlier document that this one corrects or refunds."""

    number: InvoiceNumber
    date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums over the lines in paise: `payable` = `total` + `round_off`.

    Under reverse charge the buyer pays the taxes to the treasury: they are shown, not in `total`.
    """

    discount: Paise
    taxable: Paise
    cgst: Paise
    sgst: Paise
    igst: Paise
    total: Paise
    round_off: Paise
    payable: Paise

    @property
    def tax(self) -> Paise:
        return Paise(self.cgst + self.sgst + self.igst)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceContent:
    """What is to become an invoice: `date` is the day of supply in India."""

    kind: Document = Document.TAX_INVOICE
    date: date
    supplier: Party
    recipient: Party
    place: PlaceOfSupply
    lines: tuple[PricedLine, ...]
    reverse_charge: bool = False
    supply: Supply = TAXED
    ticket: TicketId | None = None
    currency: str = money.CURRENCY

    def __post_init__(self) -> None:
        money.parse_currency(self.currency)
        demand_lawful(self.supply, self.recipient, self.place)
        limits.check_count("lines", len(self.lines), MOST_LINES, least=1)
        if self.kind not in ROUNDED:
            what = one_of(self.kind)
            raise InvalidInput("kind", f"{what} is made from another document or a payment")
        if self.reverse_charge and self.kind is Document.BILL_OF_SUPPLY:
            raise InvalidInput("reverseCharge", "is about tax, and a bill of supply has none")
        if self.supply != TAXED and self.kind is Document.BILL_OF_SUPPLY:
            raise InvalidInput("supply", "is about tax, and a bill of supply has none")
        if self.reverse_charge and not self.supply.bears_tax:
            raise InvalidInput("reverseCharge", "is about tax, and this supply bears none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """A document with its sums; a number comes with its issue. Every amount is in paise.

    Attributes:
        against: the document that a credit note or refund voucher follows.
        reason: why that was corrected.
        owes_irn: whether it owed the invoice portal's number at its issue, of which a later
            turnover changes nothing; None in documents from before this was kept.
    """

    kind: Document
    date: date
    supplier: Party
    recipient: Party
    place: PlaceOfSupply
    lines: tuple[TaxedLine, ...]
    totals: Totals
    reverse_charge: bool = False
    supply: Supply = TAXED
    number: InvoiceNumber | None = None
    ticket: TicketId | None = None
    against: DocumentReference | None = None
    reason: str = ""
    owes_irn: bool | None = None

    def __post_init__(self) -> None:
        limits.check_count("lines", len(self.lines), MOST_LINES, least=1)
        right = compute_totals(
            self.lines, self.totals.round_off, reverse_charge=self.reverse_charge
        )
        if self.totals != right:
            raise InvalidInput("totals", "are not the sums of the lines")
        if self.totals.tax and not self.supply.bears_tax:
            raise InvalidInput("supply", "bears no tax, and the lines do")
        if (self.against is None) is (self.kind in REFERRING):
            raise InvalidInput("against", f"does not fit {one_of(self.kind)}")
        if [line.n for line in self.lines] != list(range(1, len(self.lines) + 1)):
            raise InvalidInput("lines", "are not numbered 1, 2, 3 …")

    @property
    def to_business(self) -> bool:
        """B2B: the buyer is registered."""
        return self.recipient.gstin is not None

    @property
    def exported(self) -> bool:
        """It leaves India: State 96."""
        return self.place.state == ABROAD


def compute_invoice(draft: InvoiceContent, rates: Table = RATES) -> Invoice:
    """Tax each line at the rate of its code on the day, round, and add up.

    A bill of supply bears no tax, nor what goes abroad under a letter of undertaking: their codes
    need no rate.

    Raises:
        InvalidInput: a code that the tariff does not hold, or a code or a date without a rate
            (`lines.N.hsn`, `date`), or a sum beyond Rs 9,999,999,999.99.
    """
    lines = tuple(_taxed_line(n, line, draft, rates) for n, line in enumerate(draft.lines, start=1))
    unrounded = compute_totals(lines, ZERO, reverse_charge=draft.reverse_charge)
    rounding = money.round_off(unrounded.total)
    return Invoice(
        kind=draft.kind,
        date=draft.date,
        supplier=draft.supplier,
        recipient=draft.recipient,
        place=draft.place,
        lines=lines,
        totals=compute_totals(lines, rounding, reverse_charge=draft.reverse_charge),
        reverse_charge=draft.reverse_charge,
        supply=draft.supply,
        ticket=draft.ticket,
    )


def compute_totals(
    lines: Iterable[TaxedLine], round_off: Paise, *, reverse_charge: bool = False
) -> Totals:
    """Add up lines; `round_off` is given, for only a rounded document has one of its own."""
    kept = tuple(lines)
    taxable = Paise(sum(line.taxable for line in kept))
    taxes = Paise(sum(line.tax.total for line in kept))
    total = taxable if reverse_charge else Paise(taxable + taxes)
    if abs(round_off) > money.RUPEE // 2:
        raise InvalidInput("roundOff", f"{round_off} paise is more than half a rupee")
    return Totals(
        discount=Paise(sum(line.discount for line in kept)),
        taxable=taxable,
        cgst=Paise(sum(line.tax.cgst for line in kept)),
        sgst=Paise(sum(line.tax.sgst for line in kept)),
        igst=Paise(sum(line.tax.igst for line in kept)),
        # The largest advance may pass the most by a paisa before its round-off takes that away.
        total=total,
        round_off=round_off,
        payable=money.whole_paise("total", total + round_off, least=0),
    )


def _taxed_line(n: int, line: PricedLine, draft: InvoiceContent, rates: Table) -> TaxedLine:
    field = f"lines.{n}.hsn"
    code = tariff_codes.demand_in_tariff(line.hsn, field)
    rate, tax = Decimal(0), UNTAXED
    if draft.kind is not Document.BILL_OF_SUPPLY and draft.supply.bears_tax:
        rate = rate_of(code, draft.date, rates, field, goods=line.goods).percent
        tax = compute_tax(line.taxable, rate, inter_state=draft.place.inter_state)
    return TaxedLine(
        n=n,
        kind=line.kind,
        hsn=line.hsn,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount=line.discount,
        taxable=line.taxable,
        rate=rate,
        tax=tax,
        part=line.part,
        priced_from=line.priced_from,
        estimated=line.estimated,
        goods=line.goods,
    )
