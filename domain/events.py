"""What happened, as other parts of the system hear of it: ids only, never personal data."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.ids import EventId, GarageId

SCHEMA_VERSION = 1


class EventType(StrEnum):
    TICKET_CREATED = "ticket.created"
    TICKET_UPDATED = "ticket.updated"
    TICKET_RESOLVED = "ticket.resolved"
    CARD_CREATED = "failure_card.created"
    CARD_UPDATED = "failure_card.updated"
    CARD_VERIFIED = "failure_card.verified"
    CARD_RETIRED = "failure_card.retired"
    CARD_MATCHED = "failure_card.matched"
    SYNC_REQUIRED = "sync.required"
    NOTIFICATION_SEND = "notification.send"
    INVOICE_ISSUED = "invoice.issued"


CARD_EVENTS = frozenset(
    {
        EventType.CARD_CREATED,
        EventType.CARD_UPDATED,
        EventType.CARD_VERIFIED,
        EventType.CARD_RETIRED,
    }
)
# The events whose entity is a ticket.
TICKET_EVENTS = frozenset(
    {*(t for t in EventType if t.value.startswith("ticket.")), EventType.CARD_MATCHED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact: `entity` is the id of what it is about, `version` that thing's version after it.

    `garage` is where it happened (None for imports); `trace` ties it to the request it came from.
    """

    id: EventId
    type: EventType
    entity: str
    version: int
    at: datetime
    actor: str
    garage: GarageId | None = None
    trace: str | None = None
    schema: int = SCHEMA_VERSION
