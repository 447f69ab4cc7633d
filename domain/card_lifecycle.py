"""The life of a card: draft, provisional, verified, retired; every change is a new version.

A draft becomes provisional or verified; a provisional card verified; both of them, once out of use,
deprecated. A draft or provisional card may be rejected. Any of the three may merge into another,
and be taken back out of it.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.cards import CardSource, CardStatus, FailureCard, Verification
from domain.errors import IllegalTransition, InvalidInput, StaleVersion
from domain.ids import PersonId
from domain.tombstones import Tombstone

NEXT: dict[CardStatus, frozenset[CardStatus]] = {
    CardStatus.DRAFT: frozenset(
        {CardStatus.PROVISIONAL, CardStatus.VERIFIED, CardStatus.REJECTED, CardStatus.MERGED}
    ),
    CardStatus.PROVISIONAL: frozenset(
        {CardStatus.VERIFIED, CardStatus.REJECTED, CardStatus.DEPRECATED, CardStatus.MERGED}
    ),
    CardStatus.VERIFIED: frozenset({CardStatus.DEPRECATED, CardStatus.MERGED}),
    CardStatus.DEPRECATED: frozenset(),
    CardStatus.REJECTED: frozenset(),
    CardStatus.MERGED: frozenset(),
}
SEARCHABLE = frozenset({CardStatus.VERIFIED, CardStatus.PROVISIONAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChange:
    """Who changes a card, when, and the version they had in front of them."""

    by: PersonId
    at: datetime
    expected: int


def verify_card(card: FailureCard, change: CardChange) -> FailureCard:
    """Give the verified card.

    Raises:
        InvalidInput: the verifier wrote it or last changed what it says (two-person rule, CA-19),
            or it names no step.
        StaleVersion: somebody changed it meanwhile.
        IllegalTransition: it is past verifying.
    """
    if change.by in _writers_of(card):
        raise InvalidInput("verifier", "wrote this card; a second person must verify it")
    if not card.resolution.steps:
        raise InvalidInput("steps", "a card without a step to take cannot be verified")
    moved = _move_status(card, CardStatus.VERIFIED, change)
    return replace(moved, verification=Verification(by=change.by, at=change.at))


def promote_card(card: FailureCard, change: CardChange) -> FailureCard:
    """Give the card as provisional: searchable, but not yet confirmed by a second person."""
    return _move_status(card, CardStatus.PROVISIONAL, change)


def retire_card(card: FailureCard, change: CardChange) -> FailureCard:
    """Give the card out of use: a draft is rejected, a published one deprecated."""
    wanted = CardStatus.REJECTED if card.status is CardStatus.DRAFT else CardStatus.DEPRECATED
    return _move_status(card, wanted, change)


def bury_card(card: FailureCard, mark: str, change: CardChange) -> Tombstone:
    """Give what stays of a card that is deleted.

    Raises:
        IllegalTransition: it is in use; retire it first, so that whoever follows it hears of that.
        StaleVersion: somebody changed it meanwhile.
    """
    if card.status in SEARCHABLE:
        raise IllegalTransition(card.id, card.status, "deleted")
    gone = _next_version(card, change)
    return Tombstone(
        id=card.id,
        version=gone.version,
        deleted_at=change.at,
        deleted_by=change.by,
        mark=mark,
        garage=card.provenance.garage,
    )


def merge_cards(card: FailureCard, into: FailureCard, change: CardChange) -> FailureCard:
    """Give the card pointing onward to the one that took its place; what it says stays as it is.

    Raises:
        InvalidInput: it is to point at itself.
        StaleVersion: somebody changed it meanwhile.
        IllegalTransition: either is out of use.
    """
    if into.id == card.id:
        raise InvalidInput("into", "a card cannot be merged into itself")
    if not NEXT[into.status]:
        raise IllegalTransition(into.id, into.status, "the card that another points at")
    return replace(_move_status(card, CardStatus.MERGED, change), merged_into=into.id)


def unmerge_card(card: FailureCard, before: FailureCard, change: CardChange) -> FailureCard:
    """Give a merged card as it was `before`, as a version of its own: the merge stays on record.

    Raises:
        StaleVersion: somebody changed it meanwhile.
        IllegalTransition: it is not merged.
    """
    if card.status is not CardStatus.MERGED:
        raise IllegalTransition(card.id, card.status, before.status)
    following = _next_version(card, change)
    return replace(
        following, status=before.status, verification=before.verification, merged_into=None
    )


def edit_card(card: FailureCard, edited: FailureCard, change: CardChange) -> FailureCard:
    """Give `edited` as the next version of `card`.

    Content changed after verification is provisional again: what was verified is no longer what
    stands there. Id, source and origin never change.

    Raises:
        StaleVersion: somebody changed it meanwhile.
        IllegalTransition: the card is out of use.
    """
    if not NEXT[card.status]:
        raise IllegalTransition(card.id, card.status, "edited")
    lost = card.status is CardStatus.VERIFIED
    content = replace(
        card,
        title=edited.title,
        vehicles=edited.vehicles,
        signature=edited.signature,
        cause=edited.cause,
        resolution=edited.resolution,
        evidence=edited.evidence,
        visibility=edited.visibility,
        provenance=replace(card.provenance, editor=change.by),
    )
    status = CardStatus.PROVISIONAL if lost else card.status
    return replace(_next_version(content, change), status=status, verification=None)


def _writers_of(card: FailureCard) -> frozenset[PersonId | None]:
    """Whoever may not verify a card; a reference's author is its publisher, not a colleague."""
    editor = card.provenance.editor
    published = card.source in {CardSource.REFERENCE, CardSource.RECALL}
    return frozenset({editor} if published else {card.provenance.author, editor})


def _move_status(card: FailureCard, wanted: CardStatus, change: CardChange) -> FailureCard:
    if wanted not in NEXT[card.status]:
        raise IllegalTransition(card.id, card.status, wanted)
    return replace(_next_version(card, change), status=wanted)


def _next_version(card: FailureCard, change: CardChange) -> FailureCard:
    if change.expected != card.version:
        raise StaleVersion(card.id, change.expected, card.version)
    provenance = replace(card.provenance, updated_at=change.at)
    return replace(card, version=card.version + 1, provenance=provenance, merge=None)
