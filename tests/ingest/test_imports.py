"""Loading into the real graph: all or nothing, and the same again changes nothing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import pytest

from domain.access import Viewer
from domain.cards import FailureCard
from domain.errors import ImportRefused, Unavailable
from domain.ids import CardId
from domain.matches import Embedding
from graph.card_imports import ImportCount
from graph.cards import CardStore
from graph.database import Graph
from graph.vocabulary import VocabularyStore
from ingest import imports, recalls
from ingest.batch import ImportBatch
from ingest.embedder import Embedder
from ingest.imports import CARDS_AT_ONCE, import_batch
from tests.ingest.conftest import Written
from tests.ingest.test_recalls import RESULT

EVERYONE = Viewer(sees_all=True)
Stored = TypeVar("Stored", bound=imports.CardImporter)


class _Failing:
    """A store that stops answering after its first batch."""

    def __init__(self, cards: CardStore) -> None:
        self._cards = cards
        self._calls = 0

    async def load(
        self, cards: Sequence[tuple[FailureCard, Embedding | None]], *, into: str | None = None
    ) -> ImportCount:
        self._calls += 1
        if self._calls > 1:
            raise Unavailable("neo4j", "it was stopped")
        return await self._cards.load(cards, into=into)


@dataclass(frozen=True)
class House(Generic[Stored]):
    """The opened stores, as loading sees them."""

    cards: Stored
    vocabulary: VocabularyStore
    embedder: Embedder


@pytest.fixture
def house(graph: Graph, embedder: Embedder) -> House[CardStore]:
    return House(CardStore(graph), VocabularyStore(graph), embedder)


def campaigns(written: Written, *numbers: int) -> Path:
    results = [RESULT | {"NHTSACampaignNumber": f"21V{n:06}"} for n in numbers]
    return written("r.json", json.dumps({"results": results}))


async def test_recall_is_loaded_once(house: House[CardStore], written: Written) -> None:
    batch = recalls.read_campaigns(campaigns(written, 1000, 2000))
    first = await import_batch(batch, house)
    again = await import_batch(batch, house)
    assert (first.written, first.created, first.changed, first.unchanged) == (True, 2, 0, 0)
    assert (again.written, again.created, again.changed, again.unchanged) == (True, 0, 0, 2)
    stored = await house.cards.get(CardId("fc_nhtsa_21v001000"), EVERYONE)
    assert replace(stored, usage=batch.cards[0].usage) == batch.cards[0]
    assert [c.id for c in await house.vocabulary.components()] == [
        "nhtsa.electrical_system",
        "nhtsa.electrical_system.propulsion_system",
        "nhtsa.electrical_system.propulsion_system.traction_battery",
    ]


async def test_changed_line_is_a_new_version(house: House[CardStore], written: Written) -> None:
    await import_batch(recalls.read_campaigns(campaigns(written, 1000)), house)
    result = RESULT | {"NHTSACampaignNumber": "21V001000", "Consequence": "A fire may start."}
    changed = await import_batch(
        recalls.read_campaigns(written("r.json", json.dumps({"results": [result]}))), house
    )
    stored = await house.cards.get(CardId("fc_nhtsa_21v001000"), EVERYONE)
    assert (changed.created, changed.changed, changed.unchanged) == (0, 1, 0)
    assert (stored.version, stored.signature.text[-17:]) == (2, "A fire may start.")


async def test_bad_line_loads_nothing(house: House[CardStore], written: Written) -> None:
    results = [RESULT, RESULT | {"NHTSACampaignNumber": "bad"}]
    batch = recalls.read_campaigns(written("r.json", json.dumps({"results": results})))
    refused = await import_batch(batch, house)
    assert (refused.written, [str(r) for r in refused.refused]) == (
        False,
        ["r.json:2: bad: campaign number: 'bad' does not have the form 20V543000"],
    )
    assert await house.cards.count(EVERYONE) == 0
    assert await house.vocabulary.components() == []
    kept = await import_batch(batch, house, skip_bad=True)
    assert (kept.written, kept.created, len(kept.refused)) == (True, 1, 1)


async def test_unreadable_file_loads_nothing(house: House[CardStore], written: Written) -> None:
    path = written("r.json", b"\0\1")
    with pytest.raises(ImportRefused):
        await import_batch(recalls.read_campaigns(path), house)
    assert await house.cards.count(EVERYONE) == 0


async def test_interrupted_run_continues(house: House[CardStore], written: Written) -> None:
    batch = recalls.read_campaigns(campaigns(written, *range(1000, 1000 + CARDS_AT_ONCE + 10)))
    with pytest.raises(Unavailable):
        await import_batch(batch, House(_Failing(house.cards), house.vocabulary, house.embedder))
    assert await house.cards.count(EVERYONE) == CARDS_AT_ONCE
    again = await import_batch(batch, house)
    assert (again.created, again.unchanged) == (10, CARDS_AT_ONCE)


async def test_progress_is_told(house: House[CardStore], written: Written) -> None:
    told: list[tuple[str, int, int]] = []

    def tell(what: str, done: int, total: int) -> None:
        told.append((what, done, total))

    await import_batch(recalls.read_campaigns(campaigns(written, 1000)), house, told=tell)
    assert told == [("vehicles", 2, 2), ("components", 3, 3), ("cards", 1, 1)]


async def test_shipped_knowledge_loads(house: House[CardStore], shipped: ImportBatch) -> None:
    report = await import_batch(shipped, house)
    assert (report.created, report.refused) == (len(shipped.cards), ())
    assert report.vocabulary["error codes"] == len(shipped.codes)
    assert await house.vocabulary.awaiting_review() == []
    again = await import_batch(shipped, house)
    assert (again.created, again.changed) == (0, 0)


async def test_empty_batch_writes_nothing(house: House[CardStore]) -> None:
    report = await import_batch(ImportBatch(), house)
    assert (report.written, report.created) == (False, 0)
