"""Whole documents as JSON text: a stored version reads back as exactly the value it was."""

from pydantic import TypeAdapter

from domain.cards import FailureCard
from domain.tickets import Ticket

CARD = TypeAdapter(FailureCard)
TICKET = TypeAdapter(Ticket)
SCHEMA = 1
COUNTED = {"usage", "reputation", "recheck"}
# What an import may change without the card saying anything new.
INCIDENTAL = {
    "version": True,
    "status": True,
    "verification": True,
    "usage": True,
    "reputation": True,
    "recheck": True,
    "merged_into": True,
    "merge": True,
    "provenance": {"created_at", "updated_at"},
}


def card_body(card: FailureCard) -> str:
    """Give the document without its counters, which no version holds."""
    return CARD.dump_json(card, exclude=COUNTED).decode()


def card_content(card: FailureCard) -> bytes:
    """Give what the card says, without its version, state, times and counters."""
    return CARD.dump_json(card, exclude=INCIDENTAL)


def card_from(body: str) -> FailureCard:
    return CARD.validate_json(body)


def ticket_body(ticket: Ticket) -> str:
    return TICKET.dump_json(ticket).decode()


def ticket_from(body: str) -> Ticket:
    return TICKET.validate_json(body)
