"""Who asks for what is done, when, and under which id: what ids and events are made of.

Everything an operation makes takes its id from the operation, so doing it twice makes it once.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from domain.access import Actor
from domain.clock import HybridTimestamp, moment_of
from domain.events import Event, EventType
from domain.ids import CardId, EventId, GarageId, JobId, OperationId, TicketId, derive_uuid, uuid7


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that somebody asks for.

    Attributes:
        done: when a device says that it was done; None: now.
        late: it was asked without knowing what stands by now, so the last word decides (CF-5).
    """

    id: OperationId
    actor: Actor
    at: datetime
    trace: str | None = None
    done: HybridTimestamp | None = None
    late: bool = False

    @property
    def done_at(self) -> datetime:
        """Say when it was done, by a device's clock where there is one to believe."""
        return moment_of(self.done, self.at)

    @property
    def mark(self) -> str:
        """What this operation leaves on a ticket that it changed."""
        return str(self._derived_id("mark"))

    def ticket_id(self) -> TicketId:
        return TicketId(f"tkt_{self._derived_id('ticket')}")

    def job_id(self) -> JobId:
        return JobId(f"job_{self._derived_id('job')}")

    def card_id(self) -> CardId:
        return CardId(f"fc_{self._derived_id('card')}")

    def event(
        self, type: EventType, entity: str, version: int, garage: GarageId | None = None
    ) -> Event:
        """Give the event that this operation leaves behind, the same each time it is done."""
        return Event(
            id=EventId(str(self._derived_id(type))),
            type=type,
            entity=entity,
            version=version,
            at=self.at,
            actor=self.actor.id,
            garage=garage or self.actor.garage,
            trace=self.trace,
        )

    def _derived_id(self, purpose: str) -> UUID:
        return derive_uuid(UUID(self.id), f"{self.actor.id}:{purpose}")


def operation_after(event: Event, purpose: str, actor: Actor) -> Operation:
    """Give the operation that an event asks for: the same each time the event comes."""
    digest = int.from_bytes(sha256(f"{event.id}:{purpose}".encode()).digest()[:10])
    named = OperationId(str(uuid7(event.at, digest)))
    return Operation(id=named, actor=actor, at=event.at, trace=event.trace)
