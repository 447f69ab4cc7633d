"""The verbs of trained models: an administrator sees them, has one serve, and takes it back."""

from typing import Annotated

import strawberry

from domain import limits
from domain.access import Action, ResourceKind
from domain.deeds import DeedType
from domain.ids import run_id
from domain.model_runs import ModelKind, ModelTurn
from resolvers.arguments import OperationArgument
from resolvers.context import RequestInfo
from resolvers.guards import guard_field
from resolvers.idempotency import ANSWER, idempotent, operation_fingerprint
from resolvers.services import Answer
from schema import model_runs as schema_runs
from schema.model_runs import (
    ModelPromoted,
    ModelRolledBack,
    PromoteModelResult,
    RollBackModelResult,
)
from schema.nodes import USUAL, Connection, after_position, make_connection, page_size
from schema.vocabulary import After, First

RunArgument = Annotated[str, strawberry.argument(description="Id of the run.")]
KindArgument = Annotated[ModelKind, strawberry.argument(description="What the model is for.")]
OneKind = Annotated[ModelKind | None, strawberry.argument(description="Only of this kind.")]
SETTINGS = DeedType.SETTINGS_CHANGE


@strawberry.type
class ModelRunQueries:
    @strawberry.field(description="The trained models, serving or not, the newest first.")
    @guard_field(Action.READ, ResourceKind.SETTING, network=True)
    async def models(
        self, info: RequestInfo, first: First = USUAL, after: After = None, kind: OneKind = None
    ) -> Connection[schema_runs.ModelRun]:
        found = await info.context.models.runs.page(
            first=page_size(first) + 1, after=after_position(after), kind=kind
        )
        return make_connection(
            found, first, after, lambda run: run.id, schema_runs.ModelRun.from_domain
        )


@strawberry.type
class ModelRunMutations:
    @strawberry.mutation(description="Have a candidate serve that passed its gates.")
    @guard_field(Action.UPDATE, ResourceKind.SETTING, network=True, deed=SETTINGS)
    async def promote_model(
        self, info: RequestInfo, operation_id: OperationArgument, run: RunArgument
    ) -> PromoteModelResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        wanted, models = run_id(limits.clean_text("run", run, 80)), context.models

        async def work() -> Answer:
            return _told(await models.promote(wanted, context.settings_operation(operation)))

        body = operation_fingerprint("promoteModel", {"run": wanted})
        return ModelPromoted(
            turn=_turn(await idempotent(context, operation.id, body, work, ANSWER))
        )

    @strawberry.mutation(description="Have serve again what served before the model of a kind.")
    @guard_field(Action.UPDATE, ResourceKind.SETTING, network=True, deed=SETTINGS)
    async def roll_back_model(
        self, info: RequestInfo, operation_id: OperationArgument, kind: KindArgument
    ) -> RollBackModelResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        models = context.models

        async def work() -> Answer:
            return _told(await models.roll_back(kind, context.settings_operation(operation)))

        body = operation_fingerprint("rollBackModel", {"kind": kind})
        return ModelRolledBack(
            turn=_turn(await idempotent(context, operation.id, body, work, ANSWER))
        )


def _told(turn: ModelTurn) -> Answer:
    return {"kind": turn.kind, "serving": turn.run, "replaced": turn.replaced}


def _turn(answer: Answer) -> schema_runs.ModelTurn:
    return schema_runs.ModelTurn.of(
        ModelKind(answer["kind"]), answer["serving"], answer["replaced"]
    )
