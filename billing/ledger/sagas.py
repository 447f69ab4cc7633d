"""Sagas as they are recorded: each step once, a lease on the ticket, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from access.personal_fields import SAGA_BUYER
from access.vault import Vault
from billing.gst import terms
from billing.gst.parties import WALK_IN, Party
from billing.gst.terms import InvoiceTerms
from billing.ledger import issued_documents
from domain.access import Actor, Role
from domain.deeds import NOWHERE, Origin
from domain.errors import Occupied, OperationConflict
from domain.events import Event
from domain.ids import CustomerId, GarageId, OperationId, PersonId, SagaId, TicketId, derive_uuid
from records import outbox
from records.customers import hold_customer
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("sagas.sql", "billing")
LEASE = timedelta(seconds=30)


class SagaStep(StrEnum):
    """What a saga does, in order (IP-9 to IP-14), and what undoes it (IP-15)."""

    LOCKED = "locked"
    COSTED = "costed"
    PRICED = "priced"
    INVOICED = "invoiced"
    TICKET_MARKED = "ticket_marked"
    NOTIFIED = "notified"
    TICKET_UNMARKED = "ticket_unmarked"
    INVOICE_UNDONE = "invoice_undone"


class SagaState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRequest:
    """An invoice as it is asked for, and where from; `customer` is the record that named the buyer.

    Of a saga that ended the buyer is not kept.
    """

    ticket: TicketId
    buyer: Party
    terms: InvoiceTerms
    body_hash: str
    customer: CustomerId | None = None
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Saga:
    id: SagaId
    garage: GarageId
    operation: OperationId
    asked: InvoiceRequest
    actor: Actor
    at: datetime
    state: SagaState


class SagaStore:
    def __init__(self, records: Records, vault: Vault) -> None:
        self._records = records
        self._vault = vault

    async def begin_saga(
        self,
        garage: GarageId,
        operation: OperationId,
        asked: InvoiceRequest,
        actor: Actor,
        at: datetime,
    ) -> Saga:
        """Give the saga of an operation: a new one, the one at work, or how it ended.

        One that was undone begins anew: its caller asks again.

        Raises:
            OperationConflict: the operation asked for something else, or made an invoice that had
                to be taken back.
            NotFound: the customer was erased meanwhile.
        """
        own = saga_id(garage, operation)
        async with self._records.transaction() as connection:
            if asked.customer is not None:
                # Nobody is erased while a bill begins to name them.
                await hold_customer(connection, asked.customer, garage)
            given = {
                "id": own,
                "garage": garage,
                "ticket": asked.ticket,
                "operation": operation,
                "body_hash": asked.body_hash,
                "asked": Jsonb(terms.terms_to_json(asked.terms)),
                "buyer": issued_documents.seal_party(asked.buyer, self._vault, SAGA_BUYER.at(own)),
                "customer": asked.customer,
                "actor": actor.id,
                "role": actor.role,
                "client": asked.origin.address,
                "agent": asked.origin.agent,
                "at": at,
            }
            await connection.execute(QUERIES["begin"], given)
            [row] = await (await connection.execute(QUERIES["held"], {"id": own})).fetchall()
            if row["body_hash"] != asked.body_hash:
                raise OperationConflict(operation)
            if row["state"] == SagaState.UNDONE:
                await _demand_repeatable(connection, own, operation)
                await connection.execute(QUERIES["forget_steps"], given)
                row |= {"state": SagaState.RUNNING, "buyer": given["buyer"]}
        return self._saga(row)

    async def get_saga(self, id: SagaId) -> Saga | None:
        found = await self._records.rows(QUERIES["get"], id=id)
        return self._saga(found[0]) if found else None

    async def take_lease(self, saga: Saga, now: datetime) -> SagaId | None:
        """Take the ticket for this saga; give the one whose lease has run out meanwhile, if any.

        Raises:
            Occupied: another saga is at work on the ticket.
        """
        given = {"saga": saga.id, "ticket": saga.asked.ticket, "now": now, "until": now + LEASE}
        async with self._records.transaction() as connection:
            taken = await (await connection.execute(QUERIES["lease"], given)).fetchone()
            if taken is not None:
                await _insert_step(connection, saga.id, SagaStep.LOCKED, now, {})
                return None
            held = await (await connection.execute(QUERIES["leased"], given)).fetchone()
        if held is not None and held["until"] < now:
            return SagaId(str(held["saga"]))
        raise Occupied("ticket", saga.asked.ticket)

    async def steps_done(self, id: SagaId) -> dict[SagaStep, dict[str, Any]]:
        """Give what each step that was done gave."""
        found = await self._records.rows(QUERIES["steps"], id=id)
        return {SagaStep(row["step"]): row["gave"] for row in found}

    async def record_step(
        self, saga: Saga, step: SagaStep, now: datetime, gave: Mapping[str, Any]
    ) -> None:
        """Record a step that was done, and hold the ticket a little longer."""
        async with self._records.transaction() as connection:
            await _insert_step(connection, saga.id, step, now, gave)
            await connection.execute(QUERIES["renew"], {"saga": saga.id, "until": now + LEASE})

    async def finish_saga(self, saga: Saga, now: datetime, event: Event) -> None:
        """Leave the notification and end, in one transaction: it is told when it is done."""
        async with self._records.transaction() as connection:
            await outbox.leave_events(connection, [event])
            await _insert_step(connection, saga.id, SagaStep.NOTIFIED, now, {"event": event.id})
            await _end_saga(connection, saga.id, SagaState.DONE, None)

    async def begin_undo(self, saga: Saga, reason: str) -> None:
        """Say that the saga goes back from here on."""
        async with self._records.transaction() as connection:
            given = {"id": saga.id, "state": SagaState.UNDOING, "reason": reason}
            await connection.execute(QUERIES["turn"], given)

    async def finish_undo(self, saga: Saga) -> None:
        async with self._records.transaction() as connection:
            await _end_saga(connection, saga.id, SagaState.UNDONE, None)

    async def unfinished_sagas(self, now: datetime, limit: int = 100) -> list[Saga]:
        """Give the sagas that nobody is at work on and that have not ended, the oldest first."""
        found = await self._records.rows(QUERIES["unfinished"], now=now, limit=limit)
        return [self._saga(row) for row in found]

    def _saga(self, row: Row) -> Saga:
        own = SagaId(str(row["id"]))
        return Saga(
            id=own,
            garage=GarageId(row["garage"]),
            operation=OperationId(str(row["operation"])),
            asked=InvoiceRequest(
                ticket=TicketId(row["ticket"]),
                buyer=self._buyer_of(row, own),
                customer=row["made_from"] and CustomerId(row["made_from"]),
                terms=terms.read_terms(row["asked"]),
                body_hash=row["body_hash"],
                origin=Origin(address=row["client"], agent=row["agent"]),
            ),
            actor=Actor(
                id=PersonId(row["actor"]), role=Role(row["role"]), garage=GarageId(row["garage"])
            ),
            at=row["at"],
            state=SagaState(row["state"]),
        )

    def _buyer_of(self, row: Row, own: SagaId) -> Party:
        sealed = row["buyer"]
        if sealed is None:
            return WALK_IN
        return issued_documents.open_party(bytes(sealed), self._vault, SAGA_BUYER.at(own))


def saga_id(garage: GarageId, operation: OperationId) -> SagaId:
    return SagaId(str(derive_uuid(UUID(operation), f"{garage}:saga")))


async def _demand_repeatable(connection: Connection, id: SagaId, operation: OperationId) -> None:
    """Refuse to begin anew under a key whose invoice was issued and taken back."""
    found = await (await connection.execute(QUERIES["steps"], {"id": id})).fetchall()
    if any(row["step"] == SagaStep.INVOICE_UNDONE for row in found):
        raise OperationConflict(operation, "issued an invoice that was taken back")


async def _insert_step(
    connection: Connection, id: SagaId, step: SagaStep, now: datetime, gave: Mapping[str, Any]
) -> None:
    given = {"id": id, "step": step, "at": now, "gave": Jsonb(dict(gave))}
    await connection.execute(QUERIES["record"], given)


async def _end_saga(
    connection: Connection, id: SagaId, state: SagaState, reason: str | None
) -> None:
    await connection.execute(QUERIES["turn"], {"id": id, "state": state, "reason": reason})
    await connection.execute(QUERIES["release"], {"id": id})
