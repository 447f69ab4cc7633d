"""Who listens to which event: one place, so that an event nobody thought of is a type error."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import assert_never

from domain.access import SEES_ALL
from domain.cards import Severity
from domain.errors import NotFound
from domain.events import Event, EventType
from domain.ids import CardId, TicketId
from records.database import Connection
from repair.intake import Searching, matched
from repair.stores import Cards
from sync.handling import Handle, Listener
from sync.paces import Severities, hinting


class Hearer(StrEnum):
    """The names of the listeners: each has its group on the stream and its cursor in the log."""

    MATCHING = "matching"
    LEARNING = "learning"
    HINTING = "hinting"
    DRAFTING = "drafting"
    FORGETTING = "forgetting"
    TELLING = "telling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """What listeners need: the search for new tickets' cards, learning, drafts, kept cards, and
    whoever tells customers.
    """

    search: Searching
    learn: Callable[[Event], Awaitable[None]]
    draft: Handle
    forget: Callable[[CardId], Awaitable[None]]
    tell: Handle


def hearers(type: EventType) -> frozenset[Hearer]:
    """Say who hears events of a type."""
    match type:
        case EventType.TICKET_CREATED:
            return frozenset({Hearer.MATCHING})
        case (
            EventType.CARD_CREATED
            | EventType.CARD_UPDATED
            | EventType.CARD_VERIFIED
            | EventType.CARD_RETIRED
            | EventType.CARD_MERGED
            | EventType.CARD_RECHECK
        ):
            return frozenset({Hearer.LEARNING, Hearer.HINTING, Hearer.FORGETTING})
        case (
            EventType.TICKET_UPDATED
            | EventType.TICKET_RESOLVED
            | EventType.TICKET_REOPENED
            | EventType.TICKET_REVISITED
            | EventType.CARD_MATCHED
            | EventType.FEEDBACK_GIVEN
        ):
            return frozenset({Hearer.LEARNING})
        case EventType.TICKET_CLOSED:
            return frozenset({Hearer.LEARNING, Hearer.DRAFTING})
        case (
            EventType.FEEDBACK_OBSERVED
            | EventType.REVIEW_OPENED
            | EventType.SYNC_REQUIRED
            # Its saga may still take it back: customers hear of it by the saga's last step.
            | EventType.INVOICE_ISSUED
        ):
            return frozenset()
        case (
            EventType.NOTIFICATION_SEND
            | EventType.INVOICE_VOIDED
            | EventType.CREDIT_NOTE_ISSUED
            | EventType.PAYMENT_RECORDED
        ):
            return frozenset({Hearer.TELLING})
        case _:
            assert_never(type)


def listeners(hearing: Hearing) -> tuple[Listener, ...]:
    """Give every listener with what it does."""
    return tuple(
        Listener(
            name=hearer,
            types=frozenset(t for t in EventType if hearer in hearers(t)),
            handle=_handle(hearer, hearing),
        )
        for hearer in Hearer
    )


def _handle(hearer: Hearer, hearing: Hearing) -> Handle:
    match hearer:
        case Hearer.MATCHING:
            return _searching(hearing.search)
        case Hearer.LEARNING:
            return _patient(hearing.learn)
        case Hearer.HINTING:
            return hinting(_severities(hearing.search.cards), lambda: datetime.now(UTC))
        case Hearer.DRAFTING:
            return hearing.draft
        case Hearer.FORGETTING:
            return _patient(lambda event: hearing.forget(CardId(event.entity)))
        case Hearer.TELLING:
            return hearing.tell
        case _:
            assert_never(hearer)


def _severities(cards: Cards) -> Severities:
    async def severity(entity: str) -> Severity | None:
        return (await cards.get(CardId(entity), SEES_ALL)).signature.severity

    return severity


def _searching(needed: Searching) -> Handle:
    """Search for a new ticket's cards; the graph's writes are the same when they come twice."""

    async def search(event: Event) -> None:
        await matched(needed, TicketId(event.entity), event.at, event.trace)

    return _patient(search)


def _patient(hear: Callable[[Event], Awaitable[None]]) -> Handle:
    """Hear events whose thing may have gone away since: there is nothing left to do for it."""

    async def handle(event: Event, connection: Connection) -> None:
        del connection
        try:
            await hear(event)
        except NotFound:
            return

    return handle
