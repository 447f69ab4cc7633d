"""Executes documents: one that comes again by a plan made for it, any other by graphql-core.

It stands in for graphql-core's `execute` and answers the same. What a plan does not speak of (a
mutation, introspection, a guard declared around a field) runs on graphql-core as ever.
"""

import inspect
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    DirectiveNode,
    DocumentNode,
    ExecutionResult,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    located_error,
    visit,
)
from graphql import execution as core
from graphql.execution import Executor
from strawberry.types.field import StrawberryField

from resolvers.plans.run import PlanRun, Unplanned
from resolvers.plans.source import PlanTooLong, PlanWriter, Root
from resolvers.recent_uses import RecentUses

# graphql-core types its arguments loosely.
Executed = Awaitable[ExecutionResult] | ExecutionResult
execute_by_core = cast("Callable[..., Executed]", core.execute)  # pyright: ignore[reportUnknownMemberType]

# A document that is asked once is not worth a plan; one that comes again is made one.
USES_BEFORE = 2
# What is kept counts by the tokens of its documents, about a kilobyte each with node and plan; a
# document of more than its share is run without a plan.
KEPT_TOKENS = 40_000
TOKENS_SHARE = 2_000
# Each combination of what these variables say has a plan of its own.
MOST_CONDITIONS = 3
CONDITIONS = frozenset({"skip", "include"})


# Its text, and the operation that is asked of it; None is its only one, named or not.
DocumentKey = tuple[str, str | None]

by_core: Callable[..., Any] = execute_by_core  # pyright: ignore[reportUnknownVariableType]


@dataclass(slots=True)
class KnownDocument:
    """A document with its plans, by what its conditions say; None: there is none for that.

    `only` is the name of its operation, if it has one alone.
    """

    document: DocumentNode
    conditions: tuple[str, ...]
    only: str | None
    plans: dict[tuple[object, ...], Root | None] = field(default_factory=dict[Any, Any])


class Plans:
    """The plans of one schema; `converter` is Strawberry's, which knows arguments and handlers."""

    def __init__(self, converter: Any) -> None:  # noqa: ANN401 - Strawberry types it loosely
        self._converter = converter
        self._kept = OrderedDict[DocumentKey, KnownDocument]()
        self._uses = RecentUses()
        self.kept_tokens = 0

    def ready(self, text: str | None, operation_name: str | None) -> DocumentNode | None:
        """Give the document of a text that has passed all checks before and has a plan, else None.

        What hangs on its variables is still to be checked.
        """
        known = self._kept.get((text or "", None))
        if known is None or operation_name not in {None, known.only}:
            known = self._kept.get((text or "", operation_name))
        return None if known is None or not any(known.plans.values()) else known.document

    def execute(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        **given: Any,  # noqa: ANN401 - as graphql-core takes it
    ) -> Awaitable[ExecutionResult] | ExecutionResult:
        """Execute a validated document, as graphql-core's `execute` does."""
        if document.loc is None or document.token_count > TOKENS_SHARE:
            return by_core(schema, document, **given)
        key = document.loc.source.body, _asked_operation(document, given.get("operation_name"))
        middleware = given.get("middleware")
        if self._is_rare(key) or (middleware is not None and middleware.middlewares):
            return by_core(schema, document, **given)
        known = self._known(key, document)
        executor = cast("Any", Executor).build(
            schema,
            document,
            root_value=given.get("root_value"),
            context_value=given.get("context_value"),
            raw_variable_values=given.get("variable_values"),
            operation_name=given.get("operation_name"),
            is_awaitable=given.get("is_awaitable"),
        )
        if isinstance(executor, list):
            return ExecutionResult(None, cast("Any", executor))
        root = self._plan(known, executor)
        if root is None:
            return by_core(schema, document, **given)
        return self._answer(root, executor, lambda: by_core(schema, document, **given))

    def _is_rare(self, key: DocumentKey) -> bool:
        """Count this use; say whether there were too few for a plan, and nothing of it is kept."""
        if key in self._kept:
            return False
        # By its hash: a text that is asked once is not held for it.
        return self._uses.count(hash(key)) <= USES_BEFORE

    def _known(self, key: DocumentKey, document: DocumentNode) -> KnownDocument:
        """Give what is known of a document, by its text: its own hash would walk all of it."""
        known = self._kept.get(key)
        if known is None:
            found = ConditionVisitor()
            visit(document, found)
            conditions, only = tuple(sorted(found.names)), _only_operation(document)
            known = self._kept[key] = KnownDocument(document, conditions, only)
            self.kept_tokens += document.token_count
        self._kept.move_to_end(key)
        while self.kept_tokens > KEPT_TOKENS:
            _, gone = self._kept.popitem(last=False)
            self.kept_tokens -= gone.document.token_count
        return known

    def _plan(self, known: KnownDocument, executor: Executor[Any]) -> Root | None:
        said = tuple(executor.variable_values.coerced.get(name) for name in known.conditions)
        if said not in known.plans:
            known.plans[said] = self._made(known, executor)
        return known.plans[said]

    def _made(self, known: KnownDocument, executor: Executor[Any]) -> Root | None:
        operation = executor.operation
        if operation.operation is not OperationType.QUERY or operation.directives:
            return None
        if len(known.conditions) > MOST_CONDITIONS:
            return None
        try:
            return PlanWriter(executor, self._handled).root(operation)
        except (Unplanned, PlanTooLong):
            return None

    def _handled(self, field: StrawberryField) -> bool:
        return bool(self._converter._get_field_exception_handlers(field))  # noqa: SLF001 - it has no other door

    def _answer(
        self, root: Root, executor: Executor[Any], anew: Callable[[], Any]
    ) -> Awaitable[ExecutionResult] | ExecutionResult:
        run = PlanRun(executor, self._converter.config, self._converter.scalar_registry)
        try:
            data = root(executor.root_value, None, run)
        except Unplanned:
            return _settle_run(run, anew) if run.waiting else anew()
        except Exception as error:  # noqa: BLE001 - an error that nothing may be null for
            executor.collected_errors.add(located_error(error), None)
            return (
                _settle_run(run, lambda: _run_response(run, None))
                if run.waiting
                else _run_response(run, None)
            )
        return _finish_run(run, data, anew) if run.waiting else _run_response(run, data)


async def _finish_run(
    run: PlanRun, data: dict[str, Any], anew: Callable[[], Any]
) -> ExecutionResult:
    try:
        answer = await run.finish(data)
    except Unplanned:
        return await _settle_run(run, anew)
    return _run_response(run, answer)


async def _settle_run(run: PlanRun, then: Callable[[], Any]) -> ExecutionResult:
    await run.settle()
    found = then()
    answer: ExecutionResult = await found if inspect.isawaitable(found) else found
    return answer


def _run_response(run: PlanRun, data: dict[str, Any] | None) -> ExecutionResult:
    return cast("ExecutionResult", run.executor.build_response(data))


def _asked_operation(document: DocumentNode, name: str | None) -> str | None:
    """Give the operation that is asked; None: the only one."""
    return None if name is None or name == _only_operation(document) else name


def _only_operation(document: DocumentNode) -> str | None:
    """Give the name of the only operation of a document; None: it has none, or there are more."""
    found = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    return found[0].name.value if len(found) == 1 and found[0].name is not None else None


class ConditionVisitor(Visitor):
    """Finds the variables by which a document leaves something out."""

    def __init__(self) -> None:
        super().__init__()
        self.names = set[str]()

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        if node.name.value in CONDITIONS:
            values = (argument.value for argument in node.arguments or ())
            self.names |= {v.name.value for v in values if isinstance(v, VariableNode)}
