"""The verbs that follow: cards as they change, and a ticket until its cards are found."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import Annotated

import strawberry
from strawberry import field

from domain.access import Action, Kind
from domain.errors import InvalidInput, NotAuthenticated
from domain.events import CARD_EVENTS, Event, EventType
from domain.ids import CardId, TicketId, ticket_id
from domain.tickets import Matching, Ticket
from resolvers.arguments import TicketArgument
from resolvers.context import Ask, Context
from schema import repair
from schema.nodes import key_of

LOOK_AGAIN = 2.0
CURSOR_DIGITS = 18
RESUMED = "The cursor of the last change that you have; null: from now on."
TICKET_EVENTS = frozenset({EventType.CARD_MATCHED, EventType.TICKET_UPDATED})


@strawberry.type(description="A card changed.")
class CardChange:
    type: EventType = field(description="What happened to it.")
    card: repair.FailureCard = field(description="The card as it stands now.")
    cursor: str = field(description="The place of this change in the change log.")


@strawberry.type(description="What can be followed, over a socket or an event stream.")
class Subscription:
    @strawberry.subscription(description="Every change of a card that you may see, from now on.")
    async def card_changed(
        self,
        info: Ask,
        make: Annotated[str | None, strawberry.argument(description="Only this make.")] = None,
        after: Annotated[str | None, strawberry.argument(description=RESUMED)] = None,
    ) -> AsyncGenerator[CardChange, None]:
        context = info.context
        context.demand(Action.READ, Kind.CARD)
        changes = context.services.feed.follow(CARD_EVENTS, _cursor(after))
        async for seq, event in _until_expiry(context, changes):
            context.renew()
            card = await context.loaders.cards.load(CardId(event.entity))
            if card is None or (make is not None and not _of_make(card.make, make)):
                continue
            yield CardChange(type=event.type, card=repair.FailureCard.of(card), cursor=str(seq))

    @strawberry.subscription(description="The ticket, once the search for its cards has run.")
    async def match_ready(
        self, info: Ask, ticket: TicketArgument
    ) -> AsyncGenerator[repair.Ticket, None]:
        context = info.context
        context.demand(Action.READ, Kind.TICKET)
        found = await _searched(context, ticket_id(key_of("Ticket", ticket)))
        context.renew()
        yield repair.Ticket.of(found)


async def _searched(context: Context, id: TicketId) -> Ticket:
    """Give the ticket when its search has run; events wake us, and we look again without them."""
    events = _until_expiry(context, context.services.feed.follow(TICKET_EVENTS))
    next_event = asyncio.ensure_future(_next_of(events, id))
    try:
        while True:
            ticket = await context.services.tickets.get(id, context.actor)
            if ticket.matching is not Matching.PENDING:
                return ticket
            done, _ = await asyncio.wait({next_event}, timeout=LOOK_AGAIN)
            if done:
                next_event.result()
                next_event = asyncio.ensure_future(_next_of(events, id))
    finally:
        next_event.cancel()
        with suppress(asyncio.CancelledError, NotAuthenticated):
            await next_event
        await events.aclose()


async def _next_of(events: AsyncIterator[tuple[int, Event]], id: TicketId) -> None:
    async for _, event in events:
        if event.entity == id:
            return


async def _until_expiry(
    context: Context, events: AsyncIterator[tuple[int, Event]]
) -> AsyncGenerator[tuple[int, Event], None]:
    """Pass the events on until the word for the caller ends (ASVS: a session ends in the middle).

    Raises:
        NotAuthenticated: the token has expired.
    """
    try:
        async with asyncio.timeout(_left(context)):
            async for event in events:
                yield event
    except TimeoutError as error:
        raise NotAuthenticated("the token has expired") from error


def _left(context: Context) -> float | None:
    if context.expires is None:
        return None
    return max(0.0, (context.expires - context.services.now()).total_seconds())


def _cursor(after: str | None) -> int | None:
    if after is None:
        return None
    if not after.isascii() or not after.isdecimal() or len(after) > CURSOR_DIGITS:
        raise InvalidInput("after", "is not the cursor of a change")
    return int(after)


def _of_make(found: str | None, wanted: str) -> bool:
    return found is not None and found.casefold() == wanted.casefold()
