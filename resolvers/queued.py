"""Do what a queue asks: each operation has an answer of its own and hurts no other."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast

from graphql import GraphQLNonNull, GraphQLObjectType, GraphQLSchema
from graphql.utilities import (
    coerce_input_value,  # pyright: ignore[reportUnknownVariableType] - graphql-core types it loosely
)

from domain import clock
from domain.access import Viewer
from domain.errors import InvalidInput, Refused, Unavailable
from repair import concurrent, intake, review
from repair.concurrent import Meeting, Met
from repair.operation import Operation
from resolvers import once, parsing, queued_repairs
from resolvers.changing import Changing, intake_of, review_of
from resolvers.context import Context
from resolvers.guards import SIGNED_IN, Guard, declared
from resolvers.input_paths import misread, path
from resolvers.refusals import told
from resolvers.repairing import Repairing
from resolvers.services import Answer
from resolvers.shelving import Stocking
from resolvers.teaching import Teaching
from schema.inputs import CardInput, ReportInput
from schema.syncing import OperationAnswer, OperationState
from sync import queue
from sync.queue import Deed, Queued

T = TypeVar("T")
# What a record calls otherwise than the mutation of its name.
ARGUMENTS = {"ticket": "id"}
Done = Callable[["Work", Queued, Operation], Awaitable[Answer]]
# A call has ten seconds; what was not begun by then waits for the next one.
SECONDS = 5.0
NO_TIME = "There was no time left for it in this call."
PRICED_AT_SOURCE = "Prices are set at the source; yours was not used. The next changes bring it."


class Work:
    """One call's operations; what was deferred defers all that follows on the same entity."""

    def __init__(self, context: Context, schema: GraphQLSchema, convert: Any) -> None:  # noqa: ANN401 - Strawberry's converter
        self.context = context
        self._schema = schema
        self._convert = convert
        self._waiting: set[str] = set()

    async def answers(self, records: list[object]) -> list[OperationAnswer]:
        """Apply what can be, in the queue's order; give the answers in the order of `records`."""
        found: dict[int, OperationAnswer] = {}
        places: dict[int, list[int]] = {}
        good: dict[str, Queued] = {}
        for place, record in enumerate(records):
            try:
                parsed = queue.parsed(record)
            except InvalidInput as wrong:
                found[place] = _refused(_id_of(record), wrong)
                continue
            if good.setdefault(parsed.id, parsed) != parsed:
                found[place] = _refused(parsed.id, _twice())
                continue
            places.setdefault(id(good[parsed.id]), []).append(place)
        now = self.context.services.now
        began = now()
        for record in queue.in_order(good.values(), began):
            late = (now() - began).total_seconds() > SECONDS
            answer = _deferred(record, NO_TIME) if late else await self._one(record)
            first, *again = places[id(record)]
            found[first] = answer
            found |= dict.fromkeys(again, _again(answer))
        return [found[place] for place in range(len(records))]

    def read(self, name: str, kind: type[T], given: object) -> T:
        """Read a part of an operation as the mutations of the same name read it."""
        wanted = cast("Any", self._schema.type_map[kind.__name__])
        needed = GraphQLNonNull(wanted)
        wrong = misread(needed, given)
        if wrong is not None:
            raise InvalidInput(".".join(filter(None, (name, wrong[0]))), wrong[1])
        return self._convert(coerce_input_value(given, needed), kind)

    def located(self, deed: Deed, wrong: InvalidInput) -> InvalidInput:
        """Give what is wrong with a record's data by its path in the record."""
        verbs = cast("GraphQLObjectType", self._schema.mutation_type)
        place = path(verbs.fields[deed.verb], wrong.field)
        return wrong.at(f"data.{ARGUMENTS.get(place, place)}")

    async def _one(self, record: Queued) -> OperationAnswer:
        if record.entity in self._waiting:
            return _deferred(record, "What was done to the same thing before it has to wait.")
        try:
            return await self._done(record)
        except Refused as refusal:
            return _refused(record.id, refusal)
        except Unavailable as error:
            self._waiting.add(record.entity)
            return _deferred(record, str(error))

    async def _done(self, record: Queued) -> OperationAnswer:
        context = self.context
        actor = context.actor
        GUARDS[record.deed].demand(context)
        if record.garage != actor.garage:
            raise InvalidInput("garageId", "is not your garage")
        if await context.services.offline.foreign(record.id, actor.id):
            raise InvalidInput("operationId", "was used by somebody else; make a new one")
        asked = context.operation(record.id)
        operation = replace(asked, done=clock.claimed(record.at, int(asked.at.timestamp() * 1000)))
        made: list[Answer] = []

        async def work() -> Answer:
            try:
                made.append(await DEEDS[record.deed](self, record, operation))
            except InvalidInput as wrong:
                raise self.located(record.deed, wrong) from wrong
            return made[0]

        body = once.fingerprint(record.deed, record.data)
        answer = await context.services.operations.once(record.id, actor.id, body, work)
        context.renew()
        state = OperationState(answer["state"]) if made else OperationState.REPEATED
        rest: dict[str, Any] = {name: value for name, value in answer.items() if name != "state"}
        rest |= {
            name: queued_repairs.spelt(rest[name]) for name in ("mine", "theirs") if name in rest
        }
        return OperationAnswer(operation_id=record.id, state=state, **rest)


