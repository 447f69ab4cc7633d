"""A report becomes a ticket; its cards are searched for later (repair/suggestions.py)."""

from dataclasses import dataclass, replace

from domain.access import (
    SYSTEM,
    Action,
    Actor,
    Resource,
    ResourceKind,
    Role,
    demand_allowed,
    may,
)
from domain.cards import Severity
from domain.circuit_breaker import CircuitBreaker
from domain.errors import AlreadyExists, InvalidInput, OperationConflict
from domain.events import EventType
from domain.ids import GarageId, TicketId
from domain.matches import UnderstoodReport
from domain.reports import FailureReport
from domain.revisits import find_revisited
from domain.tickets import Ticket, TicketStatus
from repair.deeds import ticket_change
from repair.operations import Operation
from repair.ports import FileClaims, ReportInterpreter, TicketRepository

PAUSED = (
    "New reports are paused for {wait} s because {silent} was not answering. "
    "Yours was not saved; send it again then."
)


def reports_breaker() -> CircuitBreaker:
    """Give what keeps new reports from stores that keep failing (IP-1)."""
    return CircuitBreaker(told=PAUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPorts:
    """What taking a report in needs: no matcher, so that none can hold it up (IP-3)."""

    tickets: TicketRepository
    reader: ReportInterpreter
    files: FileClaims


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingReport:
    """A report as it is understood, and the garage that the vehicle stands in."""

    understood: UnderstoodReport
    garage: GarageId


async def report_failure(
    ports: ReportPorts, said: FailureReport, operation: Operation, garage: GarageId | None = None
) -> Ticket:
    """Open a ticket for a report; the search for its cards runs later (`suggest_cards`).

    Raises:
        NotAllowed, InvalidInput: as `understood` says.
        OperationConflict: this operation opened a ticket for another report.
    """
    return await open_ticket(
        ports, await understand_report(ports, said, operation.actor, garage), operation
    )


async def understand_report(
    ports: ReportPorts, said: FailureReport, actor: Actor, garage: GarageId | None = None
) -> IncomingReport:
    """Read a report; nothing is written yet, so many may be read while few are written.

    Whoever may open tickets may, and whoever may write cards in the garage: a technician's report
    is a ticket in her own hands (docs/decisions/0003).

    Raises:
        NotAllowed: the actor may do neither there.
        InvalidInput: no garage is known, a typed code does not read as one, or a file is not
            theirs.
    """
    place = garage_of_report(actor, garage)
    if said.files:
        said = replace(said, measured=await ports.files.measured(said.files, actor.id))
    return IncomingReport(understood=await ports.reader.understand(said), garage=place)


async def open_ticket(ports: ReportPorts, incoming: IncomingReport, operation: Operation) -> Ticket:
    """Open the ticket of a report that was understood.

    Raises:
        OperationConflict: this operation opened a ticket for another report.
        InvalidInput: it names a file that its sender has not handed in, or that another ticket has.
    """
    read, place = incoming.understood, incoming.garage
    ticket = Ticket(
        id=operation.ticket_id(),
        version=1,
        status=TicketStatus.OPEN,
        text=read.report.text,
        garage=place,
        reporter=operation.actor.id,
        opened_at=operation.at,
        vehicle=read.vehicle,
        vehicle_id=read.report.vehicle_id,
        battery=read.report.battery,
        codes=read.codes,
        symptoms=read.symptoms,
        safety=read.safety,
        files=read.report.files,
        measured=read.report.measured,
    )
    if operation.actor.role is Role.TECHNICIAN:
        ticket = replace(ticket, status=TicketStatus.ASSIGNED, assignee=operation.actor.id)
    ticket = replace(ticket, revisit_of=await _find_revisited_repair(ports.tickets, ticket))
    told = [EventType.TICKET_CREATED]
    if ticket.revisit_of is not None:
        told.append(EventType.TICKET_REVISITED)
    if ticket.severity is Severity.CRITICAL:
        told.append(EventType.TICKET_CRITICAL)
    if ticket.files:
        await ports.files.claim(ticket.files, ticket, operation.actor.id)
    change = ticket_change(None, ticket, operation)
    events = [operation.event(each, ticket.id, ticket.version, place, change) for each in told]
    try:
        await ports.tickets.add(ticket, events, read.embedding)
    except AlreadyExists:
        return await _ticket_opened_before(ports.tickets, ticket, operation)
    return ticket


async def _find_revisited_repair(tickets: TicketRepository, ticket: Ticket) -> TicketId | None:
    """Give the garage's own repair of that vehicle that did not hold, if there is one."""
    if ticket.vehicle_id is None:
        return None
    return find_revisited(ticket, await tickets.closed_on(ticket.vehicle_id, ticket.garage))


def garage_of_report(actor: Actor, garage: GarageId | None) -> GarageId:
    """Give the garage that somebody reports in, if they may.

    Raises:
        NotAllowed: they may not, there.
        InvalidInput: no garage is known.
    """
    place = garage or actor.garage
    if place is None:
        raise InvalidInput("garage", "name the garage that the vehicle stands in")
    card = Resource(kind=ResourceKind.CARD, garage=place)
    if not may(actor, Action.CREATE, card):
        demand_allowed(actor, Action.CREATE, Resource(kind=ResourceKind.TICKET, garage=place))
    return place


async def _ticket_opened_before(
    tickets: TicketRepository, wanted: Ticket, operation: Operation
) -> Ticket:
    """Give the ticket that this operation opened before, if it was for the same report."""
    found = await tickets.get(wanted.id, SYSTEM)
    same = (found.text, found.reporter, found.files) == (
        wanted.text,
        wanted.reporter,
        wanted.files,
    )
    if not same:
        raise OperationConflict(operation.id)
    return found
