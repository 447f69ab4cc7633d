"""From the errors of the domain to members of the result unions; the rest keep a code."""

from collections.abc import Mapping
from typing import cast

import strawberry
from graphql import GraphQLField, GraphQLResolveInfo, OperationType
from strawberry.types.field import StrawberryField

from domain import errors
from domain.ids import CardId, TicketId
from resolvers.context import RequestInfo
from resolvers.input_paths import locate_fault
from schema import refusals
from schema.money import Paise
from schema.tickets import FailureCard, Ticket

CODES: Mapping[type[errors.BattwheelsError], str] = {
    errors.InvalidInput: "INVALID_INPUT",
    errors.NotFound: "NOT_FOUND",
    errors.AlreadyExists: "ALREADY_EXISTS",
    errors.NotAuthenticated: "NOT_AUTHENTICATED",
    errors.NotAllowed: "NOT_ALLOWED",
    errors.NotCertified: "NOT_CERTIFIED",
    errors.StaleVersion: "STALE_VERSION",
    errors.IllegalTransition: "ILLEGAL_TRANSITION",
    errors.OperationConflict: "OPERATION_CONFLICT",
    errors.MonthClosed: "MONTH_CLOSED",
    errors.OverLimit: "OVER_LIMIT",
    errors.Occupied: "OCCUPIED",
    errors.Overlaps: "OVERLAPS",
    errors.WorseModel: "WORSE_MODEL",
    errors.TooMany: "TOO_MANY",
    errors.BrokenModel: "BROKEN_MODEL",
    errors.Unavailable: "UNAVAILABLE",
}


# What stands in `extensions.code` of an error that no resolver raised, and where it comes from.
OTHER_CODES: Mapping[str, str] = {
    "TOO_MUCH": "The document is over a limit of depth, aliases, root fields or objects.",
    "DEADLINE": "It was not answered within the deadline; the HTTP status is 504.",
    "CSRF": "A browser's simple request without `GraphQL-Require-Preflight: 1`; status 403.",
    "METHOD": "Neither GET nor POST; status 405.",
    "ACCEPT": "No media type that this door speaks was accepted; status 406.",
    "MEDIA_TYPE": "The body was not sent as application/json; status 415.",
    "TOO_LARGE": "The body is larger than the server reads; status 413.",
    "MOVED": "The API is at another path; status 404, with `location`.",
    "BAD_REQUEST": "The body does not read as a GraphQL request; status 400.",
    "PERSISTED_QUERY_NOT_FOUND": "No document of that `sha256Hash` is kept: send it with its text.",
    "DOCUMENT_UNKNOWN": "No document of that `documentId` is registered for the caller.",
    "DOCUMENT_NOT_REGISTERED": "The caller may run registered documents alone; this text is none.",
    "DOCUMENT_ID_ONLY": "The caller sends the ids of registered documents, and no text.",
    "INVALID_DOCUMENT": "The document does not fit the schema at the places that are named.",
    "INVALID_VARIABLES": "A variable does not fit its type; whoever is signed in is told where.",
    "KEY_IN_URL": "A key stood in the URL and is burnt: have it revoked; status 400.",
    "TOO_SLOW": "The request did not arrive whole in time; status 408.",
    "BUSY": "Too many connections or bodies are held at one time; status 503.",
    "INTERNAL": "An accident on our side; report it with its `trace`.",
    "REFUSED": "A refusal without a code of its own.",
}
NOT_DONE = "Nothing was saved."


def refusal_code(refusal: errors.BattwheelsError) -> str:
    """Give the code of a refusal, or of the nearest class that it belongs to."""
    return next((CODES[kind] for kind in type(refusal).__mro__ if kind in CODES), "REFUSED")


def asked_field(info: RequestInfo) -> GraphQLField:
    """Give the field of the schema that is being answered."""
    raw = _raw_info(info)
    return raw.parent_type.fields[raw.field_name]


def refusal_message(info: RequestInfo, refusal: errors.Refused) -> str:
    """Give the sentence of a refusal; of a verb that writes, also what became of the data."""
    return tell_refusal(
        refusal, writes=_raw_info(info).operation.operation is OperationType.MUTATION
    )


def _raw_info(info: RequestInfo) -> GraphQLResolveInfo[object]:
    return cast("GraphQLResolveInfo[object]", info._raw_info)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def tell_refusal(refusal: errors.BattwheelsError, *, writes: bool) -> str:
    """Give a refusal as sentences: first what keeps people safe, where it says so; then what is
    wrong, what to do, and that nothing was saved.
    """
    text = str(refusal).rstrip()
    text = text if text.endswith((".", "!", "?")) else f"{text}."
    text = f"{refusal.first} {text}".lstrip()
    return f"{text} {NOT_DONE}" if writes else text


class InvalidInputHandler(strawberry.ExceptionHandler[errors.InvalidInput, refusals.InvalidInput]):
    def handle(
        self, exception: errors.InvalidInput, *, field: StrawberryField, info: RequestInfo
    ) -> refusals.InvalidInput:
        del field
        wrong = locate_fault(asked_field(info), exception)
        return refusals.InvalidInput(
            message=refusal_message(info, wrong), field=wrong.field, reason=wrong.reason
        )


class NotFoundHandler(strawberry.ExceptionHandler[errors.NotFound, refusals.NotFound]):
    def handle(
        self, exception: errors.NotFound, *, field: StrawberryField, info: RequestInfo
    ) -> refusals.NotFound:
        del field
        return refusals.NotFound(
            message=refusal_message(info, exception), kind=exception.kind, key=exception.id
        )


