"""Who listens to which event: one place, so that an event nobody thought of is a type error."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import assert_never

from domain.errors import NotFound, Unavailable
from domain.events import Event, EventType
from domain.ids import TicketId
from records.cursors import Cursors
from repair.intake import Intake, matched
from sync.feed import Feed

CONSUMER = "handlers"
RETRY_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """Who is told: the search for a new ticket's cards, and whatever learns from the rest."""

    intake: Intake
    learn: Callable[[Event], Awaitable[None]]


async def handle(event: Event, listeners: Listeners) -> None:
    """Do what an event asks for; the same event twice does it once."""
    match event.type:
        case EventType.TICKET_CREATED:
            await matched(listeners.intake, TicketId(event.entity), event.at, event.trace)
        case (
            EventType.TICKET_UPDATED
            | EventType.TICKET_RESOLVED
            | EventType.TICKET_CLOSED
            | EventType.TICKET_REOPENED
            | EventType.TICKET_REVISITED
            | EventType.CARD_CREATED
            | EventType.CARD_UPDATED
            | EventType.CARD_VERIFIED
            | EventType.CARD_RETIRED
            | EventType.CARD_MERGED
            | EventType.CARD_RECHECK
            | EventType.CARD_MATCHED
            | EventType.FEEDBACK_GIVEN
        ):
            await listeners.learn(event)
        case (
            EventType.FEEDBACK_OBSERVED
            | EventType.REVIEW_OPENED
            | EventType.SYNC_REQUIRED
            | EventType.NOTIFICATION_SEND
            | EventType.INVOICE_ISSUED
            | EventType.INVOICE_VOIDED
            | EventType.CREDIT_NOTE_ISSUED
            | EventType.PAYMENT_RECORDED
        ):
            return
        case _:
            assert_never(event.type)


async def work(feed: Feed, cursors: Cursors, listeners: Listeners) -> None:
    """Handle every event since the last run, then each as it comes, until cancelled."""
    start = await _start(cursors)
    async for seq, event in feed.follow(frozenset(EventType), after=start):
        await _handled(event, listeners)
        await _moved(cursors, seq)


async def _handled(event: Event, listeners: Listeners) -> None:
    """Try until the stores answer: an event is never skipped because one of them is down."""
    while True:
        try:
            return await handle(event, listeners)
        except Unavailable:
            await asyncio.sleep(RETRY_SECONDS)
        except NotFound:
            # The ticket went away after it was announced; there is nothing left to do for it.
            return None


async def _moved(cursors: Cursors, seq: int) -> None:
    try:
        await cursors.move(CONSUMER, seq)
    except Unavailable:
        # The next event moves it; after a restart the same events are handled again, harmlessly.
        return


async def _start(cursors: Cursors) -> int:
    while True:
        try:
            return await cursors.at(CONSUMER)
        except Unavailable:
            await asyncio.sleep(RETRY_SECONDS)
