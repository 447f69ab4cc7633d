"""Two cards become one and back, and cards are marked for a second look, as use cases."""

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from domain import card_life, limits
from domain.access import Action, Kind, Resource, Viewer, demand, viewer
from domain.card_life import Change
from domain.cards import CardStatus, FailureCard
from domain.errors import InvalidInput, NotFound
from domain.events import Event, EventType
from domain.ids import CardId, EventId, derived
from domain.vehicles import FirmwareRelease
from graph.cards import Marked
from repair import stores
from repair.operation import Operation
from repair.review import done_before
from repair.stores import Vocabulary

Told = Callable[[Marked], Event]


class Cards(stores.Cards, Protocol):
    async def version(self, id: CardId, n: int, viewer: Viewer) -> FailureCard: ...


class Marking(Protocol):
    """Marks the cards that something puts in doubt, and takes the mark off again."""

    async def release(self, release: FirmwareRelease, reason: str, told: Told) -> list[CardId]: ...

    async def supersede(self, old: str, new: str, reason: str, told: Told) -> list[CardId]: ...

    async def checked(self, id: CardId) -> None: ...


async def merge(
    cards: Cards, id: CardId, into: CardId, expected: int, operation: Operation
) -> FailureCard:
    """Let a card point onward to the one that says it better; what it says and counted is kept.

    Raises:
        NotFound, NotAllowed, InvalidInput, StaleVersion, IllegalTransition: as they say.
    """
    card, target = await _vouched(cards, id, operation), await _vouched(cards, into, operation)
    if card.merged_into == into and await done_before(cards, card, expected, operation):
        return card
    merged = card_life.merge(card, target, _change(operation, expected))
    await _put(cards, merged, EventType.CARD_MERGED, operation, expected)
    return merged


async def unmerge(cards: Cards, id: CardId, expected: int, operation: Operation) -> FailureCard:
    """Take a card back out of another: it is again what it was before the merge.

    Raises:
        NotFound, NotAllowed, StaleVersion, IllegalTransition: as they say.
    """
    card = await _vouched(cards, id, operation)
    before = await cards.version(id, max(1, card.version - 1), viewer(operation.actor))
    taken_back = before.status is CardStatus.MERGED and card.status is not CardStatus.MERGED
    if taken_back and await done_before(cards, card, expected, operation):
        return card
    undone = card_life.unmerge(card, before, _change(operation, expected))
    await _put(cards, undone, EventType.CARD_UPDATED, operation, expected)
    return undone


async def release(
    marking: Marking, make: str, model: str, firmware: str, operation: Operation
) -> list[CardId]:
    """Tell of a firmware release: cards of the model that it may have made untrue are marked.

    Raises:
        NotAllowed: the actor is not an administrator of the network's cards.
        InvalidInput: a name is missing or too long.
    """
    _demand_network(operation)
    released = FirmwareRelease(
        make=limits.text("make", make, 80),
        model=limits.text("model", model, 80),
        firmware=limits.text("firmware", firmware, 80),
    )
    of = f"{released.make} {released.model}"
    reason = f"Firmware {released.firmware} of the {of} was released."
    return await marking.release(released, reason, _telling(operation))


async def supersede(
    marking: Marking, vocabulary: Vocabulary, old: str, new: str, operation: Operation
) -> list[CardId]:
    """Say that a new part takes the place of an old one; cards that use the old one are marked.

    Raises:
        NotAllowed: the actor is not an administrator of the network's cards.
        NotFound: a part is not in the vocabulary.
        InvalidInput: both are the same part.
    """
    _demand_network(operation)
    if old == new:
        raise InvalidInput("by", "a part cannot take its own place")
    known = {part.id for part in await vocabulary.parts([old, new])}
    for part in (old, new):
        if part not in known:
            raise NotFound("part", part)
    reason = f"Part {old} was superseded by {new}."
    return await marking.supersede(old, new, reason, _telling(operation))


def _demand_network(operation: Operation) -> None:
    """Demand the right over cards of every garage: a release concerns them all."""
    demand(operation.actor, Action.VERIFY, Resource(kind=Kind.CARD))


def _telling(operation: Operation) -> Told:
    def told(marked: Marked) -> Event:
        return Event(
            id=EventId(str(derived(UUID(operation.id), f"recheck:{marked.card}"))),
            type=EventType.CARD_RECHECK,
            entity=marked.card,
            version=marked.version,
            at=operation.at,
            actor=operation.actor.id,
            garage=marked.garage,
            trace=operation.trace,
        )

    return told


async def _vouched(cards: Cards, id: CardId, operation: Operation) -> FailureCard:
    card = await cards.get(id, viewer(operation.actor))
    demand(operation.actor, Action.VERIFY, Resource(kind=Kind.CARD, garage=card.provenance.garage))
    return card


def _change(operation: Operation, expected: int) -> Change:
    return Change(by=operation.actor.id, at=operation.at, expected=expected)


async def _put(
    cards: Cards, card: FailureCard, type: EventType, operation: Operation, expected: int
) -> None:
    event = operation.event(type, card.id, card.version)
    await cards.put(card, [event], expected=expected)
