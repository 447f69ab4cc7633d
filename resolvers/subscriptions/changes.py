"""The verbs that follow: cards and tickets as they change, a ticket until its cards are found."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection
from contextlib import suppress
from typing import Annotated, TypeVar

import strawberry

from domain import limits
from domain.access import Action, ResourceKind
from domain.cards import FailureCard
from domain.errors import CursorLost, InvalidInput, NotAuthenticated, Unavailable
from domain.events import CARD_EVENTS, TICKET_EVENTS, Event, EventType
from domain.ids import CardId, GarageId, TicketId, garage_id, ticket_id
from domain.tickets import Matching, Ticket
from resolvers.arguments import TicketArgument
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field
from resolvers.inputs import VEHICLE_LIMIT
from schema import refusals, tickets
from schema.nodes import key_of
from schema.subscriptions import (
    CardChange,
    CardGone,
    CardNews,
    Resync,
    TicketChange,
    TicketGone,
    TicketNews,
)

LOOK_AGAIN = 2.0
RETRY_SECONDS = 0.5
CURSOR_DIGITS = 18
CursorArgument = Annotated[
    str | None,
    strawberry.argument(description="The cursor of the last change that you have; null: now."),
]
MakeFilter = Annotated[str | None, strawberry.argument(description="Only this make.")]
TicketFilter = Annotated[strawberry.ID | None, strawberry.argument(description="Only this ticket.")]
GarageFilter = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only tickets of this garage.")
]
Step = tuple[int, Event]
T = TypeVar("T")


@strawberry.type
class ChangeSubscription:
    @strawberry.subscription(description="Every change of a card that you may see.")
    @guard_field(Action.READ, ResourceKind.CARD)
    async def card_changed(
        self, info: RequestInfo, make: MakeFilter = None, after: CursorArgument = None
    ) -> AsyncGenerator[CardNews, None]:
        context = info.context
        try:
            make = make and limits.clean_text("make", make, VEHICLE_LIMIT)
            async for step in follow_changes(context, CARD_EVENTS, parse_cursor(after)):
                if isinstance(step, Resync):
                    yield step
                elif step[1].type is EventType.CARD_DELETED:
                    if await _card_is_gone(context, step[1]):
                        yield CardGone(key=step[1].entity, cursor=str(step[0]))
                elif (card := await _card_of_event(context, step[1], make)) is not None:
                    told = tickets.FailureCard.from_domain(card)
                    yield CardChange(type=step[1].type, card=told, cursor=str(step[0]))
        except InvalidInput as wrong:
            context.end_run()
            yield refusal_of(wrong)
        except BaseException:
            context.end_run()
            raise

    @strawberry.subscription(
        description="Every change of a ticket that you may see: a technician those on their "
        "bench, a manager those of their garage."
    )
    @guard_field(Action.READ, ResourceKind.TICKET)
    async def ticket_changed(
        self,
        info: RequestInfo,
        ticket: TicketFilter = None,
        garage: GarageFilter = None,
        after: CursorArgument = None,
    ) -> AsyncGenerator[TicketNews, None]:
        context = info.context
        try:
            wanted = ticket_id(key_of("Ticket", ticket)) if ticket is not None else None
            place = garage_id(key_of("Garage", garage)) if garage is not None else None
            async for step in follow_changes(context, TICKET_EVENTS, parse_cursor(after)):
                if isinstance(step, Resync):
                    yield step
                elif step[1].type is EventType.TICKET_DELETED:
                    if await _ticket_is_gone(context, step[1], wanted, place):
                        yield TicketGone(key=step[1].entity, cursor=str(step[0]))
                elif (found := await _ticket_of_event(context, step[1], wanted, place)) is not None:
                    told = tickets.Ticket.from_domain(found)
                    yield TicketChange(type=step[1].type, ticket=told, cursor=str(step[0]))
        except InvalidInput as wrong:
            context.end_run()
            yield refusal_of(wrong)
        except BaseException:
            context.end_run()
            raise

    @strawberry.subscription(description="The ticket, once the search for its cards has run.")
    @guard_field(Action.READ, ResourceKind.TICKET)
    async def match_ready(
        self, info: RequestInfo, ticket: TicketArgument
    ) -> AsyncGenerator[tickets.Ticket, None]:
        context = info.context
        found = await _await_search(context, ticket_id(key_of("Ticket", ticket)))
        context.forget_loaded()
        yield tickets.Ticket.from_domain(found)


def parse_cursor(after: str | None) -> int | None:
    """Give the number that a cursor stands for.

    Raises:
        InvalidInput: no change ever had such a cursor.
    """
    if after is None:
        return None
    if not after.isascii() or not after.isdecimal() or len(after) > CURSOR_DIGITS:
        raise InvalidInput(
            "after",
            "is not the cursor of a change. Use the `cursor` of the last change, or leave it out",
        )
    return int(after)


async def follow_changes(
    context: RequestContext, types: Collection[EventType], after: int | None
) -> AsyncGenerator[Step | Resync, None]:
    """Give the events behind a cursor, each with fresh loaders, and a Resync where some are lost.

    A place of the context overrides the cursor: its owner follows for others, or up to a number.
    """
    place = context.position
    start, until = (after, None) if place is None else (place.seq, place.until)
    while True:
        try:
            events = context.services.feed.follow(types, start, until)
            async for seq, event in _until_expiry(context, events):
                context.forget_loaded()
                if place is not None:
                    place.move(seq, event.entity)
                yield seq, event
        except CursorLost as lost:
            start = lost.last
            if place is not None:
                place.move(lost.last, "")
            yield Resync(message=str(lost), cursor=str(lost.last))
        else:
            return


async def _card_of_event(
    context: RequestContext, event: Event, make: str | None
) -> FailureCard | None:
    """Give the card of an event, from the graph itself: what is kept may be of before the event."""
    key = CardId(event.entity)
    read = await read_patiently(
        context, lambda: context.services.cards.many([key], context.follower)
    )
    card = read.get(key)
    if card is None or (make is not None and not _is_of_make(card.make, make)):
        context.note_withdrawn(event.entity)
        return None
    return card


async def _ticket_of_event(
    context: RequestContext, event: Event, wanted: TicketId | None, garage: GarageId | None
) -> Ticket | None:
    if wanted is not None and event.entity != wanted:
        return None
    found = await read_patiently(
        context, lambda: context.loaders.tickets.load(TicketId(event.entity))
    )
    if found is None or garage not in (None, found.garage):
        context.note_withdrawn(event.entity)
        return None
    return found


async def _card_is_gone(context: RequestContext, event: Event) -> bool:
    """Say whether a deletion is to be told: to those who could see the card until then.

    What was told of it before and is not read yet is not told any more, to anybody.
    """
    context.note_withdrawn(event.entity)
    key = CardId(event.entity)
    cards, eyes = context.services.cards, context.follower
    return key in await read_patiently(context, lambda: cards.tombstones([key], eyes))


async def _ticket_is_gone(
    context: RequestContext, event: Event, wanted: TicketId | None, garage: GarageId | None
) -> bool:
    """Say whether a deletion is to be told: to those who could see the ticket until then."""
    key = TicketId(event.entity)
    if wanted not in (None, key):
        return False
    context.note_withdrawn(key)
    tickets_of, actor = context.services.tickets, context.actor
    found = await read_patiently(context, lambda: tickets_of.tombstones([key], actor))
    return key in found and garage in (None, found[key].garage)


async def read_patiently(context: RequestContext, read: Callable[[], Awaitable[T]]) -> T:
    """Read until the graph answers: a change is never skipped because a store is down."""
    while True:
        try:
            return await read()
        except Unavailable:
            context.forget_loaded()
            await asyncio.sleep(RETRY_SECONDS)


def refusal_of(wrong: InvalidInput) -> refusals.InvalidInput:
    return refusals.InvalidInput(message=str(wrong), field=wrong.field, reason=wrong.reason)


async def _await_search(context: RequestContext, id: TicketId) -> Ticket:
    """Give the ticket when its search has run; events wake us, and we look again without them."""
    events = _until_expiry(context, context.services.feed.follow(TICKET_EVENTS))
    next_event = asyncio.ensure_future(_next_event_of(events, id))
    try:
        while True:
            ticket = await context.services.tickets.get(id, context.actor)
            if ticket.matching is not Matching.PENDING:
                return ticket
            done, _ = await asyncio.wait({next_event}, timeout=LOOK_AGAIN)
            if done:
                next_event.result()
                next_event = asyncio.ensure_future(_next_event_of(events, id))
    finally:
        next_event.cancel()
        with suppress(asyncio.CancelledError, NotAuthenticated):
            await next_event
        await events.aclose()


async def _next_event_of(events: AsyncIterator[Step], id: TicketId) -> None:
    async for _, event in events:
        if event.entity == id:
            return


async def _until_expiry(
    context: RequestContext, events: AsyncIterator[Step]
) -> AsyncGenerator[Step, None]:
    """Pass the events on until the word for the caller ends (ASVS: a session ends in the middle).

    Raises:
        NotAuthenticated: the token has expired.
    """
    try:
        async with asyncio.timeout(context.seconds_left):
            async for event in events:
                yield event
    except TimeoutError as error:
        raise NotAuthenticated("the token has expired") from error


def _is_of_make(found: str | None, wanted: str) -> bool:
    return found is not None and found.casefold() == wanted.casefold()
