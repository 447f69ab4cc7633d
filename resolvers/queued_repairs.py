"""What a queue may ask of tickets and shelves, read as the mutations of that name read it."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from domain.errors import IllegalTransition, InvalidInput, StaleVersion
from domain.ids import TicketId, ticket_id
from domain.tickets import Ticket
from repair import closing, feedback
from repair.operation import Operation
from resolvers import parsing
from resolvers.context import Context
from resolvers.repairing import workshop
from resolvers.services import Answer
from resolvers.shelving import adjusted
from resolvers.teaching import desk_of, opinion_of
from schema.billing_inputs import StockInput
from schema.inputs import AttemptInput, OutcomeInput
from schema.learning import FeedbackInput
from schema.nodes import key_of
from schema.syncing import OperationState
from sync.queue import Queued

T = TypeVar("T")
Verb = Callable[[TicketId, int], Awaitable[Ticket]]


class Reading(Protocol):
    """The call that a record came with."""

    @property
    def context(self) -> Context: ...

    def read(self, name: str, kind: type[T], given: object) -> T: ...


async def start(work: Reading, record: Queued, operation: Operation) -> Answer:
    shop = workshop(work.context)
    followed = parsing.card_key(text(record, "card")) if record.data.get("card") else None
    return await _moved(
        work, record, lambda key, version: closing.start(shop, key, followed, version, operation)
    )


async def attempt(work: Reading, record: Queued, operation: Operation) -> Answer:
    shop = workshop(work.context)
    given = work.read("attempt", AttemptInput, record.data.get("attempt"))
    tried = parsing.attempt(given, operation.actor.id, operation.at)
    return await _moved(
        work, record, lambda key, version: closing.attempt(shop, key, tried, version, operation)
    )


async def resolve(work: Reading, record: Queued, operation: Operation) -> Answer:
    shop = workshop(work.context)
    ended = parsing.outcome(work.read("outcome", OutcomeInput, record.data.get("outcome")))
    return await _moved(
        work, record, lambda key, version: closing.resolve(shop, key, ended, version, operation)
    )


async def close(work: Reading, record: Queued, operation: Operation) -> Answer:
    stored = work.context.services.tickets
    rating = None if record.data.get("rating") is None else number(record, "rating")
    return await _moved(
        work, record, lambda key, version: closing.close(stored, key, rating, version, operation)
    )


async def rate(work: Reading, record: Queued, operation: Operation) -> Answer:
    """Say what one thinks of a card; the record is about the ticket that it was tried on."""
    opinion = opinion_of(work.read("feedback", FeedbackInput, record.data.get("feedback")))
    expected = number(record, "expected_version") if "expected_version" in record.data else 0
    key = _ticket(record)
    said = await feedback.give(desk_of(work.context), key, opinion, expected, operation)
    return applied(key, said.version)


async def adjust(work: Reading, record: Queued, operation: Operation) -> Answer:
    """CF-6: what came and left is summed, so no order of arrival changes the level."""
    stock = work.read("stock", StockInput, record.data.get("stock"))
    level = await adjusted(work.context, operation.id, stock)
    return {"state": OperationState.APPLIED.value, "key": level.part}


def applied(key: str, version: int) -> Answer:
    return {"state": OperationState.APPLIED.value, "key": key, "version": version}


def text(record: Queued, name: str) -> str:
    value = record.data.get(name)
    if not isinstance(value, str):
        raise InvalidInput(name, "is needed, as a text")
    return value


def number(record: Queued, name: str) -> int:
    value = record.data.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidInput(name, "is needed, as a whole number")
    return value


async def _moved(work: Reading, record: Queued, verb: Verb) -> Answer:
    """Do a verb to a ticket; where somebody was faster, theirs stands and both are shown."""
    key, expected = _ticket(record), number(record, "expected_version")
    try:
        moved = await verb(key, expected)
    except (StaleVersion, IllegalTransition):
        stands = await work.context.services.tickets.get(key, work.context.actor)
        if stands.version == expected:
            raise
        theirs = {"version": stands.version, "status": stands.status.value}
        return applied(key, stands.version) | {
            "state": OperationState.CONFLICT.value,
            "mine": dict(record.data),
            "theirs": theirs | {"assignee": stands.assignee},
        }
    return applied(moved.id, moved.version)


def _ticket(record: Queued) -> TicketId:
    return ticket_id(key_of("Ticket", text(record, "id")))
