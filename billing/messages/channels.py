"""The channels by which a customer is told, as data: how each is addressed, written, sent by hand.

A driver (`billing/messages/messengers.py`) carries what stands here; a channel without one keeps
its messages for a person to send.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from billing.gst.parties import Party
from billing.messages import contacts, texts
from billing.messages.messengers import Channel
from billing.messages.texts import MessageFacts, MessageText, Occasion
from domain.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelForm:
    """What a channel is made of.

    Attributes:
        address: where a customer is reached by it; None or empty where they left nothing.
        write: what is said there.
        link: opens the text there for a person to send; None where there is no such thing.
    """

    address: Callable[[Party], str | None]
    write: Callable[[Occasion, MessageFacts], MessageText]
    link: Callable[[str, str], str] | None = None


def _email_of(customer: Party) -> str | None:
    """Give the address, if it can be one: older books took any text."""
    try:
        return customer.email and contacts.parse_email(customer.email)
    except InvalidInput:
        return None


def _mobile_of(customer: Party) -> str | None:
    return customer.phone and contacts.parse_mobile(customer.phone)


CHANNELS: Mapping[Channel, ChannelForm] = {
    Channel.EMAIL: ChannelForm(address=_email_of, write=texts.email_text),
    Channel.WHATSAPP: ChannelForm(
        address=_mobile_of, write=texts.whatsapp_text, link=texts.whatsapp_link
    ),
}
