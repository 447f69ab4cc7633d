"""A card's life at the hands of people: written, changed, verified by a second person, retired."""

from dataclasses import dataclass, replace

from domain import card_lifecycle
from domain.access import Action, Resource, ResourceKind, demand_allowed, viewer_of
from domain.card_lifecycle import CardChange
from domain.cards import (
    CardSource,
    CardStatus,
    Evidence,
    FailureCard,
    Provenance,
    Resolution,
    RootCause,
    Signature,
    Visibility,
    check_model_years,
)
from domain.errors import AlreadyExists, OperationConflict, Unavailable
from domain.events import EventType
from domain.ids import FILES, CardId, TicketId
from domain.matches import Embedding
from domain.tombstones import Tombstone
from domain.vehicles import VehicleContext
from repair.deeds import card_change
from repair.operations import Operation
from repair.ports import (
    CardRepository,
    FileProofs,
    SentenceEmbedder,
    TicketRepository,
    VocabularyRepository,
)
from repair.vocabulary import demand_known

RETIRED = frozenset({CardStatus.REJECTED, CardStatus.DEPRECATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class CardContent:
    """What an author says of a failure; everything else of a card follows from its life."""

    title: str
    vehicles: tuple[VehicleContext, ...]
    signature: Signature
    cause: RootCause
    resolution: Resolution
    evidence: Evidence
    visibility: Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPorts:
    """What writing and changing cards needs."""

    cards: CardRepository
    tickets: TicketRepository
    vocabulary: VocabularyRepository
    embedder: SentenceEmbedder
    files: FileProofs


async def create_card(
    ports: CardPorts, content: CardContent, operation: Operation, ticket: TicketId | None = None
) -> FailureCard:
    """Write a draft card, founded on `ticket` when one is named.

    Raises:
        NotAllowed: the actor may not write cards.
        InvalidInput: the content names what the vocabulary does not know, or breaks a bound.
        NotFound: the ticket is not there for this actor.
        OperationConflict: this operation wrote another card.
    """
    actor = operation.actor
    demand_allowed(actor, Action.CREATE, Resource(kind=ResourceKind.CARD, garage=actor.garage))
    if ticket is not None:
        await ports.tickets.get(ticket, actor)
    card = _new_card(content, operation, ticket)
    await check_card(ports, card, operation)
    change = card_change(None, card, operation)
    event = operation.event(EventType.CARD_CREATED, card.id, card.version, change=change)
    try:
        await ports.cards.add(card, [event], await _embedding_of(ports.embedder, card))
    except AlreadyExists as error:
        found = await ports.cards.get(card.id, viewer_of(actor))
        if found.signature != card.signature or found.title != card.title:
            raise OperationConflict(operation.id) from error
        return found
    return card


async def update_card(
    ports: CardPorts, id: CardId, content: CardContent, expected: int, operation: Operation
) -> FailureCard:
    """Write the next version of a card.

    Raises:
        NotFound, NotAllowed, InvalidInput, StaleVersion, IllegalTransition: as they say.
    """
    card = await card_for(ports.cards, id, operation, Action.UPDATE)
    wanted = apply_content(card, content)
    if wanted == card and await is_done_before(ports.cards, card, expected, operation):
        return card
    changed = card_lifecycle.edit_card(card, wanted, _card_change(operation, expected))
    await check_card(ports, changed, operation, card)
    await save_card(ports, changed, operation)
    return changed


def apply_content(card: FailureCard, content: CardContent) -> FailureCard:
    """Give the card saying what its author wants it to say, still at its version."""
    return replace(
        card,
        title=content.title,
        vehicles=content.vehicles,
        signature=content.signature,
        cause=content.cause,
        resolution=content.resolution,
        evidence=content.evidence,
        visibility=_include_origin(content.visibility, card.provenance),
    )


async def save_card(ports: CardPorts, changed: FailureCard, operation: Operation) -> None:
    """Store the next version of a card, found by what it says now, and tell of it.

    Raises:
        StaleVersion: somebody changed it meanwhile.
    """
    event = operation.event(EventType.CARD_UPDATED, changed.id, changed.version)
    embedding = await _embedding_of(ports.embedder, changed)
    before = changed.version - 1
    await ports.cards.put(changed, [event], expected=before, embedding=embedding)


async def verify_card(
    cards: CardRepository, id: CardId, expected: int, operation: Operation
) -> FailureCard:
    """Confirm a card as a second person.

    Raises:
        NotFound, NotAllowed, InvalidInput, StaleVersion, IllegalTransition: as they say.
    """
    card = await card_for(cards, id, operation, Action.VERIFY)
    verified_already = card.status is CardStatus.VERIFIED
    if verified_already and await is_done_before(cards, card, expected, operation):
        return card
    verified = card_lifecycle.verify_card(card, _card_change(operation, expected))
    change = card_change(card, verified, operation)
    event = operation.event(EventType.CARD_VERIFIED, id, verified.version, change=change)
    await cards.put(verified, [event], expected=expected)
    return verified


async def promote_card(
    cards: CardRepository, id: CardId, expected: int, operation: Operation
) -> FailureCard:
    """Publish a draft as provisional: found by search, suggested once a second person verifies.

    Raises:
        NotFound: it is not there for this actor.
        NotAllowed: the actor may not change cards there.
        StaleVersion: somebody changed it meanwhile.
        IllegalTransition: it is no draft.
    """
    card = await card_for(cards, id, operation, Action.UPDATE)
    published = card.status is CardStatus.PROVISIONAL
    if published and await is_done_before(cards, card, expected, operation):
        return card
    promoted = card_lifecycle.promote_card(card, _card_change(operation, expected))
    event = operation.event(EventType.CARD_UPDATED, id, promoted.version)
    await cards.put(promoted, [event], expected=expected)
    return promoted


async def retire_card(
    cards: CardRepository, id: CardId, expected: int, operation: Operation
) -> FailureCard:
    """Take a card out of use; who may vouch for a card may also withdraw it.

    Raises:
        NotFound, NotAllowed, StaleVersion, IllegalTransition: as they say.
    """
    card = await card_for(cards, id, operation, Action.VERIFY)
    if card.status in RETIRED and await is_done_before(cards, card, expected, operation):
        return card
    retired = card_lifecycle.retire_card(card, _card_change(operation, expected))
    event = operation.event(EventType.CARD_RETIRED, id, retired.version)
    await cards.put(retired, [event], expected=expected)
    return retired


async def delete_card(
    cards: CardRepository, id: CardId, expected: int, operation: Operation
) -> Tombstone:
    """Take a card that is not in use away for good; its versions stay as history.

    Raises:
        IllegalTransition: search finds it; retire it first.
        NotFound, NotAllowed, StaleVersion: as they say.
    """
    buried = (await cards.tombstones([id], viewer_of(operation.actor))).get(id)
    if buried is not None and buried.mark == operation.mark:
        return buried
    card = await card_for(cards, id, operation, Action.DELETE)
    stone = card_lifecycle.bury_card(card, operation.mark, _card_change(operation, expected))
    event = operation.event(EventType.CARD_DELETED, id, stone.version, card.provenance.garage)
    await cards.bury(stone, [event], expected=expected)
    return stone


def embedded_text(card: FailureCard) -> str:
    """Give the text of a card that its embedding is made of."""
    return card.wording


async def card_for(
    cards: CardRepository, id: CardId, operation: Operation, action: Action
) -> FailureCard:
    card = await cards.get(id, viewer_of(operation.actor))
    demand_allowed(
        operation.actor, action, Resource(kind=ResourceKind.CARD, garage=card.provenance.garage)
    )
    return card


async def is_done_before(
    cards: CardRepository, card: FailureCard, expected: int, operation: Operation
) -> bool:
    """Say whether this actor took the card from version `expected` to where it stands.

    Whoever answers may die after the graph has the change and before the operation is remembered:
    the same change asked for again was done then.
    """
    if card.version != expected + 1:
        return False
    newest = (await cards.versions(card.id, viewer_of(operation.actor)))[0]
    return newest.by == operation.actor.id


def _card_change(operation: Operation, expected: int) -> CardChange:
    return CardChange(by=operation.actor.id, at=operation.at, expected=expected)


def _new_card(content: CardContent, operation: Operation, ticket: TicketId | None) -> FailureCard:
    actor = operation.actor
    origin = Provenance(
        author=actor.id,
        created_at=operation.at,
        updated_at=operation.at,
        garage=actor.garage,
        ticket=ticket,
    )
    return FailureCard(
        id=operation.card_id(),
        version=1,
        status=CardStatus.DRAFT,
        source=CardSource.FIELD,
        title=content.title,
        vehicles=content.vehicles,
        signature=content.signature,
        cause=content.cause,
        resolution=content.resolution,
        provenance=origin,
        evidence=content.evidence,
        visibility=_include_origin(content.visibility, origin),
    )


def _include_origin(wanted: Visibility, origin: Provenance) -> Visibility:
    """Give the visibility so that the garage the card comes from never loses sight of it."""
    if wanted.everyone or origin.garage is None or origin.garage in wanted.garages:
        return wanted
    return replace(wanted, garages=(origin.garage, *wanted.garages))


async def check_card(
    ports: CardPorts,
    card: FailureCard,
    operation: Operation,
    before: FailureCard | None = None,
) -> None:
    """Raise InvalidInput unless all that the card names is known, or stood on it before."""
    check_model_years(card, operation.at.date())
    sign = card.signature
    if sign.symptoms:
        known = {s.code for s in await ports.vocabulary.symptoms(sign.symptoms)}
        demand_known("symptoms", sign.symptoms, known)
    if sign.component is not None:
        known = {c.id for c in await ports.vocabulary.components([sign.component])}
        demand_known("component", [sign.component], known)
    wanted = [use.part for use in card.resolution.parts]
    if wanted:
        demand_known("parts", wanted, {p.id for p in await ports.vocabulary.parts(wanted)})
    if card.cause.cites:
        seen = await ports.cards.many(card.cause.cites, viewer_of(operation.actor))
        demand_known("cites", card.cause.cites, set(seen))
    shown = () if before is None else before.evidence.attachments
    named = [one for one in card.evidence.attachments if one.key.startswith(FILES)]
    if new := [one for one in named if one not in shown]:
        await ports.files.demand_kept(new, operation.actor)


async def _embedding_of(embedder: SentenceEmbedder, card: FailureCard) -> Embedding | None:
    """Give the card's embedding; without the embedder a card is still found by its words."""
    try:
        return (await embedder.embed([embedded_text(card)]))[0]
    except Unavailable:
        return None
