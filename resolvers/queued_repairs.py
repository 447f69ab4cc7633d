"""What a queue may ask of tickets and shelves, read as the mutations of that name read it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Protocol, TypeVar, cast

from domain.errors import IllegalTransition, InvalidInput, StaleVersion, Unavailable
from domain.ids import TicketId, operation_id, ticket_id
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
from sync import queue
from sync.queue import Deed, Queued

T = TypeVar("T")
SPELT = {
    "expected_version": "expectedVersion",
    "rating": "stars",
    "root_cause": "rootCause",
    "solution_steps": "solutionSteps",
    "parts_required": "partsRequired",
}
Verb = Callable[[TicketId, int, Operation], Awaitable[Ticket]]
# Whoever loses a race for the next version tries again on top of it.
TRIES = 8
TAKEN = "The ticket was changed first. What you did was taken beside it."
KEPT = "The ticket was changed first, and what stands is newer. It stays; yours was not taken."
TRIED = "The ticket was changed first, and its newer outcome stays; what you tried was added to it."
CHOSEN = "The ticket was changed first. It stays {status}; only your choice of card was taken."
NOTHING_NEW = "The ticket was changed first. It stays {status}, and nothing on it was changed."
BEGUN = "The ticket was changed first. The repair was started all the same."
RATED = "What you said before is newer. It stays; this was not taken."
# The operation id of a report names the ticket that it opens, before anybody has heard of it.
REPORT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Reading(Protocol):
    """The call that a record came with."""

    @property
    def context(self) -> Context: ...

    def read(self, name: str, kind: type[T], given: object) -> T: ...


async def start(work: Reading, record: Queued, operation: Operation) -> Answer:
    shop = workshop(work.context)
    followed = parsing.card_key(text(record, "card")) if record.data.get("card") else None
    return await _moved(
        work, record, operation, lambda key, n, asked: closing.start(shop, key, followed, n, asked)
    )


async def attempt(work: Reading, record: Queued, operation: Operation) -> Answer:
    shop = workshop(work.context)
    given = work.read("attempt", AttemptInput, record.data.get("attempt"))
    tried = parsing.attempt(given, operation.actor.id, operation.at)
    return await _moved(
        work, record, operation, lambda key, n, asked: closing.attempt(shop, key, tried, n, asked)
    )


async def resolve(work: Reading, record: Queued, operation: Operation) -> Answer:
    shop = workshop(work.context)
    ended = parsing.outcome(work.read("outcome", OutcomeInput, record.data.get("outcome")))
    return await _moved(
        work, record, operation, lambda key, n, asked: closing.resolve(shop, key, ended, n, asked)
    )


async def close(work: Reading, record: Queued, operation: Operation) -> Answer:
    stored = work.context.services.tickets
    rating = None if record.data.get("rating") is None else number(record, "rating")
    return await _moved(
        work, record, operation, lambda key, n, asked: closing.close(stored, key, rating, n, asked)
    )


async def rate(work: Reading, record: Queued, operation: Operation) -> Answer:
    """Say what one thinks of a card; the record is about the ticket that it was tried on."""
    opinion = opinion_of(work.read("feedback", FeedbackInput, record.data.get("feedback")))
    expected = number(record, "expected_version") if "expected_version" in record.data else 0
    key, desk = _ticket(record, operation), desk_of(work.context)
    try:
        said = await feedback.give(desk, key, opinion, expected, operation)
    except StaleVersion:
        kept = await desk.book.history(key, operation.actor.id)
        if not kept:
            raise
        # The newest comes first. The same word again was kept before its answer was lost.
        said = kept[0]
        if said.opinion != opinion:
            theirs = {"version": said.version, "stars": said.opinion.stars}
            return _shown(record, applied(key, said.version), theirs, RATED)
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


async def _moved(work: Reading, record: Queued, operation: Operation, verb: Verb) -> Answer:
    """Do a verb to a ticket; where somebody was faster, the last word stands and both are shown."""
    key, expected = _ticket(record, operation), number(record, "expected_version")
    try:
        moved = await verb(key, expected, operation)
    except (StaleVersion, IllegalTransition):
        met = await work.context.services.tickets.get(key, work.context.actor)
        if met.version == expected:
            raise
        stands = await _late(met, replace(operation, late=True), verb)
        theirs = {"version": met.version, "status": met.status.name, "assignee": met.assignee}
        return _shown(record, applied(key, stands.version), theirs, _reason(record, met, stands))
    return applied(moved.id, moved.version)


async def _late(met: Ticket, operation: Operation, verb: Verb) -> Ticket:
    """Do a verb to a ticket as it stands by now, where it can still be done."""
    for _ in range(TRIES):
        try:
            return await verb(met.id, met.version, operation)
        except StaleVersion:
            continue
        except IllegalTransition:
            return met
    raise Unavailable("the ticket", "others change it at this moment")


def _reason(record: Queued, met: Ticket, stands: Ticket) -> str:
    if record.deed is Deed.START_REPAIR:
        return _started(met, stands)
    if stands.version == met.version:
        return KEPT
    lost = record.deed is Deed.RESOLVE_TICKET and stands.written.outcome == met.written.outcome
    return TRIED if lost else TAKEN


def _started(met: Ticket, stands: Ticket) -> str:
    if stands.status is not met.status:
        return BEGUN
    said = NOTHING_NEW if stands.version == met.version else CHOSEN
    return said.format(status=met.status.value.replace("_", " "))


def spelt(shown: object) -> object:
    """Give what a conflict shows as the API spells it; answers of before 0.2 are kept otherwise."""
    if not isinstance(shown, Mapping):
        return shown
    given = cast("Mapping[str, object]", shown)
    old = given.get("status")
    status = {"status": old.upper()} if isinstance(old, str) else {}
    return {SPELT.get(name, name): value for name, value in ({**given, **status}).items()}


def _shown(record: Queued, answer: Answer, theirs: Mapping[str, object], reason: str) -> Answer:
    return answer | {
        "state": OperationState.CONFLICT.value,
        "reason": reason,
        "mine": queue.shown(record.data),
        "theirs": dict(theirs),
    }


def _ticket(record: Queued, operation: Operation) -> TicketId:
    """Give the ticket that a record is about: by its id, or by the report that is to open it."""
    named = text(record, "id")
    if REPORT.fullmatch(named):
        return replace(operation, id=operation_id(named)).ticket_id()
    return ticket_id(key_of("Ticket", named))
