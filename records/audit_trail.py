"""The audit trail: who did what they answer for, kept once and refused to be changed.

It is written from the events that stores leave in the transaction of what they tell of, so what was
done is audited even where the process died right behind it. The listener that writes it marks the
event as heard in the same transaction: exactly one line stands for each. The books have an audit of
their own, chained by hash (billing/ledger/audit.py).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from domain.events import Event, EventType
from domain.ids import EventId, GarageId
from records.database import Connection, Records
from records.queries import named_queries

QUERIES = named_queries("audit_trail.sql")
# What is audited, by the name that the specification gives the act.
AUDITED: Mapping[EventType, str] = {EventType.CARD_VERIFIED: "failure_card.verify"}
DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedAct:
    """One act: `version` is that of the thing behind it; `garage` is where the actor works."""

    id: EventId
    type: str
    at: datetime
    actor: str
    garage: GarageId | None
    entity: str
    version: int
    result: str
    trace: str | None


class AuditTrail:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def page(self, first: int, entity: str | None = None) -> list[AuditedAct]:
        """Give the newest acts, with `entity` those on one thing alone."""
        rows = await self._records.rows(QUERIES["page"], first=first, entity=entity)
        return [AuditedAct(**row) for row in rows]


async def keep_act(event: Event, connection: Connection) -> None:
    """Write the line of an event, in the transaction of whoever hears it."""
    act = AuditedAct(
        id=event.id,
        type=AUDITED[event.type],
        at=event.at,
        actor=event.actor,
        garage=event.garage,
        entity=event.entity,
        version=event.version,
        result=DONE,
        trace=event.trace,
    )
    await connection.execute(QUERIES["keep"], asdict(act))
