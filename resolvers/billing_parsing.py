"""From what a caller handed in for the books to values of billing; a fault names its field."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from billing import contacts, states
from billing.credit_notes import Credit
from billing.garages import Profile
from billing.gstin import gstin
from billing.law_time import law_date
from billing.money import Paise, whole
from billing.paper import letters
from billing.parties import Address, Party
from billing.payments import Received
from billing.place_of_supply import Overrule
from billing.sagas import Asked
from billing.terms import Terms
from domain import limits
from domain.characters import plain
from domain.errors import InvalidInput
from domain.ids import TicketId
from resolvers import once
from schema import billing_inputs as inputs
from schema.money import demanded
from schema.nodes import key_of


def asked(ticket: TicketId, value: inputs.InvoiceInput) -> Asked:
    """Give an invoice as it is asked for, with the hash of what was asked."""
    return Asked(
        ticket=ticket,
        buyer=customer(value.customer),
        terms=terms(value),
        body_hash=once.fingerprint("issueInvoice", asdict(value) | {"ticket": ticket}),
    )


def customer(value: inputs.CustomerInput) -> Party:
    return Party(
        name=letters.demand("customer.name", plain(value.name)),
        address=_address(value),
        gstin=None if value.gstin is None else gstin(value.gstin, "customer.gstin"),
        phone=value.phone and contacts.phone(value.phone, "customer.phone"),
        email=value.email and contacts.email(value.email, "customer.email"),
    )


def terms(value: inputs.InvoiceInput) -> Terms:
    place = value.place_of_supply
    return Terms(
        day=value.day,
        overrule=None
        if place is None
        else Overrule(state=states.place(place.state), reason=place.reason),
        discounts={
            key_of("Part", d.part): whole("discounts", d.amount, least=1) for d in value.discounts
        },
        labour_discount=whole("labourDiscount", value.labour_discount, least=0),
        reverse_charge=value.reverse_charge,
        currency=value.currency,
    )


def received(value: inputs.PaymentInput, now: datetime) -> Received:
    return Received(
        paise=demanded("amount", value.amount),
        method=value.method,
        day=value.day or law_date(now),
        reference=value.reference,
    )


def credits(value: Sequence[inputs.CreditLineInput] | None) -> tuple[Credit, ...] | None:  # noqa: A001 - the word of the law
    return None if value is None else tuple(_credit(line) for line in value)


def profile(value: inputs.BillingSettingsInput) -> Profile:
    letters.demand("legalName", plain(value.legal_name))
    letters.demand("address", plain(value.address))
    return Profile(**asdict(value))


def month(value: str) -> date:
    """Give the first day of a month written as 2026-10."""
    try:
        return date.fromisoformat(f"{value}-01")
    except ValueError as error:
        raise InvalidInput("month", f"{value[:20]!r} does not read as 2026-10") from error


def _credit(value: inputs.CreditLineInput) -> Credit:
    amount = None if value.amount is None else Paise(demanded("amount", value.amount))
    quantity = None if value.quantity is None else _decimal("quantity", value.quantity)
    return Credit(line=value.line, quantity=quantity, taxable=amount)


def _decimal(field: str, value: str) -> Decimal:
    try:
        return Decimal(limits.text(field, value, 20))
    except InvalidOperation as error:
        raise InvalidInput(field, f"{value[:20]!r} is no decimal") from error


def _address(value: inputs.CustomerInput) -> Address | None:
    if value.address is None and value.pincode is None and value.state is None:
        return None
    if value.address is None or value.pincode is None or value.state is None:
        raise InvalidInput("customer.address", "needs its street, its pincode and its State")
    where = states.state(value.state, "customer.state")
    return Address(
        text=letters.demand("customer.address", plain(value.address)),
        pincode=value.pincode,
        state=where,
    )
