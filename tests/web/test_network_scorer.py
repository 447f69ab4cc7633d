"""The graph network of the ranker that serves: read for it, kept for an hour, gone with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from redis.asyncio import Redis

from domain.ids import CardId
from domain.repair_history import RepairHistory, RepairRecord
from gnn.card_features import FeatureFold
from gnn.learned_cards import AskedCards, CardNetwork, Floats, LearnedCards, WalkedPath
from gnn.network_columns import asked_report
from gnn.ranker_features import NAMES
from gnn.report_memory import ReportMemory
from matching.reasons import path_reason
from tests.gnn.small_history import small_history
from tests.web.test_learned_ranker import CANDIDATES, MARKS, NOW, PUNE, SAID, HeldModel, NamedRun
from web import network_scorer
from web.feature_store import FeatureStore
from web.learned_ranker import ServedRanker, asked_record
from web.network_scorer import NetworkScorer

NOBODY = ReportMemory(np.zeros((0, 7), np.float32), np.zeros(0, np.int64), ())


@dataclass(frozen=True, slots=True)
class Trees:
    """They go by the network alone."""

    def scores(self, rows: Floats) -> Floats:
        return np.nan_to_num(rows[:, NAMES.index("network")])


@dataclass(slots=True)
class Network:
    """A network that likes the last of the cards; `over` counts how often it was read for."""

    until: int = 0
    read: int = 0
    asked: list[RepairRecord] = field(default_factory=list[RepairRecord])

    def over(self, history: RepairHistory) -> CardNetwork:
        assert history == small_history(3)
        self.read += 1
        return self

    def scores(self, report: RepairRecord, cards: Sequence[CardId]) -> tuple[Floats, Floats]:
        self.asked.append(report)
        places = np.arange(len(cards), dtype=np.float64)
        return places, places

    def each(self, asked: Sequence[AskedCards]) -> list[tuple[Floats, Floats]]:
        return [self.scores(*one) for one in asked]

    def paths(
        self, report: RepairRecord, cards: Sequence[CardId]
    ) -> dict[CardId, list[WalkedPath]]:
        self.asked.append(report)
        return {cards[0]: [WalkedPath(thing="make:ather", held=2, tried=3)]}


@dataclass(slots=True)
class Models:
    held: HeldModel | None

    def get(self, _: object) -> HeldModel | None:
        return self.held


async def history(moment: datetime) -> RepairHistory:
    assert moment == NOW
    return small_history(3)


def held(name: str, network: Network | None) -> Any:  # noqa: ANN401 - stands for a LiveModel
    run: Any = NamedRun(name)
    return HeldModel(run, LearnedCards(Trees(), NOBODY, network=network))


@pytest.fixture
def models() -> Any:  # noqa: ANN401 - stands for LiveModels
    return Models(held("ranker:1", Network()))


async def test_scores_reach_the_trees(models: Any, redis: Redis) -> None:  # noqa: ANN401
    await FeatureStore(redis).write(FeatureFold(small_history(3)).until(NOW))
    scorer = NetworkScorer(models, history, lambda: NOW)
    ranker = ServedRanker(models, FeatureStore(redis), None, lambda: NOW, scorer.get)
    without = await ranker.rank(SAID, CANDIDATES, MARKS, PUNE)
    await scorer.refresh()
    ranking = await ranker.rank(SAID, CANDIDATES, MARKS, PUNE)
    assert without is not None
    assert ranking is not None
    assert {one.score for one in without.cards} == {0.0}
    assert [one.score for one in ranking.cards] == [5.0, 4.0, 3.0, 2.0, 1.0, 0.0]
    assert models.held.model.network.asked[-1] == asked_record(SAID, NOW)


async def test_paths_become_reasons(models: Any, redis: Redis) -> None:  # noqa: ANN401
    scorer, cards = NetworkScorer(models, history, lambda: NOW), [*MARKS]
    ranker = ServedRanker(models, FeatureStore(redis), None, lambda: NOW, scorer.get)
    assert await ranker.paths(SAID, cards) == {}
    await scorer.refresh()
    told = await ranker.paths(SAID, cards)
    assert told == {cards[0]: [path_reason("make:ather", 2, 3)]}


async def test_history_is_read_once_an_hour(
    models: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scorer = NetworkScorer(models, history, lambda: NOW)
    await scorer.refresh()
    await scorer.refresh()
    assert models.held.model.network.read == 1
    monkeypatch.setattr(network_scorer, "READ_SECONDS", 0.0)
    await scorer.refresh()
    assert models.held.model.network.read == 2


async def test_network_goes_with_its_ranker(models: Any) -> None:  # noqa: ANN401
    scorer, first = NetworkScorer(models, history, lambda: NOW), models.held
    await scorer.refresh()
    assert scorer.get(first) is first.model.network
    models.held = held("ranker:2", Network())
    assert scorer.get(models.held) is None
    await scorer.refresh()
    assert scorer.get(models.held) is models.held.model.network
    models.held = held("ranker:3", None)
    await scorer.refresh()
    assert scorer.get(models.held) is None


def test_match_asks_as_the_training_did() -> None:
    asked = asked_record(SAID, NOW)
    assert asked_report(replace(asked, supplier="s", climate="hot")) == asked
