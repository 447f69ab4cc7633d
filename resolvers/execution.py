"""What stands around every execution: limits, cached validation, masked errors, `degraded`."""

import logging
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, cast

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    parse,
    specified_rules,
    validate,
)
from graphql import ExecutionResult as GraphQLExecutionResult
from strawberry.extensions import MaskErrors, SchemaExtension
from strawberry.types import ExecutionContext, ExecutionResult

from domain.errors import BattwheelsError, InvalidInput, NotAllowed, Unavailable
from resolvers.context import Context
from resolvers.cost import Limits, excesses
from resolvers.refusals import CODES

log = logging.getLogger("battwheels.api")

MOST_TOKENS = 2_000
MOST_ERRORS = 10
DOCUMENTS_KEPT = 512
FRAMES = 12


class Guarded(SchemaExtension):
    """Refuses a document that asks too much; parses and validates each one a single time."""

    limits = Limits()
    introspection = False

    def on_operation(self) -> Iterator[None]:
        self.execution_context.parse_options["max_tokens"] = MOST_TOKENS
        yield

    def on_parse(self) -> Iterator[None]:
        run = self.execution_context
        # A document that does not parse is left to Strawberry, which answers it on every transport.
        with suppress(GraphQLError):
            run.graphql_document = parsed(run.query or "")
        yield

    def on_validate(self) -> Iterator[None]:
        run = self.execution_context
        document = cast("DocumentNode", run.graphql_document)
        schema = run.schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        over = excesses(schema, document, run.variables or {}, self.limits)
        if over:
            code = {"code": "TOO_MUCH"}
            run.pre_execution_errors = [GraphQLError(said, extensions=code) for said in over]
        else:
            run.pre_execution_errors = _validated(schema, run.query or "", self.introspection)
        yield


class Open(Guarded):
    """The same for developers: the schema may be asked for, and misspellings get a hint."""

    introspection = True


@lru_cache(maxsize=DOCUMENTS_KEPT)
def parsed(text: str) -> DocumentNode:
    return parse(text, max_tokens=MOST_TOKENS)


@lru_cache(maxsize=DOCUMENTS_KEPT)
def _validated(
    schema: GraphQLSchema,
    text: str,
    introspection: bool,  # noqa: FBT001
) -> list[GraphQLError]:
    """Validate a document that parses; found by its text, as its own hash would walk all of it."""
    rules = list(specified_rules)
    if not introspection:
        rules.append(NoSchemaIntrospectionCustomRule)
    return validate(
        schema, parsed(text), rules, max_errors=MOST_ERRORS, hide_suggestions=not introspection
    )


class Answered(MaskErrors):
    """Codes for refusals, a trace id in place of accidents, and what was degraded."""

    def __init__(self) -> None:
        super().__init__(should_mask_error=_raised)

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        return _masked(error, cast("Context", self.execution_context.context).trace)

    def get_results(self) -> dict[str, Any]:
        return _degraded(cast("Context", self.execution_context.context))


def answered(found: GraphQLExecutionResult, context: Context) -> ExecutionResult:
    """Give the answer of a document that ran without Strawberry's extensions, as they give it."""
    errors = found.errors
    if errors:
        note(errors, None)
        errors = [_masked(e, context.trace) if _raised(e) else e for e in errors]
    return ExecutionResult(data=found.data, errors=errors, extensions=_degraded(context))


def note(errors: Sequence[GraphQLError], run: ExecutionContext | None) -> None:
    """Log accidents by type and place, never by message: messages can quote the report."""
    del run
    accidents = [e.original_error for e in errors if _raised(e)]
    for cause in [c for c in accidents if c and not isinstance(c, BattwheelsError)][:MOST_ERRORS]:
        log.error("accident", extra={"error": type(cause).__name__, "at": _places(cause)})
    for cause in [c for c in accidents if isinstance(c, Unavailable)][:MOST_ERRORS]:
        log.warning("unavailable", extra={"dependency": cause.dependency})


def _raised(error: GraphQLError) -> bool:
    """Say whether a resolver or the machinery raised it: no document or value is at fault."""
    cause = error.original_error
    if cause is None or isinstance(cause, GraphQLError):
        return False
    return error.path is not None or not isinstance(cause, ValueError)


def _masked(error: GraphQLError, trace: str) -> GraphQLError:
    cause = error.original_error
    if isinstance(cause, BattwheelsError):
        return _rewritten(error, str(cause), _told(cause))
    said = f"Something went wrong on our side. Report it with this trace id: {trace}"
    return _rewritten(error, said, {"code": "INTERNAL", "trace": trace})


def _degraded(context: Context) -> dict[str, Any]:
    return {"degraded": list(context.degraded)} if context.degraded else {}


def _told(cause: BattwheelsError) -> dict[str, Any]:
    told: dict[str, Any] = {"code": CODES.get(type(cause), "REFUSED")}
    match cause:
        case InvalidInput():
            told |= {"field": cause.field, "reason": cause.reason}
        case Unavailable():
            told |= {"dependency": cause.dependency}
        case NotAllowed():
            told |= {"role": cause.role, "action": cause.action, "resource": cause.resource}
        case _:
            pass
    return told


def _rewritten(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )


def _places(cause: BaseException) -> list[str]:
    frames = traceback.extract_tb(cause.__traceback__)[-FRAMES:]
    return [f"{f.filename.rsplit('/', 2)[-1]}:{f.lineno} {f.name}" for f in frames]
