"""Lines: what is charged, before and after tax; labour and parts apart (Circular 47/21/2018)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from billing.gst import money, units
from billing.gst.money import ZERO, Paise
from billing.gst.place_of_supply import Nature
from billing.gst.price_sources import PriceSource
from billing.gst.tariff_codes import LABOUR, is_service_code, parse_tariff_code
from domain import limits
from domain.errors import InvalidInput
from domain.sentences import one_of

DESCRIPTION_LIMIT = 300
LARGEST_QUANTITY = 1_000_000
QUANTITY_DECIMALS = 3
HALF = Decimal(2)


class LineKind(StrEnum):
    LABOUR = "labour"
    PART = "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """What is to be charged, before tax; `unit_price` and `discount` in paise, without GST.

    `part` is the catalogue's id, `estimated` says the quantity is the card's guess, `goods` which
    of a code's goods it is, where they bear different rates.
    """

    kind: LineKind
    hsn: str
    description: str
    quantity: Decimal
    unit: str
    unit_price: Paise
    discount: Paise = ZERO
    part: str | None = None
    priced_from: PriceSource | None = None
    estimated: bool = False
    goods: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "hsn", parse_tariff_code(self.hsn))
        if is_service_code(self.hsn) is not (self.kind is LineKind.LABOUR):
            raise InvalidInput("hsn", f"{self.hsn} does not belong on {one_of(self.kind)} line")
        described = limits.clean_text("description", self.description, DESCRIPTION_LIMIT)
        object.__setattr__(self, "description", described)
        object.__setattr__(self, "quantity", parse_quantity(self.quantity))
        object.__setattr__(self, "unit", units.parse_unit(self.unit))
        money.whole_paise("unitPrice", self.unit_price, least=0)
        money.whole_paise("discount", self.discount, least=0)
        if self.discount > self.gross:
            raise InvalidInput("discount", f"{self.discount} paise is more than the line's amount")

    @property
    def gross(self) -> Paise:
        return money.whole_paise("amount", money.round_half_up(self.quantity * self.unit_price))

    @property
    def taxable(self) -> Paise:
        return Paise(self.gross - self.discount)

    @property
    def nature(self) -> Nature:
        return Nature.SERVICE if is_service_code(self.hsn) else Nature.GOODS


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxSplit:
    """The tax of one line: two equal halves within a State, else IGST."""

    cgst: Paise = ZERO
    sgst: Paise = ZERO
    igst: Paise = ZERO

    def __post_init__(self) -> None:
        for field, amount in (("cgst", self.cgst), ("sgst", self.sgst), ("igst", self.igst)):
            money.whole_paise(field, amount, least=0)
        if self.cgst != self.sgst:
            raise InvalidInput("sgst", f"{self.sgst} paise is not the CGST, {self.cgst}")
        if self.cgst and self.igst:
            raise InvalidInput("igst", "is never owed beside CGST and SGST")

    @property
    def total(self) -> Paise:
        return Paise(self.cgst + self.sgst + self.igst)


UNTAXED = TaxSplit()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxedLine:
    """A line as it stands on a document; `n` counts from 1.

    `of_line` is the line of the invoice that a credit note's line takes back; with `value_only`
    it lowers the price and no goods come back.
    """

    n: int
    kind: LineKind
    hsn: str
    description: str
    quantity: Decimal
    unit: str
    unit_price: Paise
    discount: Paise
    taxable: Paise
    rate: Decimal
    tax: TaxSplit
    part: str | None = None
    priced_from: PriceSource | None = None
    estimated: bool = False
    of_line: int | None = None
    value_only: bool = False
    goods: str = ""

    def __post_init__(self) -> None:
        parse_quantity(self.quantity)
        money.exact_decimal("rate", self.rate)
        for field, amount in (
            ("unitPrice", self.unit_price),
            ("discount", self.discount),
            ("taxable", self.taxable),
        ):
            money.whole_paise(field, amount, least=0)

    @property
    def gross(self) -> Paise:
        return Paise(self.taxable + self.discount)

    @property
    def total(self) -> Paise:
        return Paise(self.taxable + self.tax.total)


def parse_quantity(value: Decimal, field: str = "quantity") -> Decimal:
    """Give a quantity: more than nothing, at most a million, at most three decimals.

    Raises:
        InvalidInput: it is none of that, or a float.
    """
    number = money.exact_decimal(field, value)
    if not 0 < number <= LARGEST_QUANTITY:
        raise InvalidInput(field, f"{number} is not more than 0 and at most {LARGEST_QUANTITY}")
    money.demand_places(field, number, QUANTITY_DECIMALS)
    return number


def compute_tax(taxable: Paise, rate: Decimal, *, inter_state: bool) -> TaxSplit:
    """Give a line's tax: IGST at the rate, or CGST and SGST each at half of it, half-up.

    Rs 62.51 at 18 % bears 5.63 + 5.63 = 11.26 within a State and 11.25 between States; both are
    right.
    """
    if inter_state:
        return TaxSplit(igst=money.share_of(taxable, rate))
    half = money.share_of(taxable, rate / HALF)
    return TaxSplit(cgst=half, sgst=half)


def labour_line(
    description: str, hours: Decimal, hourly: Paise, discount: Paise = ZERO
) -> PricedLine:
    """Give the line for the work: SAC 998714, by the hour."""
    return PricedLine(
        kind=LineKind.LABOUR,
        hsn=LABOUR,
        description=description,
        quantity=hours,
        unit=units.HOUR,
        unit_price=hourly,
        discount=discount,
    )
