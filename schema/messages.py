"""What customers were told of their invoices, in the API."""

from datetime import datetime
from typing import Self

import strawberry
from strawberry import field

from billing.messages import correspondence
from billing.messages.channels import CHANNELS
from billing.messages.messengers import Channel, MessageState
from billing.messages.texts import Occasion


@strawberry.type(description="One message to a customer; hidden from who may only read invoices.")
class Message:
    occasion: Occasion = field(description="What it tells of.")
    channel: Channel = field(description="How it goes.")
    state: MessageState = field(description="Whether it was sent; what is kept, a person sends.")
    at: datetime = field(description="When that happened which it tells of.")
    to: str | None = field(description="The address or number.")
    text: str | None = field(description="Its words.")
    link: str | None = field(description="Of WhatsApp: opens the text there, ready to be sent.")

    @classmethod
    def from_domain(cls, value: correspondence.Message, *, plain: bool) -> Self:
        letter, by_hand = value.letter, CHANNELS[value.channel].link
        return cls(
            occasion=value.occasion,
            channel=value.channel,
            state=value.state,
            at=value.at,
            to=letter.to if plain else None,
            text=letter.body if plain else None,
            link=by_hand(letter.to, letter.body) if plain and by_hand else None,
        )
