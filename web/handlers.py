"""Who listens to which event: one place, so that an event nobody thought of is a type error."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import assert_never

from domain.access import Viewer
from domain.cards import Severity
from domain.errors import NotFound
from domain.events import Event, EventType
from domain.ids import CardId, TicketId
from records.database import Connection
from repair.intake import Intake, matched
from repair.stores import Cards
from sync.handling import Handle, Listener
from sync.paces import Severities, hinting


class Hearer(StrEnum):
    """The names of the listeners: each has its group on the stream and its cursor in the log."""

    MATCHING = "matching"
    HINTING = "hinting"


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
        ):
            return frozenset({Hearer.HINTING})
        case (
            EventType.TICKET_UPDATED
            | EventType.TICKET_RESOLVED
            | EventType.CARD_MATCHED
            | EventType.SYNC_REQUIRED
            | EventType.NOTIFICATION_SEND
            | EventType.INVOICE_ISSUED
        ):
            return frozenset()
        case _:
            assert_never(type)


def listeners(intake: Intake) -> tuple[Listener, ...]:
    """Give every listener with what it does."""
    return tuple(
        Listener(
            name=hearer,
            types=frozenset(t for t in EventType if hearer in hearers(t)),
            handle=_handle(hearer, intake),
        )
        for hearer in Hearer
    )


def _handle(hearer: Hearer, intake: Intake) -> Handle:
    match hearer:
        case Hearer.MATCHING:
            return _searching(intake)
        case Hearer.HINTING:
            return hinting(_severities(intake.cards), lambda: datetime.now(UTC))
        case _:
            assert_never(hearer)


def _severities(cards: Cards) -> Severities:
    async def severity(entity: str) -> Severity | None:
        return (await cards.get(CardId(entity), Viewer(sees_all=True))).signature.severity

    return severity


def _searching(intake: Intake) -> Handle:
    """Search for a new ticket's cards; the graph's writes are the same when they come twice."""

    async def handle(event: Event, connection: Connection) -> None:
        del connection
        try:
            await matched(intake, TicketId(event.entity), event.at, event.trace)
        except NotFound:
            # The ticket went away after it was announced; there is nothing left to do for it.
            return

    return handle
