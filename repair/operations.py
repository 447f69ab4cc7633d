"""Who asks for what is done, when, and under which id: what ids and events are made of.

Everything an operation makes takes its id from the operation, so doing it twice makes it once.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from domain.access import Actor
from domain.clock import HybridTimestamp, moment_of
from domain.deeds import AUDITED, NO_CHANGE, NOWHERE, Change, DeedSeal, Origin, deed_of
from domain.events import Event, EventType
from domain.ids import (
    FILES,
    CardId,
    EventId,
    FileId,
    GarageId,
    JobId,
    OperationId,
    TicketId,
    derive_uuid,
    uuid7,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that somebody asks for.

    Attributes:
        done: when a device says that it was done; None: now.
        late: it was asked without knowing what stands by now, so the last word decides (CF-5).
        origin: where it was asked from.
        seal: seals what its events tell the audit; None: nothing but what events say themselves.
    """

    id: OperationId
    actor: Actor
    at: datetime
    trace: str | None = None
    done: HybridTimestamp | None = None
    late: bool = False
    origin: Origin = NOWHERE
    seal: DeedSeal | None = None

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

    def file_id(self) -> FileId:
        return FileId(f"{FILES}{self._derived_id('file').hex}")

    def card_id(self) -> CardId:
        return CardId(f"fc_{self._derived_id('card')}")

    def event(
        self,
        type: EventType,
        entity: str,
        version: int,
        garage: GarageId | None = None,
        change: Change = NO_CHANGE,
    ) -> Event:
        """Give the event that this operation leaves behind, the same each time it is done.

        What the audit is to know of `change` travels with it, sealed.
        """
        event = Event(
            id=EventId(str(self._derived_id(type))),
            type=type,
            entity=entity,
            version=version,
            at=self.at,
            actor=self.actor.id,
            garage=garage or self.actor.garage,
            trace=self.trace,
        )
        if self.seal is None or type not in AUDITED:
            return event
        return replace(event, deed=self.seal.seal(deed_of(event, self.actor, self.origin, change)))

    def blind(self, value: str | None) -> str | None:
        """Give what the audit keeps in place of a personal value, or of words that may be one."""
        return None if self.seal is None or not value else self.seal.mark(value)

    def _derived_id(self, purpose: str) -> UUID:
        return derive_uuid(UUID(self.id), f"{self.actor.id}:{purpose}")


def operation_after(event: Event, purpose: str, actor: Actor) -> Operation:
    """Give the operation that an event asks for: the same each time the event comes."""
    digest = int.from_bytes(sha256(f"{event.id}:{purpose}".encode()).digest()[:10])
    named = OperationId(str(uuid7(event.at, digest)))
    return Operation(id=named, actor=actor, at=event.at, trace=event.trace)
