"""Do an operation once: the same id gives the same answer, however often it is sent."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, TypeVar

import orjson
from pydantic import TypeAdapter

from domain.cards import FailureCard
from domain.employees import Employee
from domain.files import StoredFile
from domain.ids import CardId, FileId, OperationId, PersonId, TicketId
from domain.tickets import Ticket
from domain.tombstones import Tombstone
from resolvers.context import RequestContext
from resolvers.services import Answer

T = TypeVar("T")
TOMBSTONE_VALUES = TypeAdapter(Tombstone)


def operation_fingerprint(verb: str, body: Mapping[str, object]) -> str:
    """Give the SHA-256 of what an operation asks, blind to the order of its keys."""
    written = orjson.dumps({"verb": verb, "body": body}, option=orjson.OPT_SORT_KEYS)
    return sha256(written).hexdigest()


@dataclass(frozen=True, slots=True)
class ResultFormat(Generic[T]):
    """How what an operation made is written as JSON values, and read when it is sent again."""

    write: Callable[[T], Answer]
    read: Callable[[RequestContext, Answer], Awaitable[T]]


async def idempotent(
    context: RequestContext,
    id: OperationId,
    body: str,
    work: Callable[[], Awaitable[T]],
    result: ResultFormat[T],
) -> T:
    """Do the work, or give what it made when the operation was sent before.

    Raises:
        OperationConflict: the id was used for something else.
    """
    made: list[T] = []

    async def keep() -> Answer:
        made.append(await work())
        return result.write(made[0])

    answer = await context.services.operations.run_once(id, context.actor.id, body, keep)
    context.forget_loaded()
    return made[0] if made else await result.read(context, answer)


def _write_tombstone(stone: Tombstone) -> Answer:
    return TOMBSTONE_VALUES.dump_python(stone, mode="json")


async def _read_tombstone(_: RequestContext, answer: Answer) -> Tombstone:
    return TOMBSTONE_VALUES.validate_python(answer)


async def _read_employee(context: RequestContext, answer: Answer) -> Employee:
    return await context.employees.recall(PersonId(answer["id"]), context.actor)


async def _read_file(context: RequestContext, answer: Answer) -> StoredFile:
    return await context.files.files.get(FileId(answer["id"]))


async def _read_answer(_: RequestContext, answer: Answer) -> Answer:
    return answer


async def _read_card(context: RequestContext, answer: Answer) -> FailureCard:
    return await context.services.cards.version(
        CardId(answer["id"]), answer["version"], context.viewer
    )


async def _read_ticket(context: RequestContext, answer: Answer) -> Ticket:
    return await context.services.tickets.get(TicketId(answer["id"]), context.actor)


ANSWER: ResultFormat[Answer] = ResultFormat(write=lambda answer: answer, read=_read_answer)
# What stays of what was deleted.
TOMBSTONE = ResultFormat(write=_write_tombstone, read=_read_tombstone)
# The record as it stands by now, also of somebody who was removed: nothing sealed is kept here.
EMPLOYEE: ResultFormat[Employee] = ResultFormat(
    write=lambda employee: {"id": employee.id}, read=_read_employee
)
# The card at the version that was made.
CARD: ResultFormat[FailureCard] = ResultFormat(
    write=lambda card: {"id": card.id, "version": card.version}, read=_read_card
)
# The file as it stands by now.
FILE: ResultFormat[StoredFile] = ResultFormat(write=lambda file: {"id": file.id}, read=_read_file)
# The ticket as it stands by now.
TICKET: ResultFormat[Ticket] = ResultFormat(
    write=lambda ticket: {"id": ticket.id}, read=_read_ticket
)