async def _report(work: Work, record: Queued, operation: Operation) -> Answer:
    given = work.read("report", ReportInput, record.data.get("report"))
    said = parsing.report(given)
    with work.context.services.opening.passing():
        ticket = await intake.report(intake_of(work.context), said, operation, record.garage)
    return queued_repairs.applied(ticket.id, ticket.version)


async def _create(work: Work, record: Queued, operation: Operation) -> Answer:
    content = parsing.content(work.read("card", CardInput, record.data.get("card")))
    card = await review.create(review_of(work.context), content, operation)
    return queued_repairs.applied(card.id, card.version)


async def _update(work: Work, record: Queued, operation: Operation) -> Answer:
    content = parsing.content(work.read("card", CardInput, record.data.get("card")))
    key, base = (
        parsing.card_key(queued_repairs.text(record, "id")),
        queued_repairs.number(record, "expected_version"),
    )
    services = work.context.services
    meeting = Meeting(
        review=review_of(work.context), versions=services.cards, proposals=services.offline
    )
    met = await concurrent.edit(meeting, key, content, base, operation)
    return _met(met, record.data["card"], work.context.viewer)


async def _price(work: Work, record: Queued, operation: Operation) -> Answer:
    """CF-7: a client's price is not used."""
    del work, record, operation
    return {
        "state": OperationState.REFUSED.value,
        "field_": "price",
        "reason": PRICED_AT_SOURCE,
    }


DEEDS: Mapping[Deed, Done] = {
    Deed.REPORT_FAILURE: _report,
    Deed.START_REPAIR: queued_repairs.start,
    Deed.RECORD_ATTEMPT: queued_repairs.attempt,
    Deed.RESOLVE_TICKET: queued_repairs.resolve,
    Deed.CLOSE_TICKET: queued_repairs.close,
    Deed.RATE_CARD: queued_repairs.rate,
    Deed.ADJUST_STOCK: queued_repairs.adjust,
    Deed.CREATE_CARD: _create,
    Deed.UPDATE_CARD: _update,
    Deed.SET_PRICE: _price,
}


# A queue is no way around a guard: an operation needs what the mutation of the same name needs.
# A price is refused to everybody, so nobody needs a right to hear why.
GUARDS: Mapping[Deed, Guard] = {
    Deed.REPORT_FAILURE: declared(Changing, "report_failure"),
    Deed.START_REPAIR: declared(Repairing, "start_repair"),
    Deed.RECORD_ATTEMPT: declared(Repairing, "record_attempt"),
    Deed.RESOLVE_TICKET: declared(Repairing, "resolve_ticket"),
    Deed.CLOSE_TICKET: declared(Repairing, "close_ticket"),
    Deed.RATE_CARD: declared(Teaching, "give_feedback"),
    Deed.ADJUST_STOCK: declared(Stocking, "adjust_stock"),
    Deed.CREATE_CARD: declared(Changing, "create_card"),
    Deed.UPDATE_CARD: declared(Changing, "update_card"),
    Deed.SET_PRICE: SIGNED_IN,
}


def _met(met: Met, mine: object, viewer: Viewer) -> Answer:
    answer = queued_repairs.applied(met.card.id, met.card.version)
    theirs = met.theirs
    if theirs is None:
        return answer
    if not theirs.open_to(viewer):
        # There was another change; what it said was never for these eyes.
        return answer | {"state": OperationState.CONFLICT.value, "mine": mine}
    stood = {
        "version": theirs.version,
        "rootCause": theirs.cause.primary,
        "solutionSteps": [step.action for step in theirs.resolution.steps],
        "partsRequired": {use.part: use.quantity for use in theirs.resolution.parts},
    }
    return answer | {"state": OperationState.CONFLICT.value, "mine": mine, "theirs": stood}


def _id_of(record: object) -> str | None:
    today = queue.upcast(record)
    found = (
        cast("Mapping[str, object]", today).get("operationId")
        if isinstance(today, Mapping)
        else None
    )
    return found[:80] if isinstance(found, str) else None


def _twice() -> InvalidInput:
    return InvalidInput("operationId", "stands in this call twice, with different records")


def _again(answer: OperationAnswer) -> OperationAnswer:
    """Give the answer for the same record further on in the same call: it was done once."""
    done = answer.state in {OperationState.APPLIED, OperationState.CONFLICT}
    return replace(answer, state=OperationState.REPEATED) if done else answer


def _refused(id: str | None, refusal: Refused) -> OperationAnswer:
    return OperationAnswer(
        operation_id=id,
        state=OperationState.REFUSED,
        field_=getattr(refusal, "field", None),
        reason=told(refusal, writes=True),
    )


def _deferred(record: Queued, reason: str) -> OperationAnswer:
    return OperationAnswer(operation_id=record.id, state=OperationState.DEFERRED, reason=reason)
