"""The verbs of tickets: reported, assigned, worked on, closed, reopened; and their reads."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import strawberry

from domain.access import Action, ResourceKind
from domain.cards import Severity
from domain.deeds import DeedType
from domain.ids import OperationId, TicketId, garage_id, person_id, ticket_id
from domain.regions import count_by_region
from domain.reports import FailureReport
from domain.tickets import Ticket, TicketStatus
from domain.tombstones import Tombstone
from graph.garages import TicketFilter
from repair import reports, tickets
from repair.operations import Operation
from repair.reports import ReportPorts
from repair.tickets import TicketPorts
from resolvers import inputs
from resolvers.arguments import ExpectedArgument, OperationArgument, TicketArgument
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field
from resolvers.hazards import danger_first
from resolvers.idempotency import TICKET, TOMBSTONE, idempotent, operation_fingerprint
from schema import tickets as schema_tickets
from schema.hazards import SafetyAdvice
from schema.inputs import AttemptInput, OutcomeInput, ReportInput, WithinInput
from schema.nodes import GOES, USUAL, Connection, after_position, key_of, make_connection, page_size
from schema.people import RegionCount
from schema.ticket_results import (
    AssignTicketResult,
    AttemptRecorded,
    CloseTicketResult,
    DeleteTicketResult,
    FailureReported,
    RecordAttemptResult,
    ReopenTicketResult,
    RepairStarted,
    ReportFailureResult,
    ResolveTicketResult,
    StartRepairResult,
    TicketAssigned,
    TicketClosed,
    TicketDeleted,
    TicketReopened,
    TicketResolved,
)
from schema.vocabulary import After, First

PersonArgument = Annotated[strawberry.ID, strawberry.argument(description="Id of the technician.")]


FollowedCardArgument = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="The card that the repair follows; null: your own way."),
]


AttemptArgument = Annotated[
    AttemptInput, strawberry.argument(description="What was tried, and how it went.")
]


OutcomeArgument = Annotated[OutcomeInput, strawberry.argument(description="How the repair ended.")]


Stars = Annotated[
    int | None, strawberry.argument(description="The customer's stars, 1 to 5; null: none given.")
]


RatingArgument = Annotated[
    int | None,
    strawberry.argument(
        description="The customer's stars, 1 to 5.", deprecation_reason=f"Say `stars`. {GOES}"
    ),
]


TicketVerb = Callable[[TicketId, Operation], Awaitable[Ticket]]


StatusArgument = Annotated[
    TicketStatus | None, strawberry.argument(description="Only in this state.")
]


SeverityArgument = Annotated[
    Severity | None,
    strawberry.argument(
        description="Only so bad: CRITICAL are those that tell a danger to people."
    ),
]


PeriodArgument = Annotated[
    WithinInput | None, strawberry.argument(description="Only what a garage opened, and when.")
]


SinceArgument = Annotated[datetime, strawberry.argument(description="From this moment on.")]


UntilArgument = Annotated[datetime, strawberry.argument(description="Before this moment.")]


ReportArgument = Annotated[
    ReportInput, strawberry.argument(description="What is failing, and how.")
]


ReportGarageArgument = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Where the vehicle stands, if not in your own garage."),
]


@strawberry.type
class TicketMutations:
    @strawberry.mutation(description="Take in a failure; its cards are searched for right after.")
    @guard_field(Action.CREATE, ResourceKind.TICKET, ResourceKind.CARD, deed=DeedType.TICKET_CREATE)
    async def report_failure(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        report: ReportArgument,
        garage: ReportGarageArgument = None,
    ) -> ReportFailureResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        async with danger_first(context, report.text):
            said = inputs.parse_report(report)
            made = await _open_ticket_once(context, operation, said, report, garage)
        return FailureReported(
            safety=SafetyAdvice.from_domain(made.safety),
            note=said.note,
            ticket=schema_tickets.Ticket.from_domain(made),
        )

    @strawberry.mutation(description="Put a ticket into a technician's hands.")
    @guard_field(Action.ASSIGN, ResourceKind.TICKET, deed=DeedType.TICKET_UPDATE)
    async def assign_ticket(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: TicketArgument,
        expected_version: ExpectedArgument,
        to: PersonArgument,
    ) -> AssignTicketResult:
        context = info.context
        technician = person_id(to)

        async def work(key: TicketId, operation: Operation) -> Ticket:
            return await tickets.assign_ticket(
                ticket_ports(context), key, technician, expected_version, operation
            )

        body = {"verb": "assignTicket", "expected": expected_version, "to": technician}
        return TicketAssigned(
            ticket=await _change_ticket_once(context, operation_id, id, body, work)
        )

    @strawberry.mutation(description="Begin the repair, or go on with another card.")
    @guard_field(Action.UPDATE, ResourceKind.TICKET, deed=DeedType.TICKET_UPDATE)
    async def start_repair(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: TicketArgument,
        expected_version: ExpectedArgument,
        card: FollowedCardArgument = None,
    ) -> StartRepairResult:
        context = info.context
        followed = inputs.parse_card_key(card) if card else None

        async def work(key: TicketId, operation: Operation) -> Ticket:
            return await tickets.start_repair(
                ticket_ports(context), key, followed, expected_version, operation
            )

        body = {"verb": "startRepair", "expected": expected_version, "card": followed}
        return RepairStarted(
            ticket=await _change_ticket_once(context, operation_id, id, body, work)
        )

    @strawberry.mutation(description="Keep what was tried; what failed is knowledge too.")
    @guard_field(Action.UPDATE, ResourceKind.TICKET, deed=DeedType.TICKET_UPDATE)
    async def record_attempt(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: TicketArgument,
        expected_version: ExpectedArgument,
        attempt: AttemptArgument,
    ) -> RecordAttemptResult:
        context = info.context
        tried = inputs.parse_attempt(attempt, context.actor.id, context.services.now())

        async def work(key: TicketId, operation: Operation) -> Ticket:
            return await tickets.record_attempt(
                ticket_ports(context), key, tried, expected_version, operation
            )

        body = {"verb": "recordAttempt", "expected": expected_version, "attempt": asdict(attempt)}
        return AttemptRecorded(
            ticket=await _change_ticket_once(context, operation_id, id, body, work)
        )

    @strawberry.mutation(description="End the repair with its outcome; others learn from it.")
    @guard_field(Action.UPDATE, ResourceKind.TICKET, deed=DeedType.TICKET_UPDATE)
    async def resolve_ticket(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: TicketArgument,
        expected_version: ExpectedArgument,
        outcome: OutcomeArgument,
    ) -> ResolveTicketResult:
        context = info.context
        ended = inputs.parse_outcome(outcome)

        async def work(key: TicketId, operation: Operation) -> Ticket:
            return await tickets.resolve_ticket(
                ticket_ports(context), key, ended, expected_version, operation
            )

        body = {"verb": "resolveTicket", "expected": expected_version, "outcome": asdict(outcome)}
        return TicketResolved(
            ticket=await _change_ticket_once(context, operation_id, id, body, work)
        )

    @strawberry.mutation(description="Hand the vehicle back.")
    @guard_field(Action.UPDATE, ResourceKind.TICKET, deed=DeedType.TICKET_UPDATE)
    async def close_ticket(  # noqa: PLR0913, PLR0917 - arguments of the API
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: TicketArgument,
        expected_version: ExpectedArgument,
        stars: Stars = None,
        rating: RatingArgument = None,
    ) -> CloseTicketResult:
        context = info.context
        given = rating if stars is None else stars

        async def work(key: TicketId, operation: Operation) -> Ticket:
            return await tickets.close_ticket(
                context.services.tickets, key, given, expected_version, operation
            )

        body = {"verb": "closeTicket", "expected": expected_version, "rating": given}
        return TicketClosed(ticket=await _change_ticket_once(context, operation_id, id, body, work))

    @strawberry.mutation(description="Take a ticket up again: the repair did not hold.")
    @guard_field(Action.ASSIGN, ResourceKind.TICKET, deed=DeedType.TICKET_UPDATE)
    async def reopen_ticket(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: TicketArgument,
        expected_version: ExpectedArgument,
    ) -> ReopenTicketResult:
        context = info.context

        async def work(key: TicketId, operation: Operation) -> Ticket:
            return await tickets.reopen_ticket(
                context.services.tickets, key, expected_version, operation
            )

        body = {"verb": "reopenTicket", "expected": expected_version}
        return TicketReopened(
            ticket=await _change_ticket_once(context, operation_id, id, body, work)
        )

    @strawberry.mutation(
        description="Take a ticket away for good: lists, counters and learning are as if it had "
        "never been, and only that it was there stays. One with an invoice or money ahead stays."
    )
    @guard_field(Action.DELETE, ResourceKind.TICKET, deed=DeedType.TICKET_DELETE)
    async def delete_ticket(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: TicketArgument,
        expected_version: ExpectedArgument,
    ) -> DeleteTicketResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        key = ticket_id(key_of("Ticket", id))

        async def work() -> Tombstone:
            given, books = context.services, context.billing.drafts
            return await tickets.delete_ticket(
                given.tickets, books, key, expected_version, operation
            )

        body = operation_fingerprint("deleteTicket", {"id": key, "expected": expected_version})
        gone = await idempotent(context, operation.id, body, work, TOMBSTONE)
        return TicketDeleted(
            key=gone.id,
            version=gone.version,
            deleted_at=gone.deleted_at,
            deleted_by=strawberry.ID(gone.deleted_by),
        )


@strawberry.type
class TicketQueries:
    @strawberry.field(description="A ticket; null when it is not yours to see.")
    @guard_field(Action.READ, ResourceKind.TICKET)
    async def ticket(self, info: RequestInfo, id: TicketArgument) -> schema_tickets.Ticket | None:
        context = info.context
        found = await context.loaders.tickets.load(ticket_id(key_of("Ticket", id)))
        return None if found is None else schema_tickets.Ticket.from_domain(found)

    @strawberry.field(description="The tickets that you may see, the newest first.")
    @guard_field(Action.READ, ResourceKind.TICKET)
    async def tickets(  # noqa: PLR0913, PLR0917 - arguments of the API
        self,
        info: RequestInfo,
        first: First = USUAL,
        after: After = None,
        status: StatusArgument = None,
        severity: SeverityArgument = None,
        within: PeriodArgument = None,
    ) -> Connection[schema_tickets.Ticket]:
        found = await info.context.services.tickets.page(
            info.context.actor,
            first=page_size(first) + 1,
            after=after_position(after),
            filter=TicketFilter(
                status=status, severity=severity, within=inputs.parse_period(within)
            ),
        )
        return make_connection(
            found, first, after, lambda ticket: ticket.id, schema_tickets.Ticket.from_domain
        )

    @strawberry.field(
        description="How many tickets each region's garages opened; all for administrators, those "
        "of your garage for others."
    )
    @guard_field(Action.READ, ResourceKind.REPORT)
    async def region_report(
        self, info: RequestInfo, since: SinceArgument, until: UntilArgument
    ) -> list[RegionCount]:
        context, (start, end) = info.context, inputs.parse_span(since, until)
        found = await context.services.tickets.by_garage(start, end, context.actor)
        return [RegionCount.from_domain(one) for one in count_by_region(found)]


async def _open_ticket_once(
    context: RequestContext,
    operation: Operation,
    said: FailureReport,
    report: ReportInput,
    garage: str | None,
) -> Ticket:
    house = report_ports(context)
    place = garage_id(key_of("Garage", garage)) if garage else None
    body = operation_fingerprint("reportFailure", asdict(report) | {"garage": place})
    with context.services.intake_breaker.pass_through():
        incoming = await reports.understand_report(house, said, context.actor, place)

        async def work() -> Ticket:
            return await reports.open_ticket(house, incoming, operation)

        return await idempotent(context, operation.id, body, work, TICKET)


async def _change_ticket_once(
    context: RequestContext,
    id: OperationArgument,
    named: str,
    body: Mapping[str, object],
    verb: TicketVerb,
) -> schema_tickets.Ticket:
    """Do a verb to a ticket once and give the ticket as the API speaks of it."""
    key, operation = ticket_id(key_of("Ticket", named)), context.operation(OperationId(str(id)))

    async def work() -> Ticket:
        return await verb(key, operation)

    asked = operation_fingerprint(str(body["verb"]), {"id": key, "asked": body})
    return schema_tickets.Ticket.from_domain(
        await idempotent(context, operation.id, asked, work, TICKET)
    )


def ticket_ports(context: RequestContext) -> TicketPorts:
    given = context.services
    return TicketPorts(
        tickets=given.tickets,
        cards=given.cards,
        technicians=given.technicians,
        vocabulary=given.vocabulary,
        files=context,
    )


def report_ports(context: RequestContext) -> ReportPorts:
    given = context.services
    return ReportPorts(tickets=given.tickets, reader=given.reader, files=context)
