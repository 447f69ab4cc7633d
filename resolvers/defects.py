"""The verbs of emerging defects: managers and administrators see alarms, the latter answer them."""

from typing import Annotated

import strawberry

from domain import limits
from domain.access import Action, ResourceKind
from domain.deeds import DeedType
from domain.defect_alarms import DefectAnswer
from domain.ids import defect_alarm_id
from resolvers.arguments import OperationArgument
from resolvers.context import RequestInfo
from resolvers.guards import guard_field
from resolvers.idempotency import ANSWER, idempotent, operation_fingerprint
from resolvers.services import Answer
from schema import defects as schema_defects
from schema.defects import AnswerDefectAlarmResult, DefectAlarmAnswered
from schema.nodes import USUAL, Connection, after_position, make_connection, page_size
from schema.vocabulary import After, First

AlarmArgument = Annotated[str, strawberry.argument(description="The alarm, dfa_…")]
AnswerArgument = Annotated[
    DefectAnswer, strawberry.argument(description="Look into it, or be done with it.")
]
OverArgument = Annotated[bool, strawberry.argument(description="Also those that are closed.")]


@strawberry.type
class DefectQueries:
    @strawberry.field(description="Cohorts of which a component fails too often, the newest first.")
    @guard_field(Action.VERIFY, ResourceKind.CARD)
    async def defect_alarms(
        self,
        info: RequestInfo,
        first: First = USUAL,
        after: After = None,
        closed: OverArgument = False,  # noqa: FBT002 - an argument of GraphQL is named
    ) -> Connection[schema_defects.DefectAlarm]:
        found = await info.context.defects.alarms.page(
            first=page_size(first) + 1, after=after_position(after), over=closed
        )
        return make_connection(
            found, first, after, lambda one: one.id, schema_defects.DefectAlarm.from_domain
        )


@strawberry.type
class DefectMutations:
    @strawberry.mutation(description="Say that you look into an alarm, or that it is over.")
    @guard_field(Action.VERIFY, ResourceKind.CARD, network=True, deed=DeedType.SETTINGS_CHANGE)
    async def answer_defect_alarm(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: AlarmArgument,
        answer: AnswerArgument,
    ) -> AnswerDefectAlarmResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        alarms = context.defects.alarms
        key = defect_alarm_id(limits.clean_text("id", id, 80))

        async def work() -> Answer:
            await alarms.answer(key, answer, context.settings_operation(operation))
            return {"id": key}

        body = operation_fingerprint("answerDefectAlarm", {"id": key, "answer": answer})
        await idempotent(context, operation.id, body, work, ANSWER)
        return DefectAlarmAnswered(
            alarm=schema_defects.DefectAlarm.from_domain(await alarms.get(key))
        )
