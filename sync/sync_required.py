"""What `sync.required` asks of others: a card as it stands, to be kept or dropped (IP-8)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from pydantic import TypeAdapter

from domain.card_lifecycle import NEXT
from domain.cards import FailureCard


class SyncAction(StrEnum):
    UPSERT = "upsert"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRequired:
    """One card to be synchronised: a card out of use is dropped where it is held."""

    type: Literal["failure_card"]
    action: SyncAction
    data: FailureCard


Payload = TypeAdapter(SyncRequired)


def sync_payload(card: FailureCard) -> dict[str, Any]:
    """Give the payload of a card's event as plain JSON values; `sync_schema()` describes it."""
    action = SyncAction.UPSERT if NEXT[card.status] else SyncAction.DELETE
    told = SyncRequired(type="failure_card", action=action, data=card)
    return Payload.dump_python(told, mode="json")


def sync_schema() -> dict[str, Any]:
    return Payload.json_schema()
