"""A report comes in: it becomes a ticket, is searched for, and founds a card when nothing fits."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import stamina

from domain.access import SYSTEM, Action, Actor, Kind, Resource, Role, Viewer, demand, may
from domain.cards import (
    CardSource,
    CardStatus,
    FailureCard,
    Provenance,
    Resolution,
    RootCause,
    SolutionType,
    Visibility,
)
from domain.errors import AlreadyExists, InvalidInput, OperationConflict, Unavailable
from domain.events import Event, EventType
from domain.ids import CardId, GarageId, OperationId, TicketId, derived, founded_card
from domain.matches import GRAPH_LEVELS, Understood
from domain.reports import FailureReport
from domain.revisits import revisited
from domain.tickets import Matching, Shown, ShownReason, Ticket, TicketStatus
from matching.answers import Answer, Match
from repair.operation import Operation
from repair.stores import Cards, Matcher, Reader, Tickets

UNKNOWN_CAUSE = "Not known yet"
TITLE = 80
TRIES = 3
# The first wait, and what chance may add to each.
WAIT_SECONDS = 0.2
# Below what a handler may take (sync/handling.py).
TRIES_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What taking a report in needs: no matcher, so that none can hold it up (IP-3)."""

    tickets: Tickets
    reader: Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """What searching for a ticket's cards needs."""

    tickets: Tickets
    cards: Cards
    reader: Reader
    matcher: Matcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A report as it is understood, and the garage that the vehicle stands in."""

    understood: Understood
    garage: GarageId


async def report(
    intake: Intake, said: FailureReport, operation: Operation, garage: GarageId | None = None
) -> Ticket:
    """Open a ticket for a report; the search for its cards runs later (`matched`).

    Raises:
        NotAllowed, InvalidInput: as `understood` says.
        OperationConflict: this operation opened a ticket for another report.
    """
    return await opened(intake, await understood(intake, said, operation.actor, garage), operation)


async def understood(
    intake: Intake, said: FailureReport, actor: Actor, garage: GarageId | None = None
) -> Incoming:
    """Read a report; nothing is written yet, so many may be read while few are written.

    Whoever may open tickets may, and whoever may write cards in the garage: a technician's report
    is a ticket in her own hands (docs/decisions/0003).

    Raises:
        NotAllowed: the actor may do neither there.
        InvalidInput: no garage is known, or a typed code does not read as one.
    """
    place = _place(actor, garage)
    return Incoming(understood=await intake.reader.understand(said), garage=place)


async def opened(intake: Intake, incoming: Incoming, operation: Operation) -> Ticket:
    """Open the ticket of a report that was understood.

    Raises:
        OperationConflict: this operation opened a ticket for another report.
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
        codes=read.codes,
        symptoms=read.symptoms,
    )
    if operation.actor.role is Role.TECHNICIAN:
        ticket = replace(ticket, status=TicketStatus.ASSIGNED, assignee=operation.actor.id)
    ticket = replace(ticket, revisit_of=await _comes_back_after(intake.tickets, ticket))
    told = [EventType.TICKET_CREATED]
    if ticket.revisit_of is not None:
        told.append(EventType.TICKET_REVISITED)
    events = [operation.event(each, ticket.id, ticket.version, place) for each in told]
    try:
        await intake.tickets.add(ticket, events, read.embedding)
    except AlreadyExists:
        return await _as_before(intake.tickets, ticket, operation)
    return ticket


async def matched(
    search: Searching, id: TicketId, at: datetime, trace: str | None = None
) -> Ticket:
    """Search for a new ticket's cards, note what was found, found a draft card when nothing was.

    Doing it again changes nothing.

    Raises:
        Unavailable: the graph did not answer three times; do it again later.
    """
    ticket = await search.tickets.get(id, SYSTEM)
    if ticket.matching is not Matching.PENDING:
        return ticket
    answer = await _searched(search, ticket)
    operation = Operation(id=_search_of(id), actor=SYSTEM, at=at, trace=trace)
    shown = tuple(
        Shown(
            card=m.card.id,
            rank=m.rank,
            score=m.score,
            ranker=answer.ranker,
            at=at,
            standing=m.standing,
            sentence=m.sentence,
            reasons=_reasons(m),
        )
        for m in answer.matches
    )
    if not shown:
        card = draft(ticket, at)
        created = operation.event(EventType.CARD_CREATED, card.id, card.version, ticket.garage)
        await _founded(search.cards, card, [created])
    outcome = Matching.FOUND if shown else Matching.NONE
    done = operation.event(EventType.CARD_MATCHED, ticket.id, ticket.version, ticket.garage)
    await search.tickets.show(id, shown, outcome, [done])
    return replace(ticket, matching=outcome)


