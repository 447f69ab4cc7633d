"""The trained ranker as it serves: features from a real Redis, its name told, its faults told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pytest
from redis.asyncio import Redis

from domain.access import Viewer
from domain.errors import Unavailable
from domain.ids import CardId, GarageId
from domain.matches import CardHit, CardMarks, Embedding, Source, UnderstoodReport, VehicleLevel
from domain.model_runs import ModelKind
from domain.repair_history import RepairHistory
from domain.reports import FailureReport
from domain.vehicles import VehicleContext
from gnn.card_features import FeatureFold
from gnn.learned_cards import LearnedCards
from gnn.ranker_cases import CaseMaker
from gnn.ranker_features import feature_rows
from gnn.ranker_model import RankerModel, RankerSettings, fit_ranker
from gnn.report_memory import ReportMemory
from matching.fusion import CardCandidate, fuse_lists
from tests.gnn.small_history import BEGIN, DAY, WORDS, encode_words, small_history
from web.feature_store import FeatureStore
from web.learned_ranker import ServedRanker, Stock, found_cards, ranked_report

NOW = BEGIN + 100 * DAY
PUNE = Viewer(garage=GarageId("garage_pune"), region="west")
NOWHERE = Redis.from_url("redis://127.0.0.1:1/0", protocol=2)
SETTINGS = RankerSettings(rounds=30, patience=0, rate=0.2, least_in_leaf=10)


@dataclass(frozen=True, slots=True)
class NamedRun:
    name: str

    @property
    def id(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class HeldModel:
    run: NamedRun
    model: object


@dataclass(frozen=True, slots=True)
class HeldModels:
    """What serves: one model for every kind, or none."""

    model: object | None

    def get(self, kind: ModelKind) -> HeldModel | None:
        assert kind is ModelKind.RANKER
        return None if self.model is None else HeldModel(NamedRun("ranker:7"), self.model)


@pytest.fixture(scope="module")
def learned() -> LearnedCards:
    maker = CaseMaker(small_history(300), encode_words)
    cases = list(maker.cases())
    return LearnedCards(fit_ranker(cases[:200], cases[200:], SETTINGS, seed=1), maker.memory)


SAID = UnderstoodReport(
    report=FailureReport(text="it does not run"),
    vehicle=VehicleContext(make="Ather", model="iQube"),
    embedding=Embedding(model="words", vector=encode_words(["it does not run"])[0].tolist()),
)
MARKS = {
    CardId(f"fc_{word}"): CardMarks(
        id=CardId(f"fc_{word}"),
        codes=(),
        symptoms=(),
        vehicle_level=VehicleLevel.MAKE,
        models=0,
        cosine=0.1,
    )
    for word in WORDS
}
CANDIDATES = fuse_lists({Source.WORDS: [CardHit(card=card, score=1.0) for card in MARKS]})


def served(model: object | None, redis: Redis, stock: Stock | None = None) -> ServedRanker:
    models: Any = HeldModels(model)
    return ServedRanker(models, FeatureStore(redis), stock, lambda: NOW)


async def known(redis: Redis) -> None:
    await FeatureStore(redis).write(FeatureFold(small_history(300)).until(NOW))


async def test_past_of_the_vehicle_orders_the_cards(redis: Redis, learned: LearnedCards) -> None:
    await known(redis)
    ranking = await served(learned, redis).rank(SAID, CANDIDATES, MARKS, PUNE)
    assert ranking is not None
    assert (ranking.ranker, ranking.fallen_back) == ("ranker:7", None)
    # An iQube whose report tells nothing was mended by this card each time (`small_history`).
    assert ranking.cards[0].marks.id == "fc_display"
    assert sorted(one.marks.id for one in ranking.cards) == sorted(MARKS)


async def test_served_features_are_the_trained_ones(redis: Redis, learned: LearnedCards) -> None:
    await known(redis)
    table = FeatureFold(small_history(300)).until(NOW)
    report, found = ranked_report(SAID, NOW), found_cards(SAID, CANDIDATES, MARKS, learned.memory)
    offline = learned.trees.scores(feature_rows(report, found, table))
    ranking = await served(learned, redis).rank(SAID, CANDIDATES, MARKS, PUNE)
    assert ranking is not None
    online = {one.marks.id: one.score for one in ranking.cards}
    assert [online[c.card] for c in CANDIDATES] == offline.tolist()


async def test_without_a_model_nothing_is_ranked(redis: Redis, learned: LearnedCards) -> None:
    assert await served(None, redis).rank(SAID, CANDIDATES, MARKS, PUNE) is None
    assert await served(learned, redis).rank(SAID, (), {}, PUNE) is None


@pytest.mark.parametrize(
    ("model", "candidates", "said"),
    [
        (None, CANDIDATES, "what serves is no ranker"),
        (ReportMemory(np.zeros((1, 3), np.float32), np.zeros(1, np.int64), ()), (), "fails"),
    ],
)
async def test_failing_model_is_told(
    model: ReportMemory | None, candidates: Sequence[CardCandidate], said: str, redis: Redis
) -> None:
    await known(redis)
    trees = cast("RankerModel", None)
    broken = object() if model is None else LearnedCards(trees, model)
    with pytest.raises(Unavailable, match=said):
        await served(broken, redis).rank(SAID, candidates or CANDIDATES, MARKS, PUNE)


async def test_silent_features_are_told(redis: Redis, learned: LearnedCards) -> None:
    for silent in (redis, NOWHERE):
        with pytest.raises(Unavailable):
            await served(learned, silent).rank(SAID, CANDIDATES, MARKS, PUNE)


async def test_silent_embedder_takes_no_vote(redis: Redis, learned: LearnedCards) -> None:
    await known(redis)
    ranking = await served(learned, redis).rank(
        replace(SAID, embedding=None), CANDIDATES, MARKS, PUNE
    )
    assert ranking is not None
    assert len(ranking.cards) == len(MARKS)


def stocked(on_hand: dict[str, int] | None) -> Stock:
    async def stock(garage: GarageId, parts: Sequence[str]) -> dict[str, int]:
        assert (garage, parts) == (PUNE.garage, ["prt_a", "prt_b"])
        if on_hand is None:
            raise Unavailable("the marketplace", "down")
        return on_hand

    return stock


@pytest.mark.row("ML-36")
@pytest.mark.parametrize(
    ("on_hand", "first"),
    [
        ({"prt_a": 2}, "fc_fuse"),
        ({"prt_b": 1, "prt_a": 0}, "fc_twin"),
        (None, "fc_twin"),
    ],
)
async def test_card_in_stock_stands_before_its_equal(
    on_hand: dict[str, int] | None, first: str, redis: Redis, learned: LearnedCards
) -> None:
    """Two cards that differ in their part alone; nobody knows the stock: the newer id is first."""
    fuse = replace(small_history(1).cards[-1], parts=("prt_a",))
    twin = replace(fuse, card=CardId("fc_twin"), parts=("prt_b",))
    await FeatureStore(redis).write(FeatureFold(RepairHistory((), (fuse, twin))).until(NOW))
    marks = {id: replace(MARKS[CardId("fc_fuse")], id=id) for id in (fuse.card, twin.card)}  # noqa: A001
    found = fuse_lists({Source.NEIGHBOUR: [CardHit(card=card, score=1.0) for card in marks]})
    ranking = await served(learned, redis, stocked(on_hand)).rank(SAID, found, marks, PUNE)
    assert ranking is not None
    assert ranking.cards[0].marks.id == first
    assert len({one.score for one in ranking.cards}) == (1 if on_hand is None else 2)
