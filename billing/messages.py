"""What a customer is told, by e-mail and WhatsApp: made at the edge, never carried by an event."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from billing import money
from billing.money import Paise
from billing.numbers import InvoiceNumber


class Occasion(StrEnum):
    ISSUED = "issued"
    PAID = "paid"
    WITHHELD = "withheld"
    REFUNDED = "refunded"
    CREDITED = "credited"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The facts of a message; `url` is the signed, expiring address of the PDF."""

    customer: str
    garage: str
    number: InvoiceNumber
    amount: Paise
    balance: Paise
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    subject: str
    body: str


def sentence(occasion: Occasion, told: Told) -> str:
    amount = f"Rs {money.grouped(told.amount)}"
    said = {
        Occasion.ISSUED: f"Your invoice {told.number} of {amount} is ready.",
        Occasion.PAID: f"We received {amount} for invoice {told.number}. Thank you.",
        Occasion.WITHHELD: f"We noted {amount} of tax that you withheld (TDS) from invoice "
        f"{told.number}.",
        Occasion.REFUNDED: f"We gave back {amount} that was paid for invoice {told.number}.",
        Occasion.CREDITED: f"We credited {amount} against invoice {told.number}.",
        Occasion.VOIDED: f"Invoice {told.number} was cancelled; nothing is to be paid for it.",
    }[occasion]
    due = told.balance and occasion is not Occasion.VOIDED
    return f"{said} Balance due: Rs {money.grouped(told.balance)}." if due else said


def email(occasion: Occasion, told: Told) -> Email:
    """Give the letter; line breaks in names cannot reach its head."""
    subject = f"Invoice {told.number} {occasion}: {one_line(told.garage)}"
    greeting = f"Dear {one_line(told.customer)},"
    body = f"{greeting}\n\n{sentence(occasion, told)}\n{told.url}\n\n{one_line(told.garage)}\n"
    return Email(subject=subject, body=body)


def whatsapp(occasion: Occasion, told: Told) -> str:
    return f"{one_line(told.garage)}: {sentence(occasion, told)} {told.url}"


def whatsapp_link(mobile: str, text: str) -> str:
    """Give the link that opens the text in WhatsApp, for a person to send it (wa.me).

    `mobile` has the country's code and no +.
    """
    return f"https://wa.me/{mobile}?text={quote(text, safe='')}"


def one_line(text: str) -> str:
    return " ".join(text.split())
