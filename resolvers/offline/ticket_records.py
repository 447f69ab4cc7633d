"""What a queue may ask of tickets and shelves, read as the mutations of that name read it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Protocol, TypeVar, cast

from domain import limits
from domain.errors import IllegalTransition, InvalidInput, StaleVersion, Unavailable
from domain.ids import TicketId, operation_id, ticket_id
from domain.tickets import Ticket
from repair import feedback, tickets
from repair.operations import Operation
from resolvers import inputs
from resolvers.context import RequestContext
from resolvers.feedback import feedback_ports, parse_opinion
from resolvers.services import Answer
from resolvers.stock import adjust_stock_once
from resolvers.tickets import ticket_ports
from schema.billing_inputs import StockInput
from schema.feedback import FeedbackInput
from schema.inputs import AttemptInput, OutcomeInput
from schema.nodes import key_of
from schema.offline import OperationState
from sync import offline_queue
from sync.offline_queue import QueuedOperation, QueuedVerb

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
# The largest of GraphQL's Int, which the mutations read.
LARGEST = 2**31 - 1
TAKEN = "The ticket was changed first. What you did was taken beside it."
KEPT = "The ticket was changed first, and what stands is newer. It stays; yours was not taken."
TRIED = "The ticket was changed first, and its newer outcome stays; what you tried was added to it."
CHOSEN = "The ticket was changed first. It stays {status}; only your choice of card was taken."
NOTHING_NEW = "The ticket was changed first. It stays {status}, and nothing on it was changed."
BEGUN = "The ticket was changed first. The repair was started all the same."
RATED = "What you said before is newer. It stays; this was not taken."
# The operation id of a report names the ticket that it opens, before anybody has heard of it.
REPORT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class QueueReader(Protocol):
    """The call that a record came with."""

    @property
    def context(self) -> RequestContext: ...

    def read_part(self, name: str, kind: type[T], given: object) -> T: ...


async def start_repair(run: QueueReader, record: QueuedOperation, operation: Operation) -> Answer:
    shop = ticket_ports(run.context)
    named = record.data.get("card") is not None
    followed = inputs.parse_card_key(text_of(record, "card")) if named else None
    return await _change_ticket(
        run,
        record,
        operation,
        lambda key, n, asked: tickets.start_repair(shop, key, followed, n, asked),
    )


async def record_attempt(run: QueueReader, record: QueuedOperation, operation: Operation) -> Answer:
    shop = ticket_ports(run.context)
    given = run.read_part("attempt", AttemptInput, record.data.get("attempt"))
    tried = inputs.parse_attempt(given, operation.actor.id, operation.at)
    return await _change_ticket(
        run,
        record,
        operation,
        lambda key, n, asked: tickets.record_attempt(shop, key, tried, n, asked),
    )


async def resolve_ticket(run: QueueReader, record: QueuedOperation, operation: Operation) -> Answer:
    shop = ticket_ports(run.context)
    ended = inputs.parse_outcome(run.read_part("outcome", OutcomeInput, record.data.get("outcome")))
    return await _change_ticket(
        run,
        record,
        operation,
        lambda key, n, asked: tickets.resolve_ticket(shop, key, ended, n, asked),
    )


async def close_ticket(run: QueueReader, record: QueuedOperation, operation: Operation) -> Answer:
    stored = run.context.services.tickets
    rating = None if record.data.get("rating") is None else number_of(record, "rating")
    return await _change_ticket(
        run,
        record,
        operation,
        lambda key, n, asked: tickets.close_ticket(stored, key, rating, n, asked),
    )


async def rate_card(run: QueueReader, record: QueuedOperation, operation: Operation) -> Answer:
    """Say what one thinks of a card; the record is about the ticket that it was tried on."""
    opinion = parse_opinion(run.read_part("feedback", FeedbackInput, record.data.get("feedback")))
    expected = number_of(record, "expected_version") if "expected_version" in record.data else 0
    key, desk = ticket_of(record, "id", operation), feedback_ports(run.context)
    try:
        said = await feedback.give_feedback(desk, key, opinion, expected, operation)
    except StaleVersion:
        kept = await desk.book.history(key, operation.actor.id)
        if not kept:
            raise
        # The newest comes first. The same word again was kept before its answer was lost.
        said = kept[0]
        if said.opinion != opinion:
            theirs = {"version": said.version, "stars": said.opinion.stars}
            return _conflict_answer(record, applied_answer(key, said.version), theirs, RATED)
    return applied_answer(key, said.version)


async def adjust_stock(run: QueueReader, record: QueuedOperation, operation: Operation) -> Answer:
    """CF-6: what came and left is summed, so no order of arrival changes the level."""
    stock = run.read_part("stock", StockInput, record.data.get("stock"))
    level = await adjust_stock_once(run.context, operation.id, stock)
    return {"state": OperationState.APPLIED.value, "key": level.part}


def applied_answer(key: str, version: int) -> Answer:
    return {"state": OperationState.APPLIED.value, "key": key, "version": version}


def text_of(record: QueuedOperation, name: str) -> str:
    value = record.data.get(name)
    if not isinstance(value, str):
        raise InvalidInput(name, "is needed, as a text")
    return value


def number_of(record: QueuedOperation, name: str) -> int:
    value = record.data.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidInput(name, "is needed, as a whole number")
    limits.check_range(name, value, 0, LARGEST)
    return value


def ticket_of(record: QueuedOperation, name: str, operation: Operation) -> TicketId:
    """Give the ticket that a record names: by its id, or by the report that is to open it."""
    named = text_of(record, name)
    if REPORT.fullmatch(named):
        return replace(operation, id=operation_id(named)).ticket_id()
    return ticket_id(key_of("Ticket", named))


async def _change_ticket(
    run: QueueReader, record: QueuedOperation, operation: Operation, verb: Verb
) -> Answer:
    """Do a verb to a ticket; where somebody was faster, the last word stands and both are shown."""
    key, expected = ticket_of(record, "id", operation), number_of(record, "expected_version")
    try:
        moved = await verb(key, expected, operation)
    except (StaleVersion, IllegalTransition):
        met = await run.context.services.tickets.get(key, run.context.actor)
        if met.version == expected:
            raise
        stands = await _change_late(met, replace(operation, late=True), verb)
        theirs = {"version": met.version, "status": met.status.name, "assignee": met.assignee}
        return _conflict_answer(
            record,
            applied_answer(key, stands.version),
            theirs,
            _conflict_reason(record, met, stands),
        )
    return applied_answer(moved.id, moved.version)


async def _change_late(met: Ticket, operation: Operation, verb: Verb) -> Ticket:
    """Do a verb to a ticket as it stands by now, where it can still be done."""
    for _ in range(TRIES):
        try:
            return await verb(met.id, met.version, operation)
        except StaleVersion:
            continue
        except IllegalTransition:
            return met
    raise Unavailable("the ticket", "others change it at this moment")


def _conflict_reason(record: QueuedOperation, met: Ticket, stands: Ticket) -> str:
    if record.action is QueuedVerb.START_REPAIR:
        return _started_reason(met, stands)
    if stands.version == met.version:
        return KEPT
    lost = (
        record.action is QueuedVerb.RESOLVE_TICKET and stands.written.outcome == met.written.outcome
    )
    return TRIED if lost else TAKEN


def _started_reason(met: Ticket, stands: Ticket) -> str:
    if stands.status is not met.status:
        return BEGUN
    said = NOTHING_NEW if stands.version == met.version else CHOSEN
    return said.format(status=met.status.value.replace("_", " "))


def spell_keys(shown: object) -> object:
    """Give what a conflict shows as the API spells it; answers of before 0.2 are kept otherwise."""
    if not isinstance(shown, Mapping):
        return shown
    given = cast("Mapping[str, object]", shown)
    old = given.get("status")
    status = {"status": old.upper()} if isinstance(old, str) else {}
    return {SPELT.get(name, name): value for name, value in ({**given, **status}).items()}


def _conflict_answer(
    record: QueuedOperation, answer: Answer, theirs: Mapping[str, object], reason: str
) -> Answer:
    return answer | {
        "state": OperationState.CONFLICT.value,
        "reason": reason,
        "mine": offline_queue.show_record(record.data),
        "theirs": dict(theirs),
    }
