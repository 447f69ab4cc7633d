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
from domain.reports import TEXT_LIMIT
from repair import cards, offline, reports
from repair.offline import MergedEdit, OfflineEditPorts
from repair.operations import Operation
from resolvers import deeds, idempotency, inputs
from resolvers.cards import CardMutations, card_ports
from resolvers.context import RequestContext
from resolvers.feedback import FeedbackMutations
from resolvers.guards import SIGNED_IN, Guard, declared_guard
from resolvers.input_paths import input_path, misread_value
from resolvers.offline import ticket_records
from resolvers.refusals import tell_refusal
from resolvers.services import Answer
from resolvers.stock import StockMutations
from resolvers.tickets import TicketMutations, report_ports
from schema.hazards import SafetyAdvice
from schema.inputs import CardInput, ReportInput
from schema.offline import OperationAnswer, OperationState
from sync import offline_queue
from sync.offline_queue import QueuedOperation, QueuedVerb

T = TypeVar("T")
# What a record calls otherwise than the mutation of its name.
ARGUMENTS = {"ticket": "id"}
QueueVerb = Callable[["QueueRun", QueuedOperation, Operation], Awaitable[Answer]]
# A call has ten seconds; what was not begun by then waits for the next one.
SECONDS = 5.0
NO_TIME = "There was no time left for it in this call."
PRICED_AT_SOURCE = "Prices are set at the source; yours was not used. The next changes bring it."


class QueueRun:
    """One call's operations; what was deferred defers all that follows on the same entity."""

    def __init__(self, context: RequestContext, schema: GraphQLSchema, convert: Any) -> None:  # noqa: ANN401 - Strawberry's converter
        self.context = context
        self._schema = schema
        self._convert = convert
        self._waiting: set[str] = set()

    async def answer_all(self, records: list[object]) -> list[OperationAnswer]:
        """Apply what can be, in the queue's order; give the answers in the order of `records`."""
        found: dict[int, OperationAnswer] = {}
        places: dict[int, list[int]] = {}
        good: dict[str, QueuedOperation] = {}
        for place, record in enumerate(records):
            try:
                parsed = offline_queue.parse_record(record)
            except InvalidInput as wrong:
                found[place] = _refused_answer(_operation_id_of(record), wrong)
                continue
            if good.setdefault(parsed.id, parsed) != parsed:
                found[place] = _refused_answer(parsed.id, _stands_twice())
                continue
            places.setdefault(id(good[parsed.id]), []).append(place)
        now = self.context.services.now
        began = now()
        for record in offline_queue.order_queue(good.values(), began):
            late = (now() - began).total_seconds() > SECONDS
            answer = _deferred_answer(record, NO_TIME) if late else await self._answer_one(record)
            first, *again = places[id(record)]
            found[first] = answer
            found |= dict.fromkeys(again, _again(answer))
        return [await self._with_safety(found[n], record) for n, record in enumerate(records)]

    def read_part(self, name: str, kind: type[T], given: object) -> T:
        """Read a part of an operation as the mutations of the same name read it."""
        wanted = cast("Any", self._schema.type_map[kind.__name__])
        needed = GraphQLNonNull(wanted)
        wrong = misread_value(needed, given)
        if wrong is not None:
            raise InvalidInput(".".join(filter(None, (name, wrong[0]))), wrong[1])
        return self._convert(coerce_input_value(given, needed), kind)

    def located(self, action: QueuedVerb, wrong: InvalidInput) -> InvalidInput:
        """Give what is wrong with a record's data by its path in the record."""
        verbs = cast("GraphQLObjectType", self._schema.mutation_type)
        place = input_path(verbs.fields[action.verb], wrong.field)
        if place not in offline_queue.DATA_FIELDS.get(action.verb, ()):
            place = ARGUMENTS.get(place, place)
        return wrong.at(f"data.{place}")

    async def _with_safety(self, answer: OperationAnswer, record: object) -> OperationAnswer:
        """Give an answer with what keeps people safe, whatever became of the report."""
        told = await self.context.services.reader.safety(_reported_text(record))
        return replace(answer, safety=SafetyAdvice.from_domain(told))

    async def _answer_one(self, record: QueuedOperation) -> OperationAnswer:
        if record.entity in self._waiting:
            return _deferred_answer(
                record, "What was done to the same thing before it has to wait."
            )
        try:
            return await self._apply_record(record)
        except Refused as refusal:
            self._note_attempt(record, refusal)
            return _refused_answer(record.id, refusal)
        except Unavailable as error:
            self._note_attempt(record, error)
            self._waiting.add(record.entity)
            return _deferred_answer(record, str(error))

    def _note_attempt(self, record: QueuedOperation, error: Exception) -> None:
        deed = GUARDS[record.action].deed
        if deed is not None:
            deeds.note_attempt(self.context, deed, error, {"id": record.entity})

    async def _apply_record(self, record: QueuedOperation) -> OperationAnswer:
        context = self.context
        actor = context.actor
        GUARDS[record.action].demand(context)
        if record.garage != actor.garage:
            raise InvalidInput("garageId", "is not your garage")
        if await context.services.offline.foreign_position(record.id, actor.id):
            raise InvalidInput("operationId", "was used by somebody else; make a new one")
        asked = context.operation(record.id)
        operation = replace(
            asked, done=clock.claim_timestamp(record.at, int(asked.at.timestamp() * 1000))
        )
        made: list[Answer] = []

        async def work() -> Answer:
            offline_queue.demand_known_data(record)
            try:
                made.append(await QUEUE_VERBS[record.action](self, record, operation))
            except InvalidInput as wrong:
                raise self.located(record.action, wrong) from wrong
            return made[0]

        body = idempotency.operation_fingerprint(record.action, record.data)
        answer = await context.services.operations.run_once(record.id, actor.id, body, work)
        context.forget_loaded()
        state = OperationState(answer["state"]) if made else OperationState.REPEATED
        rest: dict[str, Any] = {name: value for name, value in answer.items() if name != "state"}
        rest |= {
            name: ticket_records.spell_keys(rest[name])
            for name in ("mine", "theirs")
            if name in rest
        }
        return OperationAnswer(operation_id=record.id, state=state, **rest)


