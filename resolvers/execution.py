"""What stands around every execution: documents read before, masked errors, `degraded`."""

import logging
import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, cast

from graphql import ExecutionResult as GraphQLExecutionResult
from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationType,
    get_operation_ast,
    parse,
)
from strawberry.extensions import MaskErrors, SchemaExtension
from strawberry.types import ExecutionContext, ExecutionResult

from domain.access import Role
from domain.errors import BattwheelsError, InvalidInput, NotAllowed, Unavailable
from resolvers.context import RequestContext
from resolvers.documents import MOST_ERRORS, Documents, QueryDocument
from resolvers.input_paths import UNKNOWN, locate_fault, misread_reason
from resolvers.refusals import refusal_code, tell_refusal

log = logging.getLogger("battwheels.api")

FRAMES = 12
VARIABLE = re.compile(
    r"Variable '\$(\w+)' has invalid value(?: at ([^:]{0,200}))?: (.*)", re.DOTALL
)
PLACE = re.compile(r"\w+")
AGAIN = "Send it again with the same operation id; nothing is done twice."
LATER = "Try again in a moment."
NOTHING = parse("{ __typename }")


class HasDocuments(Protocol):
    """The schema, which has its documents."""

    documents: Documents


class LimitedExecution(SchemaExtension):
    """Runs the document that was read and found good; answers any other with what is wrong."""

    def on_operation(self) -> Iterator[None]:
        run = self.execution_context
        if run.query:
            self._document = document = _document_of(run)
            if document.parsed is None:
                # What does not parse is not parsed again: its errors stand in its place.
                run._provided_operation_name = None  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
            run.graphql_document = document.parsed or NOTHING
        yield

    def on_validate(self) -> Iterator[None]:
        self.execution_context.pre_execution_errors = list(self._document.errors)
        yield


def _document_of(run: ExecutionContext) -> QueryDocument:
    documents = cast("HasDocuments", run.schema).documents
    return document_of(documents, run.context, run.query or "", run.variables or {})


def document_of(
    documents: Documents, context: RequestContext, text: str, variables: Mapping[str, object]
) -> QueryDocument:
    """Give what the door read of this text, or read it now, for callers inside the house."""
    if context.document is not None and context.document.text == text:
        return context.document
    return documents.read_now(text, variables, anonymous=context.signed_in is None)


class MaskedAnswers(MaskErrors):
    """Codes for refusals, a trace id in place of accidents, and what was degraded."""

    def __init__(self) -> None:
        super().__init__(should_mask_error=lambda error: _was_raised(error) or _is_unread(error))

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        run = self.execution_context
        schema = run.schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        if _is_unread(error):
            return self.unread_error(error, schema)
        return _mask_error(
            error, cast("RequestContext", run.context).trace, schema, _operation_type(run)
        )

    def unread_error(self, error: GraphQLError, schema: GraphQLSchema) -> GraphQLError:
        return _variable_error(error, schema, hints=True)

    def get_results(self) -> dict[str, Any]:
        return _degraded_extensions(cast("RequestContext", self.execution_context.context))


def mask_result(
    found: GraphQLExecutionResult, context: RequestContext, schema: GraphQLSchema, *, open: bool
) -> ExecutionResult:
    """Give the answer of a query that ran without Strawberry's extensions, as they give it.

    Where the schema is `open`, errors tell its names.
    """
    errors = found.errors
    if errors:
        log_errors(errors, None)
        errors = [_client_error(error, context, schema, open=open) for error in errors]
    return ExecutionResult(data=found.data, errors=errors, extensions=_degraded_extensions(context))


def _client_error(
    error: GraphQLError, context: RequestContext, schema: GraphQLSchema, *, open: bool
) -> GraphQLError:
    if not _is_unread(error):
        raised = _was_raised(error)
        return _mask_error(error, context.trace, schema, OperationType.QUERY) if raised else error
    if open or is_of_house(context):
        return _variable_error(error, schema, hints=open)
    return _unfitting_variables(error)


class UnloggedAnswers(MaskedAnswers):
    """The same where nobody may ask what the schema holds.

    Strangers and machines of partners hear none of its names, people none that they did not say.
    """

    def unread_error(self, error: GraphQLError, schema: GraphQLSchema) -> GraphQLError:
        if is_of_house(cast("RequestContext", self.execution_context.context)):
            return _variable_error(error, schema, hints=False)
        return _unfitting_variables(error)


def is_developer(context: RequestContext) -> bool:
    """Say whether an administrator asks, who may know what the schema holds also in production."""
    actor = context.signed_in
    return actor is not None and context.key is None and actor.role is Role.ADMIN


