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
    TICKET_CLOSED = "ticket.closed"
    TICKET_REOPENED = "ticket.reopened"
    TICKET_REVISITED = "ticket.revisited"
    TICKET_CRITICAL = "ticket.critical"
    TICKET_DELETED = "ticket.deleted"
    CARD_CREATED = "failure_card.created"
    CARD_UPDATED = "failure_card.updated"
    CARD_VERIFIED = "failure_card.verified"
    CARD_RETIRED = "failure_card.retired"
    CARD_MERGED = "failure_card.merged"
    CARD_RECHECK = "failure_card.recheck"
    CARD_DELETED = "failure_card.deleted"
    CARD_MATCHED = "failure_card.matched"
    FEEDBACK_GIVEN = "feedback.given"
    FEEDBACK_OBSERVED = "feedback.observed"
    REVIEW_OPENED = "review.opened"
    SYNC_REQUIRED = "sync.required"
    NOTIFICATION_SEND = "notification.send"
    INVOICE_ISSUED = "invoice.issued"
    INVOICE_VOIDED = "invoice.voided"
    CREDIT_NOTE_ISSUED = "credit_note.issued"
    PAYMENT_RECORDED = "payment.recorded"
    PERSON_CHANGED = "person.changed"
    DEFECT_FOUND = "defect.found"


CARD_EVENTS = frozenset(
    {
        EventType.CARD_CREATED,
        EventType.CARD_UPDATED,
        EventType.CARD_VERIFIED,
        EventType.CARD_RETIRED,
        EventType.CARD_MERGED,
        EventType.CARD_RECHECK,
        EventType.CARD_DELETED,
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
    `deed` is what the audit alone may read of it, sealed (`access.deeds`): it leaves the store of
    the act with the event and goes no further than the change log, which keeps it elsewhere.
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
    deed: str | None = None