async def _report_failure(run: QueueRun, record: QueuedOperation, operation: Operation) -> Answer:
    given = run.read_part("report", ReportInput, record.data.get("report"))
    said = inputs.parse_report(given)
    with run.context.services.intake_breaker.pass_through():
        ticket = await reports.report_failure(
            report_ports(run.context), said, operation, record.garage
        )
    return ticket_records.applied_answer(ticket.id, ticket.version)


async def _create_card(run: QueueRun, record: QueuedOperation, operation: Operation) -> Answer:
    content = inputs.parse_card_content(run.read_part("card", CardInput, record.data.get("card")))
    founding = None
    if record.data.get("ticket") is not None:
        founding = ticket_records.ticket_of(record, "ticket", operation)
    card = await cards.create_card(card_ports(run.context), content, operation, founding)
    return ticket_records.applied_answer(card.id, card.version)


async def _update_card(run: QueueRun, record: QueuedOperation, operation: Operation) -> Answer:
    content = inputs.parse_card_content(run.read_part("card", CardInput, record.data.get("card")))
    key, base = (
        inputs.parse_card_key(ticket_records.text_of(record, "id")),
        ticket_records.number_of(record, "expected_version"),
    )
    services = run.context.services
    meeting = OfflineEditPorts(
        review=card_ports(run.context), versions=services.cards, proposals=services.offline
    )
    met = await offline.merge_edit(meeting, key, content, base, operation)
    return _merged_answer(met, record.data["card"], run.context.viewer)


