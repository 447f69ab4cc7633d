"""What a caller hands in for invoices, payments and settings; checked when parsed, not here."""

from datetime import date, datetime

import strawberry
from strawberry import field

from billing.gst.money import CURRENCY
from billing.gst.supplies import SupplyKind
from billing.ledger.issued_documents import InvoiceStatus
from billing.ledger.postings import PaymentMethod
from billing.ledger.sellers import Scheme
from schema.money import Paise


@strawberry.input(description="Who buys; kept sealed.")
class CustomerInput:
    name: str = field(description="At most 100 characters.")
    gstin: str | None = field(default=None, description="When registered; spaces are forgiven.")
    address: str | None = field(default=None, description="Street and town.")
    pincode: str | None = field(default=None, description="Six digits; needed with an address.")
    state: str | None = field(
        default=None,
        description="Two digits, 96 for abroad (pincode 999999); needed with an address.",
    )
    special_zone: bool = field(
        default=False, description="A registered buyer in a Special Economic Zone."
    )
    phone: str | None = field(default=None, description="Telephone; a mobile is told by WhatsApp.")
    email: str | None = field(default=None, description="E-mail address, which is told.")


@strawberry.input(
    description="All that is kept of a customer, sealed; what is left out is not kept."
)
class CustomerRecordInput(CustomerInput):
    notes: str | None = field(
        default=None, description="What the garage notes of them, at most 2,000 characters."
    )


@strawberry.input(description="What is taken off a part's line.")
class DiscountInput:
    part: strawberry.ID = field(description="The part.")
    amount: Paise = field(description="Off the line, before tax.")


@strawberry.input(description="What the accountant says of a part's tariff code.")
class TariffInput:
    part: strawberry.ID = field(description="The part.")
    code: str | None = field(default=None, description="HSN; null: the catalogue's.")
    goods: str | None = field(
        default=None,
        description="Which goods of the code, where they bear several rates: see `tariffCodes`.",
    )


@strawberry.input(description="A place of supply that the accountant fixes.")
class PlaceInput:
    state: str = field(description="The State's two digits, or 96 for abroad.")
    reason: str = field(description="Why, in at least ten characters; it is kept.")


@strawberry.input(description="What an invoice says beside the repair itself.")
class InvoiceInput:
    customer: CustomerInput | None = field(
        default=None, description="Who buys; or `customerId` names them."
    )
    customer_id: strawberry.ID | None = field(
        default=None,
        description="Who buys, cus_… of the ticket's garage: the bill says who they are by now.",
    )
    day: date | None = field(default=None, description="The day of law; null: today, in India.")
    place_of_supply: PlaceInput | None = field(default=None, description="Only to overrule.")
    discounts: list[DiscountInput] = field(
        default_factory=list[DiscountInput], description="Off parts, at most 100."
    )
    labour_discount: Paise = field(default=Paise(0), description="Off the labour.")
    tariffs: list[TariffInput] | None = field(
        default=None, description="Codes of parts, where the catalogue's do not do, at most 100."
    )
    reverse_charge: bool = field(default=False, description="The buyer pays the tax.")
    supply: SupplyKind = field(
        default=SupplyKind.TAXED,
        description="To a Special Economic Zone or abroad it may be sold without tax, and to who "
        "holds the authorisation as a deemed export.",
    )
    undertaking: str | None = field(
        default=None, description="The number of the letter of undertaking; only without tax."
    )
    currency: str = field(default=CURRENCY, description="INR; nothing else is billed.")


@strawberry.input(description="What came in.")
class PaymentInput:
    amount: Paise = field(description="How much.")
    method: PaymentMethod = field(description="How; TDS is tax that the customer withheld.")
    day: date | None = field(default=None, description="When, in India; null: today.")
    reference: str | None = field(default=None, description="As the bank says; kept sealed.")


@strawberry.input(description="What came beside a payment, on the same day by another method.")
class PaymentPartInput:
    amount: Paise = field(description="How much.")
    method: PaymentMethod = field(description="How; TDS is tax that the customer withheld.")
    reference: str | None = field(default=None, description="As the bank says; kept sealed.")


@strawberry.input(
    description="Which papers; what is null does not narrow. They come by number, the highest "
    "first, where `number` is given; by sum, the largest first, where `least` or `most` is; by "
    "day, the latest first, where `status` or a day is; else, or of a `gstin`, the newest first."
)
class InvoiceFilterInput:
    number: str | None = field(default=None, description="How their numbers begin: PN1/2627/0001.")
    since: date | None = field(default=None, description="From this day of law on.")
    until: date | None = field(default=None, description="Up to this day of law, itself too.")
    status: InvoiceStatus | None = field(
        default=None, description="Where invoices stand; credit notes stand nowhere."
    )
    least: Paise | None = field(default=None, description="Payable: at least so much.")
    most: Paise | None = field(default=None, description="Payable: at most so much.")
    gstin: str | None = field(default=None, description="Of this customer.")
    garage: strawberry.ID | None = field(
        default=None, description="Whose, for who sees several: all but `gstin` needs one."
    )


@strawberry.input(description="What to take back of an invoice's line.")
class CreditLineInput:
    line: int = field(description="The line's number.")
    quantity: str | None = field(default=None, description="How much of it, as a decimal.")
    amount: Paise | None = field(default=None, description="Or how much money, before tax.")


@strawberry.input(description="A part's list price, a garage's own or that of all.")
class PriceInput:
    part: strawberry.ID = field(description="The part: its id, or its key.")
    amount: Paise = field(description="For one, before tax.")
    since: datetime | None = field(default=None, description="From when on; null: from now.")
    garage: strawberry.ID | None = field(
        default=None, description="Whose, if not your own; garage_network: that of all."
    )


@strawberry.input(description="Parts that came onto the shelf, or left it.")
class StockInput:
    part: strawberry.ID = field(description="The part: its id, or its key.")
    quantity: int = field(description="+ came, − left; never 0.")
    reason: str = field(description="Why; it is kept.")
    garage: strawberry.ID | None = field(default=None, description="Where, if not your own.")


@strawberry.input(description="What a garage says of itself.")
class BillingSettingsInput:
    legal_name: str = field(description="Who it is by law.")
    address: str = field(description="Street and town.")
    state: str = field(description="The State's two digits.")
    pincode: str = field(description="Six digits.")
    labour_rate: Paise = field(description="For an hour, before tax.")
    series: str = field(description="Three characters of A-Z and 0-9, the first not 0.")
    gstin: str | None = field(default=None, description="Its GSTIN, when registered.")
    upi: str | None = field(default=None, description="As name@bank.")
    hsn_digits: int = field(default=4, description="4 up to Rs 5 crore of turnover, else 6.")
    turnover: Paise = field(
        default=Paise(0),
        description="The largest of any year since 2017-18: above Rs 5 crore e-invoices are owed.",
    )
    scheme: Scheme = field(
        default=Scheme.REGULAR,
        description="Under composition no tax is collected; bills say so.",
    )
