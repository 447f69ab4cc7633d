"""The verb of whoever wants to hear of an emerging defect when it is found."""

from collections.abc import AsyncGenerator

import strawberry

from domain.access import Action, ResourceKind
from domain.errors import InvalidInput
from domain.events import EventType
from domain.ids import DefectAlarmId
from resolvers.context import RequestInfo
from resolvers.guards import guard_field
from resolvers.subscriptions.changes import (
    CursorArgument,
    follow_changes,
    parse_cursor,
    read_patiently,
    refusal_of,
)
from schema.defects import DefectAlarm, DefectFound, DefectNews
from schema.subscriptions import Resync

FOUND = frozenset({EventType.DEFECT_FOUND})


@strawberry.type
class DefectSubscription:
    @strawberry.subscription(description="Each emerging defect, when it is found.")
    @guard_field(Action.VERIFY, ResourceKind.CARD)
    async def defect_found(
        self, info: RequestInfo, after: CursorArgument = None
    ) -> AsyncGenerator[DefectNews, None]:
        context = info.context
        alarms = context.defects.alarms
        try:
            async for step in follow_changes(context, FOUND, parse_cursor(after)):
                if isinstance(step, Resync):
                    yield step
                    continue
                key = DefectAlarmId(step[1].entity)
                found = await read_patiently(context, lambda: alarms.many([key]))  # noqa: B023
                if key in found:
                    told = DefectAlarm.from_domain(found[key])
                    yield DefectFound(alarm=told, cursor=str(step[0]))
        except InvalidInput as wrong:
            context.end_run()
            yield refusal_of(wrong)
        except BaseException:
            context.end_run()
            raise
