"""Two cards become one and back, and cards are marked for a second look, as use cases."""

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from domain import card_lifecycle, limits
from domain.access import Action, Resource, ResourceKind, Viewer, demand_allowed, viewer_of
from domain.card_lifecycle import CardChange
from domain.cards import CardStatus, FailureCard
from domain.errors import InvalidInput, NotFound
from domain.events import Event, EventType
from domain.ids import CardId, EventId, derive_uuid
from domain.vehicles import FirmwareRelease
from graph.cards import MarkedCard
from repair import ports
from repair.cards import is_done_before
from repair.operations import Operation
from repair.ports import VocabularyRepository

NoteChange = Callable[[MarkedCard], Event]


class MergeableCards(ports.CardRepository, Protocol):
    async def version(self, id: CardId, n: int, viewer: Viewer) -> FailureCard: ...


class RecheckMarks(Protocol):
    """Marks the cards that something puts in doubt, and takes the mark off again."""

    async def mark_for_release(
        self, release: FirmwareRelease, reason: str, told: NoteChange
    ) -> list[CardId]: ...

    async def mark_for_part(
        self, old: str, new: str, reason: str, told: NoteChange
    ) -> list[CardId]: ...

    async def clear_recheck(self, id: CardId) -> None: ...


async def merge_card(
    cards: MergeableCards, id: CardId, into: CardId, expected: int, operation: Operation
) -> FailureCard:
    """Let a card point onward to the one that says it better; what it says and counted is kept.

    Raises:
        NotFound, NotAllowed, InvalidInput, StaleVersion, IllegalTransition: as they say.
    """
    card, target = (
        await _card_to_merge(cards, id, operation),
        await _card_to_merge(cards, into, operation),
    )
    if card.merged_into == into and await is_done_before(cards, card, expected, operation):
        return card
    merged = card_lifecycle.merge_cards(card, target, _card_change(operation, expected))
    await _save_card(cards, merged, EventType.CARD_MERGED, operation, expected)
    return merged


async def undo_merge(
    cards: MergeableCards, id: CardId, expected: int, operation: Operation
) -> FailureCard:
    """Take a card back out of another: it is again what it was before the merge.

    Raises:
        NotFound, NotAllowed, StaleVersion, IllegalTransition: as they say.
    """
    card = await _card_to_merge(cards, id, operation)
    before = await cards.version(id, max(1, card.version - 1), viewer_of(operation.actor))
    taken_back = before.status is CardStatus.MERGED and card.status is not CardStatus.MERGED
    if taken_back and await is_done_before(cards, card, expected, operation):
        return card
    undone = card_lifecycle.unmerge_card(card, before, _card_change(operation, expected))
    await _save_card(cards, undone, EventType.CARD_UPDATED, operation, expected)
    return undone


async def announce_release(
    marks: RecheckMarks, make: str, model: str, firmware: str, operation: Operation
) -> list[CardId]:
    """Tell of a firmware release: cards of the model that it may have made untrue are marked.

    Raises:
        NotAllowed: the actor is not an administrator of the network's cards.
        InvalidInput: a name is missing or too long.
    """
    _demand_network(operation)
    released = FirmwareRelease(
        make=limits.clean_text("make", make, 80),
        model=limits.clean_text("model", model, 80),
        firmware=limits.clean_text("firmware", firmware, 80),
    )
    of = f"{released.make} {released.model}"
    reason = f"Firmware {released.firmware} of the {of} was released."
    return await marks.mark_for_release(released, reason, _change_event(operation))


async def supersede_part(
    marks: RecheckMarks, vocabulary: VocabularyRepository, old: str, new: str, operation: Operation
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
    return await marks.mark_for_part(old, new, reason, _change_event(operation))


def _demand_network(operation: Operation) -> None:
    """Demand the right over cards of every garage: a release concerns them all."""
    demand_allowed(operation.actor, Action.VERIFY, Resource(kind=ResourceKind.CARD))


def _change_event(operation: Operation) -> NoteChange:
    def told(marked: MarkedCard) -> Event:
        return Event(
            id=EventId(str(derive_uuid(UUID(operation.id), f"recheck:{marked.card}"))),
            type=EventType.CARD_RECHECK,
            entity=marked.card,
            version=marked.version,
            at=operation.at,
            actor=operation.actor.id,
            garage=marked.garage,
            trace=operation.trace,
        )

    return told


async def _card_to_merge(cards: MergeableCards, id: CardId, operation: Operation) -> FailureCard:
    card = await cards.get(id, viewer_of(operation.actor))
    demand_allowed(
        operation.actor,
        Action.VERIFY,
        Resource(kind=ResourceKind.CARD, garage=card.provenance.garage),
    )
    return card


def _card_change(operation: Operation, expected: int) -> CardChange:
    return CardChange(by=operation.actor.id, at=operation.at, expected=expected)


async def _save_card(
    cards: MergeableCards, card: FailureCard, type: EventType, operation: Operation, expected: int
) -> None:
    event = operation.event(type, card.id, card.version)
    await cards.put(card, [event], expected=expected)
