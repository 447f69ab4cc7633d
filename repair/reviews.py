"""The review queue as use cases: what opens an entry, who reads it, what closes it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from domain.access import SYSTEM, Action, Actor, Resource, ResourceKind, demand_allowed
from domain.cards import FailureCard
from domain.events import Event, EventType
from domain.ids import CardId, EventId, TicketId, uuid7
from domain.reviews import Review, ReviewKind
from repair.operations import Operation


class ReviewRepository(Protocol):
    async def open(self, review: Review, events: Sequence[Event]) -> bool: ...

    async def page(
        self, actor: Actor, *, first: int, after: str | None = None, kind: ReviewKind | None = None
    ) -> list[Review]: ...

    async def get(self, id: str, actor: Actor) -> Review: ...

    async def close(self, id: str, by: str, at: datetime) -> None: ...

    async def settle(
        self, card: CardId, version: int, kinds: Collection[ReviewKind], by: str, at: datetime
    ) -> None: ...


class RecheckedCards(Protocol):
    async def clear_recheck(self, id: CardId) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewReason:
    """Why a card is to be looked at, and since when; `other` is the one it may be the same as."""

    kind: ReviewKind
    reason: str
    at: datetime
    ticket: TicketId | None = None
    other: CardId | None = None


async def open_review(reviews: ReviewRepository, card: FailureCard, why: ReviewReason) -> None:
    """Put a card into the queue for a reason; it is there once for each version of the card.

    A recheck that was closed waits again when there is another reason.
    """
    digest = sha256(f"{why.kind}:{card.id}:{card.version}:{why.other}".encode()).digest()
    review = Review(
        id=f"rev_{uuid7(why.at, int.from_bytes(digest[:10]))}",
        kind=why.kind,
        card=card.id,
        version=card.version,
        reason=why.reason,
        at=why.at,
        garage=card.provenance.garage,
        ticket=why.ticket or card.provenance.ticket,
        other=why.other,
    )
    told = sha256(f"{review.id}:{why.reason}".encode()).digest()
    event = Event(
        id=EventId(str(uuid7(why.at, int.from_bytes(told[:10])))),
        type=EventType.REVIEW_OPENED,
        entity=review.id,
        version=1,
        at=why.at,
        actor=SYSTEM.id,
        garage=review.garage,
    )
    await reviews.open(review, [event])


async def close_review(
    reviews: ReviewRepository, cards: RecheckedCards, id: str, operation: Operation
) -> Review:
    """Say that an entry was looked at and the card stands as it is; a closed one stays closed.

    Raises:
        NotFound: there is no such entry for this actor.
        NotAllowed: the actor may not vouch for cards there.
    """
    review = await reviews.get(id, operation.actor)
    demand_allowed(
        operation.actor, Action.VERIFY, Resource(kind=ResourceKind.CARD, garage=review.garage)
    )
    if review.closed_at is not None:
        return review
    if review.kind is ReviewKind.RECHECK and review.card is not None:
        await cards.clear_recheck(review.card)
    await reviews.close(id, operation.actor.id, operation.at)
    return await reviews.get(id, operation.actor)
