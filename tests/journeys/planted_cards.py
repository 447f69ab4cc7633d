"""Cards put into the house before a question is asked of it."""

from dataclasses import replace

from domain.cards import FailureCard, Severity
from domain.events import Event, EventType
from domain.ids import EventId
from tests.graph.examples import card
from web.wiring import Runtime


async def plant(house: Runtime, name: str, text: str, **changes: object) -> FailureCard:
    """Store a verified reference card, unless changed, with the embedding of its words."""
    planted = card(name, text, **changes)
    [embedding] = await house.embedder.embed([planted.wording])
    await house.cards.add(planted, [], embedding)
    return planted


def mixed(n: int) -> FailureCard:
    """Give the nth of many cards of mixed severities."""
    found = card(f"mixed_{n:04}")
    severity = [*Severity][n * 7 % len(Severity)]
    return replace(found, signature=replace(found.signature, severity=severity))


def logged(card: FailureCard, time: int = 1) -> Event:
    """Give the event of a card's change, as the log holds it."""
    return Event(
        id=EventId(f"event-{card.id}-{time}"),
        type=EventType.CARD_UPDATED,
        entity=card.id,
        version=1,
        at=card.provenance.created_at,
        actor="anu",
    )
