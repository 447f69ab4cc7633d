"""Cards out of solved repairs: a draft is filled or founded, extended, or folded into another."""

from dataclasses import dataclass, replace

from domain import card_lifecycle
from domain.access import SEES_ALL
from domain.card_lifecycle import CardChange
from domain.cards import CardStatus, FailureCard, Resolution, RootCause, SolutionType
from domain.errors import AlreadyExists, StaleVersion, Unavailable
from domain.events import Event, EventType
from domain.ids import CardId, PersonId
from domain.outcomes import Outcome
from domain.tickets import Ticket
from repair.operations import Operation
from repair.ports import CardRepository, SentenceEmbedder
from repair.suggestions import UNKNOWN_CAUSE, draft_card, draft_id

FOUND_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedRepair:
    """A ticket whose repair worked, how it ended, and the operation that learns from it."""

    ticket: Ticket
    outcome: Outcome
    operation: Operation

    @property
    def technician(self) -> PersonId:
        return self.ticket.assignee or self.ticket.reporter


async def found_card(
    cards: CardRepository, embedder: SentenceEmbedder, solved: SolvedRepair
) -> FailureCard:
    """Give the draft that a solved ticket founds: the one its report began, else a new one.

    A draft that people have taken further is left as they made it. Doing it again changes nothing.
    """
    mine = draft_id(solved.ticket.id)
    begun = (await cards.many([mine], SEES_ALL)).get(mine)
    if begun is None:
        return await _create_card(cards, embedder, solved)
    wanted = replace(
        begun, cause=_root_cause(solved.outcome), resolution=_resolution_of(solved.outcome)
    )
    if begun.status is not CardStatus.DRAFT or wanted == begun or not _may_extend(begun, solved):
        return begun
    return await _edit_draft(cards, begun, wanted, solved)


async def extend_draft(
    cards: CardRepository, card: FailureCard, solved: SolvedRepair
) -> FailureCard:
    """Give a draft with the parts and steps that this repair needed and it did not name."""
    known, had = {use.part for use in card.resolution.parts}, card.resolution
    more = tuple(use for use in solved.outcome.parts if use.part not in known)
    steps = had.steps or solved.outcome.steps
    resolution = replace(had, parts=(*had.parts, *more), steps=steps)
    if resolution == had:
        return card
    return await _edit_draft(cards, card, replace(card, resolution=resolution), solved)


async def fold_draft(cards: CardRepository, into: CardId, solved: SolvedRepair) -> None:
    """Let the draft that a report began point onward to the card that says the same.

    A draft in which somebody wrote a fix is theirs to merge.
    """
    mine = draft_id(solved.ticket.id)
    found = await cards.many([mine, into], SEES_ALL)
    begun, target = found.get(mine), found.get(into)
    if begun is None or target is None or mine == into:
        return
    if begun.status is not CardStatus.DRAFT or knows_a_fix(begun):
        return
    merged = card_lifecycle.merge_cards(begun, target, _card_change(solved, begun))
    event = solved.operation.event(
        EventType.CARD_MERGED, mine, merged.version, solved.ticket.garage
    )
    await _save_card(cards, merged, event, begun.version)


def knows_a_fix(card: FailureCard) -> bool:
    """Say whether a card knows a fix, and not only what was reported."""
    return bool(card.resolution.steps) or card.cause.primary != UNKNOWN_CAUSE


async def _create_card(
    cards: CardRepository, embedder: SentenceEmbedder, solved: SolvedRepair
) -> FailureCard:
    ticket = solved.ticket
    begun = draft_card(ticket, solved.operation.at)
    card = replace(
        begun,
        cause=_root_cause(solved.outcome),
        resolution=_resolution_of(solved.outcome),
        provenance=replace(begun.provenance, author=solved.technician),
    )
    event = solved.operation.event(EventType.CARD_CREATED, card.id, card.version, ticket.garage)
    [embedding] = await embedder.embed([card.wording])
    try:
        await cards.add(card, [event], embedding)
    except AlreadyExists as error:
        raise Unavailable("learning", "the draft was begun a moment ago") from error
    return card


async def _edit_draft(
    cards: CardRepository, card: FailureCard, wanted: FailureCard, solved: SolvedRepair
) -> FailureCard:
    edited = card_lifecycle.edit_card(card, wanted, _card_change(solved, card))
    event = solved.operation.event(
        EventType.CARD_UPDATED, card.id, edited.version, card.provenance.garage
    )
    await _save_card(cards, edited, event, card.version)
    return edited


async def _save_card(cards: CardRepository, card: FailureCard, event: Event, expected: int) -> None:
    try:
        await cards.put(card, [event], expected=expected)
    except StaleVersion as error:
        # Somebody was quicker: what there is to do is decided again from what stands then.
        raise Unavailable("learning", "the card was changed a moment ago") from error


def _card_change(solved: SolvedRepair, card: FailureCard) -> CardChange:
    return CardChange(by=solved.technician, at=solved.operation.at, expected=card.version)


def _may_extend(card: FailureCard, solved: SolvedRepair) -> bool:
    """Say whether nobody but this technician has written the draft's fix."""
    return not knows_a_fix(card) or card.provenance.editor in (None, solved.technician)


def _root_cause(outcome: Outcome) -> RootCause:
    if outcome.cause is None:
        return RootCause(primary=UNKNOWN_CAUSE, confidence=0)
    return RootCause(primary=outcome.cause, confidence=FOUND_CONFIDENCE)


def _resolution_of(outcome: Outcome) -> Resolution:
    """Give what was really done; work that begins with a safety step is taken for high voltage."""
    return Resolution(
        type=SolutionType.COMPONENT_REPLACEMENT if outcome.parts else SolutionType.REPAIR,
        steps=outcome.steps,
        parts=outcome.parts,
        labour_minutes=outcome.minutes,
        high_voltage=bool(outcome.steps and outcome.steps[0].safety),
    )
