"""Sagas as they are recorded: each step once, a lease on the ticket, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from access.vault import Vault
from billing import papers, terms
from billing.parties import Party
from billing.terms import Terms
from domain.access import Actor, Role
from domain.errors import Occupied, OperationConflict
from domain.events import Event
from domain.ids import GarageId, OperationId, PersonId, SagaId, TicketId, derived
from records import outbox
from records.database import Connection, Records, Row
from records.queries import named

QUERIES = named("sagas.sql", "billing")
LEASE = timedelta(seconds=30)


class Step(StrEnum):
    """What a saga does, in order (IP-9 to IP-14), and what undoes it (IP-15)."""

    LOCKED = "locked"
    COSTED = "costed"
    PRICED = "priced"
    INVOICED = "invoiced"
    TICKET_MARKED = "ticket_marked"
    NOTIFIED = "notified"
    TICKET_UNMARKED = "ticket_unmarked"
    INVOICE_UNDONE = "invoice_undone"


class State(StrEnum):
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An invoice as it is asked for."""

    ticket: TicketId
    buyer: Party
    terms: Terms
    body_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Saga:
    id: SagaId
    garage: GarageId
    operation: OperationId
    asked: Asked
    actor: Actor
    at: datetime
    state: State


class Sagas:
    def __init__(self, records: Records, vault: Vault) -> None:
        self._records = records
        self._vault = vault

    async def begin(
        self, garage: GarageId, operation: OperationId, asked: Asked, actor: Actor, at: datetime
    ) -> Saga:
        """Give the saga of an operation: a new one, the one at work, or how it ended.

        One that was undone begins anew: its caller asks again.

        Raises:
            OperationConflict: the operation asked for something else, or made an invoice that had
                to be taken back.
        """
        own = saga_id(garage, operation)
        async with self._records.transaction() as connection:
            given = {
                "id": own,
                "garage": garage,
                "ticket": asked.ticket,
                "operation": operation,
                "body_hash": asked.body_hash,
                "asked": Jsonb(terms.plain(asked.terms)),
                "buyer": papers.seal(asked.buyer, self._vault, own),
                "actor": actor.id,
                "role": actor.role,
                "at": at,
            }
            await connection.execute(QUERIES["begin"], given)
            [row] = await (await connection.execute(QUERIES["held"], {"id": own})).fetchall()
            if row["body_hash"] != asked.body_hash:
                raise OperationConflict(operation)
            if row["state"] == State.UNDONE:
                await _demand_repeatable(connection, own, operation)
                await connection.execute(QUERIES["forget_steps"], {"id": own})
                row |= {"state": State.RUNNING}
        return self._saga(row)

    async def get(self, id: SagaId) -> Saga | None:
        found = await self._records.rows(QUERIES["get"], id=id)
        return self._saga(found[0]) if found else None

    async def lease(self, saga: Saga, now: datetime) -> SagaId | None:
        """Take the ticket for this saga; give the one whose lease has run out meanwhile, if any.

        Raises:
            Occupied: another saga is at work on the ticket.
        """
        given = {"saga": saga.id, "ticket": saga.asked.ticket, "now": now, "until": now + LEASE}
        async with self._records.transaction() as connection:
            taken = await (await connection.execute(QUERIES["lease"], given)).fetchone()
            if taken is not None:
                await _record(connection, saga.id, Step.LOCKED, now, {})
                return None
            held = await (await connection.execute(QUERIES["leased"], given)).fetchone()
        if held is not None and held["until"] < now:
            return SagaId(str(held["saga"]))
        raise Occupied("ticket", saga.asked.ticket)

    async def steps(self, id: SagaId) -> dict[Step, dict[str, Any]]:
        """Give what each step that was done gave."""
        found = await self._records.rows(QUERIES["steps"], id=id)
        return {Step(row["step"]): row["gave"] for row in found}

    async def record(self, saga: Saga, step: Step, now: datetime, gave: Mapping[str, Any]) -> None:
        """Record a step that was done, and hold the ticket a little longer."""
        async with self._records.transaction() as connection:
            await _record(connection, saga.id, step, now, gave)
            await connection.execute(QUERIES["renew"], {"saga": saga.id, "until": now + LEASE})

    async def finish(self, saga: Saga, now: datetime, event: Event) -> None:
        """Leave the notification and end, in one transaction: it is told when it is done."""
        async with self._records.transaction() as connection:
            await outbox.leave(connection, [event])
            await _record(connection, saga.id, Step.NOTIFIED, now, {"event": event.id})
            await _end(connection, saga.id, State.DONE, None)

    async def undo(self, saga: Saga, reason: str) -> None:
        """Say that the saga goes back from here on."""
        async with self._records.transaction() as connection:
            given = {"id": saga.id, "state": State.UNDOING, "reason": reason}
            await connection.execute(QUERIES["turn"], given)

    async def undone(self, saga: Saga) -> None:
        async with self._records.transaction() as connection:
            await _end(connection, saga.id, State.UNDONE, None)

    async def unfinished(self, now: datetime, limit: int = 100) -> list[Saga]:
        """Give the sagas that nobody is at work on and that have not ended, the oldest first."""
        found = await self._records.rows(QUERIES["unfinished"], now=now, limit=limit)
        return [self._saga(row) for row in found]

    def _saga(self, row: Row) -> Saga:
        own = SagaId(str(row["id"]))
        return Saga(
            id=own,
            garage=GarageId(row["garage"]),
            operation=OperationId(str(row["operation"])),
            asked=Asked(
                ticket=TicketId(row["ticket"]),
                buyer=papers.opened(bytes(row["buyer"]), self._vault, own),
                terms=terms.read(row["asked"]),
                body_hash=row["body_hash"],
            ),
            actor=Actor(
                id=PersonId(row["actor"]), role=Role(row["role"]), garage=GarageId(row["garage"])
            ),
            at=row["at"],
            state=State(row["state"]),
        )


def saga_id(garage: GarageId, operation: OperationId) -> SagaId:
    return SagaId(str(derived(UUID(operation), f"{garage}:saga")))


async def _demand_repeatable(connection: Connection, id: SagaId, operation: OperationId) -> None:
    """Refuse to begin anew under a key whose invoice was issued and taken back."""
    found = await (await connection.execute(QUERIES["steps"], {"id": id})).fetchall()
    if any(row["step"] == Step.INVOICE_UNDONE for row in found):
        raise OperationConflict(operation, "issued an invoice that was taken back")


async def _record(
    connection: Connection, id: SagaId, step: Step, now: datetime, gave: Mapping[str, Any]
) -> None:
    given = {"id": id, "step": step, "at": now, "gave": Jsonb(dict(gave))}
    await connection.execute(QUERIES["record"], given)


async def _end(connection: Connection, id: SagaId, state: State, reason: str | None) -> None:
    await connection.execute(QUERIES["turn"], {"id": id, "state": state, "reason": reason})
    await connection.execute(QUERIES["release"], {"id": id})
