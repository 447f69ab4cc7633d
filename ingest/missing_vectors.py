"""Vectors that are missing: a card written while the embedder was silent gets its vector later."""

from collections.abc import Sequence
from typing import Protocol

from domain.cards import FailureCard
from domain.matches import Embedding

AT_ONCE = 64


class UnembeddedCards(Protocol):
    async def unembedded(self, limit: int) -> list[FailureCard]: ...
    async def embed(self, cards: Sequence[tuple[FailureCard, Embedding]]) -> None: ...


class MissingVectorEmbedder(Protocol):
    async def embed(self, texts: Sequence[str], *, patient: bool = False) -> list[Embedding]: ...


async def embed_missing(cards: UnembeddedCards, embedder: MissingVectorEmbedder) -> int:
    """Give every card without a vector its own, batch by batch, and say how many there were.

    Raises:
        Unavailable: the graph or the embedder does not answer; what is done stays done.
    """
    done = 0
    while waiting := await cards.unembedded(AT_ONCE):
        vectors = await embedder.embed([card.wording for card in waiting], patient=True)
        await cards.embed(list(zip(waiting, vectors, strict=True)))
        done += len(waiting)
    return done
