"""What stands around every execution: limits, cached validation, masked errors, `degraded`."""

import logging
import re
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationType,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from strawberry.extensions import MaskErrors, SchemaExtension
from strawberry.types import ExecutionContext

from domain.errors import BattwheelsError, InvalidInput, NotAllowed, Unavailable
from resolvers.context import Context
from resolvers.cost import Limits, excesses
from resolvers.input_paths import UNKNOWN, located, reason
from resolvers.refusals import code, told

log = logging.getLogger("battwheels.api")

MOST_TOKENS = 2_000
MOST_ERRORS = 10
DOCUMENTS_KEPT = 512
FRAMES = 12
VARIABLE = re.compile(
    r"Variable '\$(\w+)' has invalid value(?: at ([^:]{0,200}))?: (.*)", re.DOTALL
)
PLACE = re.compile(r"\w+")
AGAIN = "Send it again with the same operation id; nothing is done twice."
LATER = "Try again in a moment."


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
            run.pre_execution_errors = _validated(schema, document, self.introspection)
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
    document: DocumentNode,
    introspection: bool,  # noqa: FBT001
) -> list[GraphQLError]:
    rules = list(specified_rules)
    if not introspection:
        rules.append(NoSchemaIntrospectionCustomRule)
    return validate(
        schema, document, rules, max_errors=MOST_ERRORS, hide_suggestions=not introspection
    )


class Answered(MaskErrors):
    """Codes for refusals, a trace id in place of accidents, and what was degraded."""

    def __init__(self) -> None:
        super().__init__(should_mask_error=lambda error: _raised(error) or _unread(error))

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        if _unread(error):
            return _variable(error, self.execution_context)
        cause, run = error.original_error, self.execution_context
        trace = cast("Context", self.execution_context.context).trace
        if isinstance(cause, BattwheelsError):
            cause = _placed(cause, error, run)
            return _rewritten(error, _sentence(cause, writes=_writes(run)), _told(cause))
        said = f"Something went wrong on our side. Report it with this trace id: {trace}"
        return _rewritten(error, said, {"code": "INTERNAL", "trace": trace})

    def get_results(self) -> dict[str, Any]:
        degraded = cast("Context", self.execution_context.context).degraded
        return {"degraded": list(degraded)} if degraded else {}


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


def _unread(error: GraphQLError) -> bool:
    """Say whether a variable does not read as its type."""
    cause = error.original_error
    known = cause is None or isinstance(cause, GraphQLError)
    return known and VARIABLE.match(error.message) is not None


def _variable(error: GraphQLError, run: ExecutionContext) -> GraphQLError:
    """Give an error that names the place in the variable, and what may have been meant."""
    found = VARIABLE.match(error.message)
    if found is None:
        return error
    schema = run.schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    name, below, said = found.groups()
    place = ".".join([name, *PLACE.findall(below or "")])
    of = UNKNOWN.search(said)
    why = reason(None if of is None else schema.get_type(of.group(1)), said)
    extensions = {"code": "INVALID_INPUT", "field": place, "reason": why}
    return _rewritten(error, f"{place}: {why}", extensions)


def _placed(cause: BattwheelsError, error: GraphQLError, run: ExecutionContext) -> BattwheelsError:
    """Give a wrong value of a root field with its path in the input."""
    if not isinstance(cause, InvalidInput) or len(error.path or ()) != 1 or not error.nodes:
        return cause
    schema = run.schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    operation = _operation(run)
    root = None if operation is None else schema.get_root_type(operation)
    node = error.nodes[0]
    asked = root.fields.get(node.name.value) if root and isinstance(node, FieldNode) else None
    return cause if asked is None else located(asked, cause)


def _operation(run: ExecutionContext) -> OperationType | None:
    document = run.graphql_document
    found = None if document is None else get_operation_ast(document, run.operation_name)
    return None if found is None else found.operation


def _writes(run: ExecutionContext) -> bool:
    return _operation(run) is OperationType.MUTATION


def _sentence(cause: BattwheelsError, *, writes: bool) -> str:
    """Say what is wrong, what became of the data, and what to do."""
    match cause:
        case Unavailable(sentence=None):
            return f"{cause}. {AGAIN if writes else LATER}"
        case Unavailable():
            return str(cause)
        case _:
            return told(cause, writes=writes)


def _told(cause: BattwheelsError) -> dict[str, Any]:
    extensions: dict[str, Any] = {"code": code(cause)}
    match cause:
        case InvalidInput():
            extensions |= {"field": cause.field, "reason": cause.reason}
        case Unavailable():
            extensions |= {"dependency": cause.dependency}
        case NotAllowed():
            extensions |= {"role": cause.role, "action": cause.action, "resource": cause.resource}
        case _:
            pass
    return extensions


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