def is_of_house(context: RequestContext) -> bool:
    """Say whether a person asks whom somebody vouches for: no stranger, no machine of a partner."""
    return context.signed_in is not None and context.key is None


def _unfitting_variables(error: GraphQLError) -> GraphQLError:
    found = VARIABLE.match(error.message)
    name = "" if found is None else f" of ${found[1]}"
    said = f"The value{name} does not fit its type. The reference tells what it takes."
    return _rewrite_error(error, said, {"code": "INVALID_VARIABLES"})


def log_errors(errors: Sequence[GraphQLError], run: ExecutionContext | None) -> None:
    """Log accidents by type and place, never by message: messages can quote the report."""
    del run
    accidents = [e.original_error for e in errors if _was_raised(e)]
    for cause in [c for c in accidents if c and not isinstance(c, BattwheelsError)][:MOST_ERRORS]:
        log.error("accident", extra={"error": type(cause).__name__, "at": _stack_places(cause)})
    for cause in [c for c in accidents if isinstance(c, Unavailable)][:MOST_ERRORS]:
        log.warning("unavailable", extra={"dependency": cause.dependency})


def _was_raised(error: GraphQLError) -> bool:
    """Say whether a resolver or the machinery raised it: no document or value is at fault."""
    cause = error.original_error
    if cause is None or isinstance(cause, GraphQLError):
        return False
    return error.path is not None or not isinstance(cause, ValueError)


def _mask_error(
    error: GraphQLError, trace: str, schema: GraphQLSchema, operation: OperationType | None
) -> GraphQLError:
    cause = error.original_error
    if isinstance(cause, BattwheelsError):
        root = None if operation is None else schema.get_root_type(operation)
        cause = _place_refusal(cause, error, root)
        writes = operation is OperationType.MUTATION
        return _rewrite_error(
            error, _error_sentence(cause, writes=writes), _error_extensions(cause)
        )
    said = f"Something went wrong on our side. Report it with this trace id: {trace}"
    return _rewrite_error(error, said, {"code": "INTERNAL", "trace": trace})


def _degraded_extensions(context: RequestContext) -> dict[str, Any]:
    return {"degraded": list(context.degraded)} if context.degraded else {}


def _is_unread(error: GraphQLError) -> bool:
    """Say whether a variable does not read as its type."""
    cause = error.original_error
    known = cause is None or isinstance(cause, GraphQLError)
    return known and VARIABLE.match(error.message) is not None


def _variable_error(error: GraphQLError, schema: GraphQLSchema, *, hints: bool) -> GraphQLError:
    """Give an error that names the place in the variable, and what may have been meant."""
    found = VARIABLE.match(error.message)
    if found is None:
        return error
    name, below, said = found.groups()
    place = ".".join([name, *PLACE.findall(below or "")])
    of = UNKNOWN.search(said)
    why = misread_reason(None if of is None else schema.get_type(of.group(1)), said, hints=hints)
    extensions = {"code": "INVALID_INPUT", "field": place, "reason": why}
    return _rewrite_error(error, f"{place}: {why}", extensions)


def _place_refusal(
    cause: BattwheelsError, error: GraphQLError, root: GraphQLObjectType | None
) -> BattwheelsError:
    """Give a wrong value of a root field with its path in the input."""
    if not isinstance(cause, InvalidInput) or len(error.path or ()) != 1 or not error.nodes:
        return cause
    node = error.nodes[0]
    asked = root.fields.get(node.name.value) if root and isinstance(node, FieldNode) else None
    return cause if asked is None else locate_fault(asked, cause)


def _operation_type(run: ExecutionContext) -> OperationType | None:
    document = run.graphql_document
    found = None if document is None else get_operation_ast(document, run.operation_name)
    return None if found is None else found.operation


def _error_sentence(cause: BattwheelsError, *, writes: bool) -> str:
    """Say what is wrong, what became of the data, and what to do."""
    match cause:
        case Unavailable(sentence=None):
            return f"{cause.first} {cause}. {AGAIN if writes else LATER}".lstrip()
        case Unavailable():
            return f"{cause.first} {cause}".lstrip()
        case _:
            return tell_refusal(cause, writes=writes)


def _error_extensions(cause: BattwheelsError) -> dict[str, Any]:
    extensions: dict[str, Any] = {"code": refusal_code(cause)}
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


def _rewrite_error(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )


def _stack_places(cause: BaseException) -> list[str]:
    frames = traceback.extract_tb(cause.__traceback__)[-FRAMES:]
    return [f"{f.filename.rsplit('/', 2)[-1]}:{f.lineno} {f.name}" for f in frames]
