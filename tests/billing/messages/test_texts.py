"""Customers are told what happened and what is due."""

from dataclasses import replace

import pytest

from billing.gst.document_numbers import parse_number
from billing.gst.money import Paise
from billing.messages.texts import MessageFacts, MessageText, Occasion, email_text, whatsapp_text

TOLD = MessageFacts(
    customer="Asha\r\nBcc: all@example",
    garage="Battwheels Garage",
    number=parse_number("DL01/2627/000123"),
    amount=Paise(1_32_160_00),
    balance=Paise(8_216_00),
    url="https://pay.example/x",
)


def test_letter_cannot_be_given_another_head() -> None:
    assert email_text(Occasion.ISSUED, TOLD) == MessageText(
        subject="Invoice DL01/2627/000123 issued: Battwheels Garage",
        body="Dear Asha Bcc: all@example,\n\nYour invoice DL01/2627/000123 of Rs 1,32,160.00 is "
        "ready. Balance due: Rs 8,216.00.\nhttps://pay.example/x\n\nBattwheels Garage\n",
    )


@pytest.mark.parametrize(
    ("occasion", "said"),
    [
        (Occasion.PAID, "We received Rs 1,32,160.00 for invoice DL01/2627/000123. Thank you."),
        (Occasion.CREDITED, "We credited Rs 1,32,160.00 against invoice DL01/2627/000123."),
        (
            Occasion.VOIDED,
            "Invoice DL01/2627/000123 was cancelled; nothing is to be paid for it.",
        ),
    ],
)
def test_message_of_each_occasion(occasion: Occasion, said: str) -> None:
    settled = replace(TOLD, balance=Paise(0))
    said_there = whatsapp_text(occasion, settled)
    assert said_there == MessageText(body=f"Battwheels Garage: {said} https://pay.example/x")
