"""Who listens to which event: one place, so that an event nobody thought of is a type error."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from domain.errors import NotFound
from domain.events import Event, EventType
from domain.ids import CardId, PersonId, TicketId
from records.database import Connection
from repair.suggestions import SuggestionPorts, suggest_cards
from sync.inbox import EventListener, Handle, HandleBatch

# So many events a listener takes at once, and one that deals with all of them in one transaction.
USUAL, BATCHED = 64, 500


class ListenerName(StrEnum):
    """The names of the listeners: each has its group on the stream and its cursor in the log."""

    MATCHING = "matching"
    LEARNING = "learning"
    HINTING = "hinting"
    DRAFTING = "drafting"
    FORGETTING = "forgetting"
    TELLING = "telling"
    STAFFING = "staffing"


OF_CARDS = frozenset({ListenerName.LEARNING, ListenerName.HINTING, ListenerName.FORGETTING})


@dataclass(frozen=True, slots=True, kw_only=True)
class EventHandlers:
    """What listeners need: the search for new tickets' cards, learning, drafts, kept cards, whoever
    tells customers, whoever hints at changes, and whoever knows who is given work.
    """

    search: SuggestionPorts
    learn: Callable[[Event], Awaitable[None]]
    draft: Handle
    forget: Callable[[Sequence[CardId]], Awaitable[None]]
    tell: Handle
    hint: HandleBatch
    staff: Callable[[PersonId], Awaitable[None]]


def listeners_of(type: EventType) -> frozenset[ListenerName]:  # noqa: PLR0911 - a verdict for each
    """Say who hears events of a type."""
    match type:
        case EventType.TICKET_CREATED:
            return frozenset({ListenerName.MATCHING})
        case (
            EventType.CARD_CREATED
            | EventType.CARD_UPDATED
            | EventType.CARD_VERIFIED
            | EventType.CARD_RETIRED
            | EventType.CARD_MERGED
            | EventType.CARD_RECHECK
            | EventType.CARD_DELETED
        ):
            return OF_CARDS
        case (
            EventType.TICKET_UPDATED
            | EventType.TICKET_RESOLVED
            | EventType.TICKET_REOPENED
            | EventType.TICKET_REVISITED
            | EventType.CARD_MATCHED
            | EventType.FEEDBACK_GIVEN
        ):
            return frozenset({ListenerName.LEARNING})
        case EventType.TICKET_CLOSED | EventType.TICKET_DELETED:
            return frozenset({ListenerName.LEARNING, ListenerName.DRAFTING})
        case (
            EventType.FEEDBACK_OBSERVED
            | EventType.REVIEW_OPENED
            | EventType.TICKET_CRITICAL
            | EventType.SYNC_REQUIRED
            | EventType.DEFECT_FOUND
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
            return frozenset({ListenerName.TELLING})
        case EventType.PERSON_CHANGED:
            return frozenset({ListenerName.STAFFING})
        case _:
            assert_never(type)


def build_listeners(handlers: EventHandlers) -> tuple[EventListener, ...]:
    """Give every listener with what it does."""
    # Ten thousand changed cards one by one would keep the worker from a critical one behind them.
    together = {
        ListenerName.HINTING: handlers.hint,
        ListenerName.FORGETTING: _forget_handler(handlers.forget),
    }
    return tuple(
        EventListener(
            name=hearer,
            types=frozenset(t for t in EventType if hearer in listeners_of(t)),
            handle=_handler_for(hearer, handlers),
            handle_batch=together.get(hearer),
            most=BATCHED if hearer in together else USUAL,
        )
        for hearer in ListenerName
    )


def _handler_for(  # noqa: PLR0911 - one for each
    hearer: ListenerName, handlers: EventHandlers
) -> Handle:
    match hearer:
        case ListenerName.MATCHING:
            return _search_handler(handlers.search)
        case ListenerName.LEARNING:
            return _wait_for_match(handlers.learn)
        case ListenerName.HINTING:
            return _one_by_one(handlers.hint)
        case ListenerName.DRAFTING:
            return handlers.draft
        case ListenerName.FORGETTING:
            return _one_by_one(_forget_handler(handlers.forget))
        case ListenerName.TELLING:
            return handlers.tell
        case ListenerName.STAFFING:
            return _wait_for_match(lambda event: handlers.staff(PersonId(event.entity)))
        case _:
            assert_never(hearer)


def _forget_handler(forget: Callable[[Sequence[CardId]], Awaitable[None]]) -> HandleBatch:
    async def handle(events: Sequence[Event], connection: Connection) -> None:
        del connection
        await forget([CardId(event.entity) for event in events])

    return handle


def _one_by_one(handle: HandleBatch) -> Handle:
    async def one(event: Event, connection: Connection) -> None:
        await handle([event], connection)

    return one


def _search_handler(needed: SuggestionPorts) -> Handle:
    """Search for a new ticket's cards; the graph's writes are the same when they come twice."""

    async def search(event: Event) -> None:
        await suggest_cards(needed, TicketId(event.entity), event.at, event.trace)

    return _wait_for_match(search)


def _wait_for_match(hear: Callable[[Event], Awaitable[None]]) -> Handle:
    """Hear events whose thing may have gone away since: there is nothing left to do for it."""

    async def handle(event: Event, connection: Connection) -> None:
        del connection
        try:
            await hear(event)
        except NotFound:
            return

    return handle
