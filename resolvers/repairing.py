"""The verbs that work on a ticket: assigned, started, tried, resolved, closed, reopened."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Annotated

import strawberry

from domain.access import Action, Kind
from domain.ids import OperationId, TicketId, person_id, ticket_id
from domain.tickets import Ticket
from repair import closing
from repair.closing import Workshop
from repair.operation import Operation
from resolvers import once, parsing
from resolvers.arguments import ExpectedArgument, OperationArgument, TicketArgument
from resolvers.context import Ask, Context
from resolvers.guards import guarded
from schema import repair
from schema.inputs import AttemptInput, OutcomeInput
from schema.nodes import GOES, key_of
from schema.repairs import (
    AssignTicketResult,
    AttemptRecorded,
    CloseTicketResult,
    RecordAttemptResult,
    ReopenTicketResult,
    RepairStarted,
    ResolveTicketResult,
    StartRepairResult,
    TicketAssigned,
    TicketClosed,
    TicketReopened,
    TicketResolved,
)

Person = Annotated[strawberry.ID, strawberry.argument(description="Id of the technician.")]
Followed = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="The card that the repair follows; null: your own way."),
]
Tried = Annotated[AttemptInput, strawberry.argument(description="What was tried, and how it went.")]
Ended = Annotated[OutcomeInput, strawberry.argument(description="How the repair ended.")]
Stars = Annotated[
    int | None, strawberry.argument(description="The customer's stars, 1 to 5; null: none given.")
]
Rating = Annotated[
    int | None,
    strawberry.argument(
        description="The customer's stars, 1 to 5.", deprecation_reason=f"Say `stars`. {GOES}"
    ),
]
Verb = Callable[[TicketId, Operation], Awaitable[Ticket]]


@strawberry.type
class Repairing:
    @strawberry.mutation(description="Put a ticket into a technician's hands.")
    @guarded(Action.ASSIGN, Kind.TICKET)
    async def assign_ticket(
        self,
        info: Ask,
        operation_id: OperationArgument,
        id: TicketArgument,
        expected_version: ExpectedArgument,
        to: Person,
    ) -> AssignTicketResult:
        context = info.context
        technician = person_id(to)

        async def work(key: TicketId, operation: Operation) -> Ticket:
            return await closing.assign(
                workshop(context), key, technician, expected_version, operation
            )

        body = {"verb": "assignTicket", "expected": expected_version, "to": technician}
        return TicketAssigned(ticket=await _done(context, operation_id, id, body, work))

    @strawberry.mutation(description="Begin the repair, or go on with another card.")
    @guarded(Action.UPDATE, Kind.TICKET)
    async def start_repair(
        self,
        info: Ask,
        operation_id: OperationArgument,
        id: TicketArgument,
        expected_version: ExpectedArgument,
        card: Followed = None,
    ) -> StartRepairResult:
        context = info.context
        followed = parsing.card_key(card) if card else None

        async def work(key: TicketId, operation: Operation) -> Ticket:
            return await closing.start(
                workshop(context), key, followed, expected_version, operation
            )

        body = {"verb": "startRepair", "expected": expected_version, "card": followed}
        return RepairStarted(ticket=await _done(context, operation_id, id, body, work))

    @strawberry.mutation(description="Keep what was tried; what failed is knowledge too.")
    @guarded(Action.UPDATE, Kind.TICKET)
    async def record_attempt(
        self,
        info: Ask,
        operation_id: OperationArgument,
        id: TicketArgument,
        expected_version: ExpectedArgument,
        attempt: Tried,
    ) -> RecordAttemptResult:
        context = info.context
        tried = parsing.attempt(attempt, context.actor.id, context.services.now())

        async def work(key: TicketId, operation: Operation) -> Ticket:
            return await closing.attempt(workshop(context), key, tried, expected_version, operation)

        body = {"verb": "recordAttempt", "expected": expected_version, "attempt": asdict(attempt)}
        return AttemptRecorded(ticket=await _done(context, operation_id, id, body, work))

    @strawberry.mutation(description="End the repair with its outcome; others learn from it.")
    @guarded(Action.UPDATE, Kind.TICKET)
    async def resolve_ticket(
        self,
        info: Ask,
        operation_id: OperationArgument,
        id: TicketArgument,
        expected_version: ExpectedArgument,
        outcome: Ended,
    ) -> ResolveTicketResult:
        context = info.context
        ended = parsing.outcome(outcome)

        async def work(key: TicketId, operation: Operation) -> Ticket:
            return await closing.resolve(workshop(context), key, ended, expected_version, operation)

        body = {"verb": "resolveTicket", "expected": expected_version, "outcome": asdict(outcome)}
        return TicketResolved(ticket=await _done(context, operation_id, id, body, work))

    @strawberry.mutation(description="Hand the vehicle back.")
    @guarded(Action.UPDATE, Kind.TICKET)
    async def close_ticket(  # noqa: PLR0913, PLR0917 - arguments of the API
        self,
        info: Ask,
        operation_id: OperationArgument,
        id: TicketArgument,
        expected_version: ExpectedArgument,
        stars: Stars = None,
        rating: Rating = None,
    ) -> CloseTicketResult:
        context = info.context
        given = rating if stars is None else stars

        async def work(key: TicketId, operation: Operation) -> Ticket:
            return await closing.close(
                context.services.tickets, key, given, expected_version, operation
            )

        body = {"verb": "closeTicket", "expected": expected_version, "rating": given}
        return TicketClosed(ticket=await _done(context, operation_id, id, body, work))

    @strawberry.mutation(description="Take a ticket up again: the repair did not hold.")
    @guarded(Action.ASSIGN, Kind.TICKET)
    async def reopen_ticket(
        self,
        info: Ask,
        operation_id: OperationArgument,
        id: TicketArgument,
        expected_version: ExpectedArgument,
    ) -> ReopenTicketResult:
        context = info.context

        async def work(key: TicketId, operation: Operation) -> Ticket:
            return await closing.reopen(context.services.tickets, key, expected_version, operation)

        body = {"verb": "reopenTicket", "expected": expected_version}
        return TicketReopened(ticket=await _done(context, operation_id, id, body, work))


async def _done(
    context: Context, id: OperationArgument, named: str, body: Mapping[str, object], verb: Verb
) -> repair.Ticket:
    """Do a verb to a ticket once and give the ticket as the API speaks of it."""
    key, operation = ticket_id(key_of("Ticket", named)), context.operation(OperationId(str(id)))

    async def work() -> Ticket:
        return await verb(key, operation)

    asked = once.fingerprint(str(body["verb"]), {"id": key, "asked": body})
    return repair.Ticket.of(await once.ticket(context, operation.id, asked, work))


def workshop(context: Context) -> Workshop:
    given = context.services
    return Workshop(
        tickets=given.tickets, cards=given.cards, crew=given.crew, vocabulary=given.vocabulary
    )
