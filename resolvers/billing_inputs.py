"""From what a caller handed in for the books to values of billing; a fault names its field."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from billing.gst import letters, pincodes, states
from billing.gst.credit_notes import CreditLine
from billing.gst.gstin import parse_gstin
from billing.gst.law_dates import law_day
from billing.gst.money import Paise, whole_paise
from billing.gst.parties import NAME_LIMIT, Address, Party
from billing.gst.place_of_supply import PlaceOverride
from billing.gst.series import DocumentKind
from billing.gst.supplies import Supply
from billing.gst.terms import InvoiceTerms, TariffChoice
from billing.ledger.invoice_pages import InvoiceFilter, parse_number_prefix
from billing.ledger.payments import ReceivedMoney
from billing.ledger.sellers import SellerProfile
from billing.messages import contacts
from domain import limits
from domain.characters import plain_text
from domain.errors import InvalidInput
from domain.ids import TicketId
from resolvers import idempotency
from resolvers.input_paths import within_input
from schema import billing_inputs as inputs
from schema.money import demand_amount
from schema.nodes import key_of

DISCOUNTS = 100
# What may come beside a payment at once: more cards than anybody lays on a counter.
PARTS = 9
Said = TypeVar("Said")


def invoice_fingerprint(ticket: TicketId, value: inputs.InvoiceInput) -> str:
    """Give the hash of an invoice as it is asked for."""
    return idempotency.operation_fingerprint("issueInvoice", asdict(value) | {"ticket": ticket})


def parse_customer(value: inputs.CustomerInput) -> Party:
    return Party(
        name=letters.demand_showable("customer.name", plain_text(value.name)),
        address=_parse_address(value),
        gstin=None if value.gstin is None else parse_gstin(value.gstin, "customer.gstin"),
        special_zone=value.special_zone,
        phone=value.phone and contacts.parse_phone(value.phone, "customer.phone"),
        email=value.email and contacts.parse_email(value.email, "customer.email"),
    )


def parse_terms(value: inputs.InvoiceInput) -> InvoiceTerms:
    place = value.place_of_supply
    limits.check_count("discounts", len(value.discounts), DISCOUNTS)
    limits.check_count("tariffs", len(value.tariffs or ()), DISCOUNTS)
    return InvoiceTerms(
        day=value.day,
        overrule=None
        if place is None
        else PlaceOverride(
            state=states.parse_place(place.state, "placeOfSupply.state"), reason=place.reason
        ),
        discounts=_by_part(
            "discounts",
            [(d.part, whole_paise("discounts", d.amount, least=1)) for d in value.discounts],
        ),
        tariffs=_by_part(
            "tariffs",
            [(t.part, TariffChoice(code=t.code, goods=t.goods or "")) for t in value.tariffs or ()],
        ),
        labour_discount=whole_paise("labourDiscount", value.labour_discount, least=0),
        reverse_charge=value.reverse_charge,
        supply=Supply(kind=value.supply, undertaking=value.undertaking or ""),
        currency=value.currency,
    )


def parse_received(value: inputs.PaymentInput, now: datetime) -> ReceivedMoney:
    return ReceivedMoney(
        paise=demand_amount("amount", value.amount),
        method=value.method,
        day=value.day or law_day(now),
        reference=value.reference,
    )


def parse_parts(
    value: Sequence[inputs.PaymentPartInput], first: ReceivedMoney
) -> tuple[ReceivedMoney, ...]:
    """Give what came beside a payment; all of it came on the same day."""
    limits.check_count("also", len(value), PARTS)
    return tuple(_parse_part(n, part, first.day) for n, part in enumerate(value))


def parse_invoice_filter(
    value: inputs.InvoiceFilterInput, kind: DocumentKind | None, gstin: str | None
) -> InvoiceFilter:
    """Read which papers are asked for; `gstin` may be said beside the filter too.

    Raises:
        InvalidInput: a field of it does not read as what it should be; it is named.
    """
    own = value.gstin and parse_gstin(value.gstin, "filter.gstin").value
    other = gstin and parse_gstin(gstin).value
    if own and other and own != other:
        raise InvalidInput("filter.gstin", "differs from `gstin`: one customer at a time")
    with within_input("filter"):
        return InvoiceFilter(
            number=None if value.number is None else parse_number_prefix(value.number),
            since=value.since,
            until=value.until,
            status=value.status,
            least=value.least,
            most=value.most,
            kind=kind,
            gstin=own or other,
        )


def parse_credits(value: Sequence[inputs.CreditLineInput] | None) -> tuple[CreditLine, ...] | None:
    return None if value is None else tuple(_parse_credit(line) for line in value)


def parse_profile(value: inputs.BillingSettingsInput) -> SellerProfile:
    name = limits.clean_text("legalName", value.legal_name, NAME_LIMIT)
    letters.demand_showable("legalName", name)
    letters.demand_showable("address", plain_text(value.address))
    pincodes.demand_in_state(value.pincode, states.parse_state(value.state))
    return SellerProfile(**asdict(value))


def parse_month(value: str) -> date:
    """Give the first day of a month written as 2026-10."""
    try:
        return date.fromisoformat(f"{value}-01")
    except ValueError as error:
        raise InvalidInput("month", f"{value[:20]!r} does not read as 2026-10") from error


def _by_part(field: str, said: Sequence[tuple[str, Said]]) -> dict[str, Said]:
    """Give what is said of each part; twice of one part would leave it to chance what counts."""
    found: dict[str, Said] = {}
    for named, value in said:
        try:
            part = key_of("Part", named)
        except InvalidInput as wrong:
            raise wrong.at(f"{field}.part") from wrong
        if part in found:
            raise InvalidInput(f"{field}.part", f"{part[:40]!r} is named twice")
        found[part] = value
    return found


def _parse_part(n: int, value: inputs.PaymentPartInput, day: date) -> ReceivedMoney:
    with within_input("also", n):
        return ReceivedMoney(
            paise=demand_amount("amount", value.amount),
            method=value.method,
            day=day,
            reference=value.reference,
        )


def _parse_credit(value: inputs.CreditLineInput) -> CreditLine:
    amount = None if value.amount is None else Paise(demand_amount("amount", value.amount))
    quantity = None if value.quantity is None else _parse_decimal("quantity", value.quantity)
    return CreditLine(line=value.line, quantity=quantity, taxable=amount)


def _parse_decimal(field: str, value: str) -> Decimal:
    try:
        return Decimal(limits.clean_text(field, value, 20))
    except InvalidOperation as error:
        raise InvalidInput(field, f"{value[:20]!r} is no decimal") from error


def _parse_address(value: inputs.CustomerInput) -> Address | None:
    if value.address is None and value.pincode is None and value.state is None:
        return None
    if value.address is None or value.pincode is None or value.state is None:
        raise InvalidInput("customer.address", "needs its street, its pincode and its State")
    where = states.parse_place(value.state, "customer.state")
    pincodes.demand_in_state(value.pincode, where, "customer.pincode")
    return Address(
        text=letters.demand_showable("customer.address", plain_text(value.address)),
        pincode=value.pincode,
        state=where,
    )
