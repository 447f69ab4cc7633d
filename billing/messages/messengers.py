"""Who carries a message to a customer: what a driver offers, and the stand-in that keeps it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Channel(StrEnum):
    EMAIL = "email"
    WHATSAPP = "whatsapp"


class MessageState(StrEnum):
    """What became of a message: carried, kept for a person to send, or refused for good."""

    SENT = "sent"
    KEPT = "kept"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message as it is handed over; the same `id` is the same message, also when it comes twice.

    Attributes:
        to: an e-mail address, or a telephone number.
        sender: what the garage is called.
        subject: empty where the channel has none.
    """

    id: str
    at: datetime
    to: str = field(repr=False)
    sender: str
    subject: str = field(default="", repr=False)
    body: str = field(repr=False)


class Messenger(Protocol):
    """A driver of one channel."""

    async def send(self, letter: OutgoingMessage) -> MessageState:
        """Carry a message.

        Raises:
            Unavailable: not now; try again later. It names nobody.
        """
        ...


class ManualMessenger:
    """Where no driver is connected: every message is kept, and nobody is told it was sent."""

    async def send(self, letter: OutgoingMessage) -> MessageState:
        del letter
        return MessageState.KEPT
