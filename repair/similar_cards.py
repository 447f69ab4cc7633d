"""The evidence for what a solved repair is: which known cards it is like, and in what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.access import SEES_ALL, Viewer
from domain.cards import CardStatus, FailureCard
from domain.codes import CodeKey
from domain.errors import Unavailable
from domain.ids import CardId
from domain.matches import CardHit, Embedding, VehicleLevel, closeness
from domain.novelty import Likeness, set_overlap
from domain.outcomes import Outcome
from domain.signature import symptom_hash
from domain.tickets import Ticket
from domain.vehicles import make_key
from repair.field_cards import knows_a_fix
from repair.ports import SentenceEmbedder

NEAR = 12
CODED = 12
DRAFTS = 30
GONE = frozenset({CardStatus.REJECTED, CardStatus.DEPRECATED, CardStatus.MERGED})


class SimilarCards(Protocol):
    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]: ...

    async def of_signature(self, hash: str, make: str) -> list[tuple[CardId, CardStatus]]: ...

    async def drafts(self, make: str, beside: CardId, limit: int) -> list[CardId]: ...


class SimilaritySearch(Protocol):
    async def by_meaning(
        self, embedding: Embedding, viewer: Viewer, limit: int
    ) -> list[CardHit]: ...

    async def by_codes(
        self, keys: Sequence[CodeKey], viewer: Viewer, limit: int
    ) -> list[CardHit]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarityPorts:
    """Where likenesses are looked for."""

    cards: SimilarCards
    search: SimilaritySearch
    embedder: SentenceEmbedder


async def find_similar(
    ports: SimilarityPorts, ticket: Ticket, outcome: Outcome, beside: CardId
) -> tuple[list[Likeness], dict[CardId, FailureCard]]:
    """Give how alike the cards near a repair are to it, and these cards; `beside` is its own draft.

    Raises:
        Unavailable: the graph or the embedder does not answer: nothing is decided blindly.
    """
    said = ticket.signature
    hashed = await ports.cards.of_signature(symptom_hash(said), make_key(ticket.vehicle.make))
    same = {card for card, status in hashed if status not in GONE}
    near = await _near_cards(ports, ticket, outcome)
    drafts = await ports.cards.drafts(make_key(ticket.vehicle.make), beside, DRAFTS)
    followed = [outcome.card] if outcome.card else []
    wanted = sorted({*same, *near, *drafts, *followed} - {beside})
    cards = {
        key: card
        for key, card in (await ports.cards.many(wanted, SEES_ALL)).items()
        if card.status not in GONE and knows_a_fix(card)
    }
    return await compare_cards(ports.embedder, ticket, outcome, list(cards.values())), cards


async def compare_cards(
    embedder: SentenceEmbedder, ticket: Ticket, outcome: Outcome, cards: Sequence[FailureCard]
) -> list[Likeness]:
    """Give the likeness of each card to a repair: texts by meaning, the rest by what is named."""
    texts = [ticket.text, outcome.cause or ""]
    texts += [text for card in cards for text in (card.wording, card.cause.primary)]
    vectors = [one.vector for one in await embedder.embed(texts)]
    said = ticket.signature
    hashed = symptom_hash(said)
    return [
        Likeness(
            card=card.id,
            followed=card.id == outcome.card,
            same_hash=symptom_hash(card.signature) == hashed and _same_make(card, ticket),
            meaning=_cosine_similarity(vectors[0], vectors[2 + 2 * n]) if ticket.text else None,
            cause=_cosine_similarity(vectors[1], vectors[3 + 2 * n]) if outcome.cause else None,
            codes=set_overlap(said.error_codes, card.signature.error_codes),
            symptoms=set_overlap(said.symptoms, card.signature.symptoms),
            parts=set_overlap(_part_ids(outcome), [use.part for use in card.resolution.parts]),
            vehicle=max(
                (closeness(v, ticket.vehicle) for v in card.vehicles), default=VehicleLevel.NONE
            ),
        )
        for n, card in enumerate(cards)
    ]


async def _near_cards(ports: SimilarityPorts, ticket: Ticket, outcome: Outcome) -> set[CardId]:
    said = ". ".join(filter(None, (ticket.text, outcome.cause)))
    hits = list[CardHit]()
    if said:
        [embedding] = await ports.embedder.embed([said])
        hits += await ports.search.by_meaning(embedding, SEES_ALL, NEAR)
    hits += await ports.search.by_codes(ticket.codes, SEES_ALL, CODED)
    return {hit.card for hit in hits}


def _part_ids(outcome: Outcome) -> list[str]:
    return [use.part for use in outcome.parts]


def _same_make(card: FailureCard, ticket: Ticket) -> bool:
    return make_key(card.make) == make_key(ticket.vehicle.make)


def _cosine_similarity(one: Sequence[float], other: Sequence[float]) -> float:
    """Give the cosine of two unit vectors, 0 when they point apart.

    Raises:
        Unavailable: the vectors are of two models.
    """
    if len(one) != len(other):
        raise Unavailable("embedder", "gave vectors of two sizes")
    return max(0.0, sum(a * b for a, b in zip(one, other, strict=True)))
