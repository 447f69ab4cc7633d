"""Cards that were written without a vector get one, and are then found by meaning."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from domain.access import Viewer
from domain.cards import CardStatus
from domain.matches import Embedding
from graph.cards import CardStore
from graph.database import Graph
from graph.search import CardSearch
from ingest.missing_vectors import embed_missing
from tests.domain.samples import CARD as DRAFT

EVERYONE = Viewer(sees_all=True)
CARD = replace(DRAFT, version=1, status=CardStatus.VERIFIED)
VECTOR = [1.0, *[0.0] * 383]


class OneVector:
    """An embedder of another kind than the shipped one: every text means the same."""

    async def embed(self, texts: Sequence[str], *, patient: bool = False) -> list[Embedding]:
        assert patient
        return [Embedding(model="one", vector=VECTOR) for _ in texts]


@pytest.mark.row("PI-4")
async def test_card_without_vector_gets_one(graph: Graph) -> None:
    cards, search = CardStore(graph), CardSearch(graph)
    await cards.add(CARD, [])
    meaning = Embedding(model="one", vector=VECTOR)
    assert await search.by_meaning(meaning, EVERYONE, 5) == []

    assert await embed_missing(cards, OneVector()) == 1

    await graph.read("CALL db.awaitIndexes(60)")
    assert [hit.card for hit in await search.by_meaning(meaning, EVERYONE, 5)] == [CARD.id]
    assert await embed_missing(cards, OneVector()) == 0


async def test_new_words_want_a_new_vector(graph: Graph) -> None:
    cards = CardStore(graph)
    await cards.add(CARD, [], Embedding(model="one", vector=VECTOR))
    same = replace(CARD, version=2)
    await cards.put(same, [], expected=1)
    assert await cards.unembedded(10) == []

    reworded = replace(CARD, version=3, title="Other words altogether")
    await cards.put(reworded, [], expected=2)

    assert await cards.unembedded(10) == [reworded]


async def test_newer_version_is_left_alone(graph: Graph) -> None:
    cards = CardStore(graph)
    await cards.add(CARD, [])
    newer = replace(CARD, version=2, title="Other words altogether")
    await cards.put(newer, [], expected=1)

    await cards.embed([(CARD, Embedding(model="one", vector=VECTOR))])

    assert await cards.unembedded(10) == [newer]


async def test_vector_of_another_model_is_outdated(graph: Graph) -> None:
    cards = CardStore(graph)
    await cards.add(CARD, [], Embedding(model="old", vector=VECTOR))
    await cards.outdate("old")
    assert await cards.unembedded(10) == []

    await cards.outdate("new")

    assert await cards.unembedded(10) == [CARD]