async def _refuse_price(run: QueueRun, record: QueuedOperation, operation: Operation) -> Answer:
    """CF-7: a client's price is not used."""
    del run, record, operation
    return {
        "state": OperationState.REFUSED.value,
        "field_": "price",
        "reason": PRICED_AT_SOURCE,
    }


QUEUE_VERBS: Mapping[QueuedVerb, QueueVerb] = {
    QueuedVerb.REPORT_FAILURE: _report_failure,
    QueuedVerb.START_REPAIR: ticket_records.start_repair,
    QueuedVerb.RECORD_ATTEMPT: ticket_records.record_attempt,
    QueuedVerb.RESOLVE_TICKET: ticket_records.resolve_ticket,
    QueuedVerb.CLOSE_TICKET: ticket_records.close_ticket,
    QueuedVerb.RATE_CARD: ticket_records.rate_card,
    QueuedVerb.ADJUST_STOCK: ticket_records.adjust_stock,
    QueuedVerb.CREATE_CARD: _create_card,
    QueuedVerb.UPDATE_CARD: _update_card,
    QueuedVerb.SET_PRICE: _refuse_price,
}


# A queue is no way around a guard: an operation needs what the mutation of the same name needs.
# A price is refused to everybody, so nobody needs a right to hear why.
GUARDS: Mapping[QueuedVerb, Guard] = {
    QueuedVerb.REPORT_FAILURE: declared_guard(TicketMutations, "report_failure"),
    QueuedVerb.START_REPAIR: declared_guard(TicketMutations, "start_repair"),
    QueuedVerb.RECORD_ATTEMPT: declared_guard(TicketMutations, "record_attempt"),
    QueuedVerb.RESOLVE_TICKET: declared_guard(TicketMutations, "resolve_ticket"),
    QueuedVerb.CLOSE_TICKET: declared_guard(TicketMutations, "close_ticket"),
    QueuedVerb.RATE_CARD: declared_guard(FeedbackMutations, "give_feedback"),
    QueuedVerb.ADJUST_STOCK: declared_guard(StockMutations, "adjust_stock"),
    QueuedVerb.CREATE_CARD: declared_guard(CardMutations, "create_card"),
    QueuedVerb.UPDATE_CARD: declared_guard(CardMutations, "update_card"),
    QueuedVerb.SET_PRICE: SIGNED_IN,
}


def _merged_answer(met: MergedEdit, mine: object, viewer: Viewer) -> Answer:
    answer = ticket_records.applied_answer(met.card.id, met.card.version)
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


def _operation_id_of(record: object) -> str | None:
    today = offline_queue.upcast_record(record)
    found = (
        cast("Mapping[str, object]", today).get("operationId")
        if isinstance(today, Mapping)
        else None
    )
    return found[:80] if isinstance(found, str) else None


def _reported_text(record: object) -> str:
    """Give the words of a failure that a record reports, "" where it reports none."""
    today = offline_queue.upcast_record(record)
    for name in ("data", "report", "text"):
        today = (
            cast("Mapping[str, object]", today).get(name) if isinstance(today, Mapping) else None
        )
    return today[:TEXT_LIMIT] if isinstance(today, str) else ""


def _stands_twice() -> InvalidInput:
    return InvalidInput("operationId", "stands in this call twice, with different records")


def _again(answer: OperationAnswer) -> OperationAnswer:
    """Give the answer for the same record further on in the same call: it was done once."""
    done = answer.state in {OperationState.APPLIED, OperationState.CONFLICT}
    return replace(answer, state=OperationState.REPEATED) if done else answer


def _refused_answer(id: str | None, refusal: Refused) -> OperationAnswer:
    return OperationAnswer(
        operation_id=id,
        state=OperationState.REFUSED,
        field_=getattr(refusal, "field", None),
        reason=tell_refusal(refusal, writes=True),
    )


def _deferred_answer(record: QueuedOperation, reason: str) -> OperationAnswer:
    return OperationAnswer(operation_id=record.id, state=OperationState.DEFERRED, reason=reason)