class NotAllowedHandler(strawberry.ExceptionHandler[errors.NotAllowed, refusals.NotAllowed]):
    def handle(
        self, exception: errors.NotAllowed, *, field: StrawberryField, info: RequestInfo
    ) -> refusals.NotAllowed:
        del field
        return refusals.NotAllowed(
            message=refusal_message(info, exception),
            role=exception.role,
            action=exception.action,
            resource=exception.resource,
        )


class NotCertifiedHandler(strawberry.ExceptionHandler[errors.NotCertified, refusals.NotCertified]):
    def handle(
        self, exception: errors.NotCertified, *, field: StrawberryField, info: RequestInfo
    ) -> refusals.NotCertified:
        del field
        return refusals.NotCertified(
            message=refusal_message(info, exception), technician=strawberry.ID(exception.technician)
        )


class AlreadyExistsHandler(
    strawberry.ExceptionHandler[errors.AlreadyExists, refusals.AlreadyExists]
):
    def handle(
        self, exception: errors.AlreadyExists, *, field: StrawberryField, info: RequestInfo
    ) -> refusals.AlreadyExists:
        del field
        return refusals.AlreadyExists(
            message=refusal_message(info, exception), kind=exception.kind, key=exception.id
        )


class StaleVersionHandler(strawberry.ExceptionHandler[errors.StaleVersion, refusals.StaleVersion]):
    async def handle(
        self, exception: errors.StaleVersion, *, field: StrawberryField, info: RequestInfo
    ) -> refusals.StaleVersion:
        del field
        info.context.forget_loaded()
        card = await info.context.loaders.cards.load(CardId(exception.id))
        ticket = await info.context.loaders.tickets.load(TicketId(exception.id))
        return refusals.StaleVersion(
            message=refusal_message(info, exception),
            key=exception.id,
            expected=exception.expected,
            actual=exception.actual,
            current=None if card is None else FailureCard.from_domain(card),
            current_ticket=None if ticket is None else Ticket.from_domain(ticket),
        )


class IllegalTransitionHandler(
    strawberry.ExceptionHandler[errors.IllegalTransition, refusals.IllegalTransition]
):
    def handle(
        self, exception: errors.IllegalTransition, *, field: StrawberryField, info: RequestInfo
    ) -> refusals.IllegalTransition:
        del field
        return refusals.IllegalTransition(
            message=refusal_message(info, exception),
            key=exception.id,
            state=exception.current,
            wanted=exception.wanted,
        )


class OperationConflictHandler(
    strawberry.ExceptionHandler[errors.OperationConflict, refusals.OperationConflict]
):
    def handle(
        self, exception: errors.OperationConflict, *, field: StrawberryField, info: RequestInfo
    ) -> refusals.OperationConflict:
        del field
        return refusals.OperationConflict(
            message=refusal_message(info, exception),
            operation_id=strawberry.ID(exception.operation_id),
        )


class MonthClosedHandler(strawberry.ExceptionHandler[errors.MonthClosed, refusals.MonthClosed]):
    def handle(
        self, exception: errors.MonthClosed, *, field: StrawberryField, info: RequestInfo
    ) -> refusals.MonthClosed:
        del field
        return refusals.MonthClosed(message=refusal_message(info, exception), month=exception.month)


class OverLimitHandler(strawberry.ExceptionHandler[errors.OverLimit, refusals.OverLimit]):
    def handle(
        self, exception: errors.OverLimit, *, field: StrawberryField, info: RequestInfo
    ) -> refusals.OverLimit:
        del field
        return refusals.OverLimit(
            message=refusal_message(info, exception),
            field=exception.field,
            asked=Paise(exception.asked),
            most=Paise(exception.most),
        )


class OccupiedHandler(strawberry.ExceptionHandler[errors.Occupied, refusals.Occupied]):
    def handle(
        self, exception: errors.Occupied, *, field: StrawberryField, info: RequestInfo
    ) -> refusals.Occupied:
        del field
        return refusals.Occupied(
            message=refusal_message(info, exception), kind=exception.kind, key=exception.id
        )


class OverlapsHandler(strawberry.ExceptionHandler[errors.Overlaps, refusals.Overlaps]):
    def handle(
        self, exception: errors.Overlaps, *, field: StrawberryField, info: RequestInfo
    ) -> refusals.Overlaps:
        del field
        return refusals.Overlaps(
            message=refusal_message(info, exception),
            field=exception.field,
            in_the_way=strawberry.ID(exception.job),
        )


class WorseModelHandler(strawberry.ExceptionHandler[errors.WorseModel, refusals.WorseModel]):
    def handle(
        self, exception: errors.WorseModel, *, field: StrawberryField, info: RequestInfo
    ) -> refusals.WorseModel:
        del field
        return refusals.WorseModel(
            message=refusal_message(info, exception),
            key=exception.run,
            objections=list(exception.objections),
        )


HANDLERS = (
    InvalidInputHandler(),
    NotFoundHandler(),
    NotAllowedHandler(),
    NotCertifiedHandler(),
    AlreadyExistsHandler(),
    StaleVersionHandler(),
    IllegalTransitionHandler(),
    OperationConflictHandler(),
    MonthClosedHandler(),
    OverLimitHandler(),
    OccupiedHandler(),
    OverlapsHandler(),
    WorseModelHandler(),
)
