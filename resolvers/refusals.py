"""From the errors of the domain to members of the result unions; the rest keep a code."""

from collections.abc import Mapping

import strawberry
from strawberry.types.field import StrawberryField

from domain import errors
from domain.ids import CardId, TicketId
from resolvers.context import Ask
from schema import refusals
from schema.money import Paise
from schema.repair import FailureCard, Ticket

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
    errors.Unavailable: "UNAVAILABLE",
}


class InvalidInput(strawberry.ExceptionHandler[errors.InvalidInput, refusals.InvalidInput]):
    def handle(
        self, exception: errors.InvalidInput, *, field: StrawberryField, info: Ask
    ) -> refusals.InvalidInput:
        del field, info
        return refusals.InvalidInput(
            message=str(exception), field=exception.field, reason=exception.reason
        )


class NotFound(strawberry.ExceptionHandler[errors.NotFound, refusals.NotFound]):
    def handle(
        self, exception: errors.NotFound, *, field: StrawberryField, info: Ask
    ) -> refusals.NotFound:
        del field, info
        return refusals.NotFound(message=str(exception), kind=exception.kind, key=exception.id)


class NotAllowed(strawberry.ExceptionHandler[errors.NotAllowed, refusals.NotAllowed]):
    def handle(
        self, exception: errors.NotAllowed, *, field: StrawberryField, info: Ask
    ) -> refusals.NotAllowed:
        del field, info
        return refusals.NotAllowed(
            message=str(exception),
            role=exception.role,
            action=exception.action,
            resource=exception.resource,
        )


class NotCertified(strawberry.ExceptionHandler[errors.NotCertified, refusals.NotCertified]):
    def handle(
        self, exception: errors.NotCertified, *, field: StrawberryField, info: Ask
    ) -> refusals.NotCertified:
        del field, info
        return refusals.NotCertified(
            message=str(exception), technician=strawberry.ID(exception.technician)
        )


class AlreadyExists(strawberry.ExceptionHandler[errors.AlreadyExists, refusals.AlreadyExists]):
    def handle(
        self, exception: errors.AlreadyExists, *, field: StrawberryField, info: Ask
    ) -> refusals.AlreadyExists:
        del field, info
        return refusals.AlreadyExists(message=str(exception), kind=exception.kind, key=exception.id)


class StaleVersion(strawberry.ExceptionHandler[errors.StaleVersion, refusals.StaleVersion]):
    async def handle(
        self, exception: errors.StaleVersion, *, field: StrawberryField, info: Ask
    ) -> refusals.StaleVersion:
        del field
        info.context.renew()
        card = await info.context.loaders.cards.load(CardId(exception.id))
        ticket = await info.context.loaders.tickets.load(TicketId(exception.id))
        return refusals.StaleVersion(
            message=str(exception),
            key=exception.id,
            expected=exception.expected,
            actual=exception.actual,
            current=None if card is None else FailureCard.of(card),
            current_ticket=None if ticket is None else Ticket.of(ticket),
        )


class IllegalTransition(
    strawberry.ExceptionHandler[errors.IllegalTransition, refusals.IllegalTransition]
):
    def handle(
        self, exception: errors.IllegalTransition, *, field: StrawberryField, info: Ask
    ) -> refusals.IllegalTransition:
        del field, info
        return refusals.IllegalTransition(
            message=str(exception),
            key=exception.id,
            state=exception.current,
            wanted=exception.wanted,
        )


class OperationConflict(
    strawberry.ExceptionHandler[errors.OperationConflict, refusals.OperationConflict]
):
    def handle(
        self, exception: errors.OperationConflict, *, field: StrawberryField, info: Ask
    ) -> refusals.OperationConflict:
        del field, info
        return refusals.OperationConflict(
            message=str(exception), operation_id=strawberry.ID(exception.operation_id)
        )


class MonthClosed(strawberry.ExceptionHandler[errors.MonthClosed, refusals.MonthClosed]):
    def handle(
        self, exception: errors.MonthClosed, *, field: StrawberryField, info: Ask
    ) -> refusals.MonthClosed:
        del field, info
        return refusals.MonthClosed(message=str(exception), month=exception.month)


class OverLimit(strawberry.ExceptionHandler[errors.OverLimit, refusals.OverLimit]):
    def handle(
        self, exception: errors.OverLimit, *, field: StrawberryField, info: Ask
    ) -> refusals.OverLimit:
        del field, info
        return refusals.OverLimit(
            message=str(exception),
            field=exception.field,
            asked=Paise(exception.asked),
            most=Paise(exception.most),
        )


class Occupied(strawberry.ExceptionHandler[errors.Occupied, refusals.Occupied]):
    def handle(
        self, exception: errors.Occupied, *, field: StrawberryField, info: Ask
    ) -> refusals.Occupied:
        del field, info
        return refusals.Occupied(message=str(exception), kind=exception.kind, key=exception.id)


class Overlaps(strawberry.ExceptionHandler[errors.Overlaps, refusals.Overlaps]):
    def handle(
        self, exception: errors.Overlaps, *, field: StrawberryField, info: Ask
    ) -> refusals.Overlaps:
        del field, info
        return refusals.Overlaps(
            message=str(exception), field=exception.field, in_the_way=strawberry.ID(exception.job)
        )


HANDLERS = (
    InvalidInput(),
    NotFound(),
    NotAllowed(),
    NotCertified(),
    AlreadyExists(),
    StaleVersion(),
    IllegalTransition(),
    OperationConflict(),
    MonthClosed(),
    OverLimit(),
    Occupied(),
    Overlaps(),
)
