"""What a customer is told, by e-mail and WhatsApp: made at the edge, never carried by an event."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from billing.gst import money
from billing.gst.document_numbers import InvoiceNumber
from billing.gst.money import Paise


class Occasion(StrEnum):
    ISSUED = "issued"
    PAID = "paid"
    WITHHELD = "withheld"
    REFUNDED = "refunded"
    CREDITED = "credited"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """The facts of a message; `url` is the signed, expiring address of the PDF."""

    customer: str
    garage: str
    number: InvoiceNumber
    amount: Paise
    balance: Paise
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageText:
    """What a message says; `subject` is empty where a channel has none."""

    subject: str = ""
    body: str


def message_sentence(occasion: Occasion, told: MessageFacts) -> str:
    amount = f"Rs {money.grouped_amount(told.amount)}"
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
    return f"{said} Balance due: Rs {money.grouped_amount(told.balance)}." if due else said


def email_text(occasion: Occasion, told: MessageFacts) -> MessageText:
    """Give the letter; line breaks in names cannot reach its head."""
    subject = f"Invoice {told.number} {occasion}: {single_line(told.garage)}"
    greeting = f"Dear {single_line(told.customer)},"
    said = message_sentence(occasion, told)
    body = f"{greeting}\n\n{said}\n{told.url}\n\n{single_line(told.garage)}\n"
    return MessageText(subject=subject, body=body)


def whatsapp_text(occasion: Occasion, told: MessageFacts) -> MessageText:
    said = message_sentence(occasion, told)
    return MessageText(body=f"{single_line(told.garage)}: {said} {told.url}")


def whatsapp_link(mobile: str, text: str) -> str:
    """Give the link that opens the text in WhatsApp, for a person to send it (wa.me).

    `mobile` has the country's code and no +.
    """
    return f"https://wa.me/{mobile}?text={quote(text, safe='')}"


def single_line(text: str) -> str:
    return " ".join(text.split())
