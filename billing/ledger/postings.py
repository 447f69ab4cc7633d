"""Double entry, purely: what a change moves from which account to which (debits +, credits −)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from billing.gst.invoices import Invoice


class Account(StrEnum):
    RECEIVABLE = "receivable"
    SALES = "sales"
    CGST = "cgst_payable"
    SGST = "sgst_payable"
    IGST = "igst_payable"
    ROUND_OFF = "round_off"
    CASH = "cash"
    BANK = "bank"
    TDS = "tds_receivable"
    ADVANCES = "advances"
    CASH_DIFFERENCE = "cash_difference"
    OWNER = "owner"


class PaymentMethod(StrEnum):
    """How money came."""

    CASH = "cash"
    UPI = "upi"
    CARD = "card"
    TRANSFER = "transfer"
    TDS = "tds"


class PaymentKind(StrEnum):
    """What a movement of money is for: an invoice, before one, the tax withheld, or back."""

    PAYMENT = "payment"
    ADVANCE = "advance"
    TDS = "tds"
    REFUND = "refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingLeg:
    """`about` is the invoice that the amount belongs to, the ticket that an advance is for, or the
    garage whose till was counted.
    """

    account: Account
    paise: int
    about: str


def sale_legs(invoice: Invoice, about: str) -> tuple[PostingLeg, ...]:
    """Give the legs of an issued invoice: the customer owes what is payable.

    Under reverse charge the taxes are the buyer's own debt to the treasury and no entry of ours.
    """
    sums, ours = invoice.totals, not invoice.reverse_charge
    return _balanced_legs(
        about,
        (Account.RECEIVABLE, sums.payable),
        (Account.SALES, -sums.taxable),
        (Account.CGST, -sums.cgst * ours),
        (Account.SGST, -sums.sgst * ours),
        (Account.IGST, -sums.igst * ours),
        (Account.ROUND_OFF, -sums.round_off),
    )


def reversal_legs(legs: Iterable[PostingLeg]) -> tuple[PostingLeg, ...]:
    """Give the same legs the other way: what a credit note, a void or a refund does."""
    return tuple(replace(leg, paise=-leg.paise) for leg in legs)


def receipt_legs(method: PaymentMethod, paise: int, about: str) -> tuple[PostingLeg, ...]:
    """Give the legs of money that came in for an invoice.

    Tax that the customer withheld (TDS) came in as a claim on the treasury.
    """
    return _balanced_legs(about, (cash_account(method), paise), (Account.RECEIVABLE, -paise))


def advance_legs(method: PaymentMethod, paise: int, ticket: str) -> tuple[PostingLeg, ...]:
    """Give the legs of money that came before there was an invoice: it is owed back till then."""
    return _balanced_legs(ticket, (cash_account(method), paise), (Account.ADVANCES, -paise))


def settlement_legs(paise: int, ticket: str, invoice: str) -> tuple[PostingLeg, ...]:
    """Give the legs of an advance that an invoice takes."""
    return (
        PostingLeg(account=Account.ADVANCES, paise=paise, about=ticket),
        PostingLeg(account=Account.RECEIVABLE, paise=-paise, about=invoice),
    )


def cash_legs(source: Account, paise: int, about: str) -> tuple[PostingLeg, ...]:
    """Give the legs of cash that came into the till (or, below zero, left it) by no payment."""
    return _balanced_legs(about, (Account.CASH, paise), (source, -paise))


def cash_account(method: PaymentMethod) -> Account:
    """Give the account that money of this kind lies in."""
    match method:
        case PaymentMethod.CASH:
            return Account.CASH
        case PaymentMethod.TDS:
            return Account.TDS
        case PaymentMethod.UPI | PaymentMethod.CARD | PaymentMethod.TRANSFER:
            return Account.BANK


def _balanced_legs(about: str, *moves: tuple[Account, int]) -> tuple[PostingLeg, ...]:
    return tuple(
        PostingLeg(account=a, paise=paise, about=about) for a, paise in moves if paise != 0
    )