def _reasons(match: Match) -> tuple[ShownReason, ...]:
    return tuple(
        ShownReason(
            kind=why.kind,
            subject=why.subject,
            text=why.text,
            uses=None if why.outcomes is None else why.outcomes.n,
            worked=None if why.outcomes is None else why.outcomes.successes,
        )
        for why in match.reasons
    )


def draft_id(ticket: TicketId) -> CardId:
    """Give the id of the draft card that a ticket founds when no card fits it."""
    return founded_card(ticket)


def draft(ticket: Ticket, at: datetime) -> FailureCard:
    """Give the draft card founded on a ticket: what was seen, and no fix yet.

    Its words are the reporter's own, so only the garage sees it until somebody writes the fix.
    """
    line = ticket.signature.text.splitlines()[0].strip()
    known = ticket.vehicle.make is not None or ticket.vehicle.category is not None
    return FailureCard(
        id=draft_id(ticket.id),
        version=1,
        status=CardStatus.DRAFT,
        source=CardSource.FIELD,
        title=line if len(line) <= TITLE else line[: TITLE - 1].rstrip() + "…",
        vehicles=(ticket.vehicle,) if known else (),
        signature=ticket.signature,
        cause=RootCause(primary=UNKNOWN_CAUSE, confidence=0),
        resolution=Resolution(type=SolutionType.REPAIR),
        provenance=Provenance(
            author=ticket.reporter,
            created_at=at,
            updated_at=at,
            garage=ticket.garage,
            ticket=ticket.id,
        ),
        visibility=Visibility(garages=(ticket.garage,)),
    )


async def _comes_back_after(tickets: Tickets, ticket: Ticket) -> TicketId | None:
    """Give the garage's own repair of that vehicle that did not hold, if there is one."""
    if ticket.vehicle_id is None:
        return None
    return revisited(ticket, await tickets.closed_on(ticket.vehicle_id, ticket.garage))


def _place(actor: Actor, garage: GarageId | None) -> GarageId:
    place = garage or actor.garage
    if place is None:
        raise InvalidInput("garage", "name the garage that the vehicle stands in")
    card = Resource(kind=Kind.CARD, garage=place)
    if not may(actor, Action.CREATE, card):
        demand(actor, Action.CREATE, Resource(kind=Kind.TICKET, garage=place))
    return place


async def _as_before(tickets: Tickets, wanted: Ticket, operation: Operation) -> Ticket:
    """Give the ticket that this operation opened before, if it was for the same report."""
    found = await tickets.get(wanted.id, SYSTEM)
    same = found.text == wanted.text and found.reporter == wanted.reporter
    if not same:
        raise OperationConflict(operation.id)
    return found


async def _searched(search: Searching, ticket: Ticket) -> Answer:
    """Give the cards for a ticket; a search that gets no answer is tried again, three times in all.

    The waits grow by a factor of two, and each has a part that is left to chance: tickets that
    failed together do not come back together (IP-4).
    """
    codes = tuple(key.rpartition(":")[2] for key in ticket.codes)
    said = FailureReport(text=ticket.text, codes=codes, vehicle=ticket.vehicle)
    try:
        async with asyncio.timeout(TRIES_SECONDS):
            return await _patiently(lambda: _asked(search, said, ticket.garage))
    except TimeoutError as error:
        reason = f"no answer within {TRIES_SECONDS:g} seconds"
        raise Unavailable("matching", reason) from error


async def _patiently(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    tries = stamina.AsyncRetryingCaller(
        attempts=TRIES,
        timeout=None,
        wait_initial=WAIT_SECONDS,
        wait_exp_base=2,
        wait_jitter=WAIT_SECONDS,
    )
    return await tries(Unavailable, ask)


async def _asked(search: Searching, said: FailureReport, garage: GarageId) -> Answer:
    understood = await search.reader.understand(said)
    answer = await search.matcher.match(understood, Viewer(garage=garage))
    if answer.level not in GRAPH_LEVELS:
        raise Unavailable("matching", answer.degraded or "the graph did not answer")
    return answer


async def _founded(cards: Cards, card: FailureCard, events: list[Event]) -> None:
    try:
        await cards.add(card, events)
    except AlreadyExists:
        # A search that was cut off after this step founded it before.
        return


def _search_of(ticket: TicketId) -> OperationId:
    return OperationId(str(derived(UUID(int=0), ticket)))
