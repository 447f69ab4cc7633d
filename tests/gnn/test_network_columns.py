"""The graph network's scores in the ranker: which reports get them, and what is read of a score."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import nan
from typing import Any

import numpy as np
import pytest

from domain.model_runs import ModelKind
from domain.repair_history import RepairHistory
from gnn import ranker_recipe
from gnn.artefacts import Artefact
from gnn.learned_cards import AskedCards, Floats, LearnedCards
from gnn.network_columns import asked_report, with_network
from gnn.ranker_cases import CaseMaker, RankerCase
from gnn.ranker_features import NETWORK, PLACES, network_columns
from gnn.ranker_recipe import RankerRecipe, RankerSides, network_helps
from gnn.recipes import TrainingTools
from gnn.report_memory import ReportMemory
from tests.gnn.small_history import encode_words, small_history

COLUMNS = [PLACES[name] for name in NETWORK]


@dataclass(frozen=True, slots=True)
class Knowing:
    """A network that knows which card ended each repair, and sees no more than it is told."""

    def each(self, asked: Sequence[AskedCards]) -> list[tuple[Floats, Floats]]:
        assert {(report.supplier, report.climate) for report, _ in asked} == {(None, None)}
        right = [np.array([float(c == r.resolved_by) for c in cards]) for r, cards in asked]
        return [(one, one) for one in right]


@pytest.fixture(scope="module")
def cases() -> list[RankerCase]:
    return list(CaseMaker(small_history(300), encode_words).cases())


def test_report_is_asked_as_a_match_is_told_it() -> None:
    repair = replace(
        small_history(1).repairs[0], supplier="s", climate="hot", battery_batch="b", severity="low"
    )
    bare = replace(repair, supplier=None, climate=None, battery_batch=None, severity=None)
    assert asked_report(repair) == bare


def test_network_scores_what_it_has_not_learned_from(cases: list[RankerCase]) -> None:
    since = cases[100].at.timestamp()
    scored = with_network(cases, Knowing(), since)
    assert np.isnan(np.vstack([one.features for one in scored[:100]])[:, COLUMNS]).all()
    for before, after in zip(cases[100:], scored[100:], strict=True):
        right = (after.gains > 0).astype(np.float64)
        assert after.features[:, PLACES["network"]].tolist() == right.tolist()
        rest = [n for n in range(after.features.shape[1]) if n not in COLUMNS]
        assert np.array_equal(before.features[:, rest], after.features[:, rest], equal_nan=True)


def test_scores_of_another_network_go(cases: list[RankerCase]) -> None:
    """Who judges a ranker by its own network leaves it no other's, where its own has none."""
    since = cases[100].at.timestamp()
    again = with_network(with_network(cases, Knowing()), Knowing(), since)
    for once, twice in zip(with_network(cases, Knowing(), since), again, strict=True):
        assert np.array_equal(once.features, twice.features, equal_nan=True)


def test_no_path_is_no_score() -> None:
    told = network_columns(np.array([3.0, 1.0, nan]), np.array([0.0, -2.0, 1.0]))
    by_hand = {
        "network": [3.0, 1.0, nan],
        "network_behind": [0.0, -2.0, nan],
        "network_path": [nan, -2.0, 1.0],
        "network_path_behind": [nan, -3.0, 0.0],
    }
    for name, column in told.items():
        assert column.tolist() == pytest.approx(by_hand[name], nan_ok=True)


@dataclass(frozen=True, slots=True)
class Reading:
    """Trees that go by one column alone."""

    column: str

    def scores(self, rows: Floats) -> Floats:
        return np.nan_to_num(rows[:, PLACES[self.column]])


def test_network_is_read_where_it_helps(cases: list[RankerCase]) -> None:
    scored = with_network(cases[:40], Knowing())
    knowing, other = Reading("network"), Reading("reach")
    assert network_helps(knowing, other, scored)
    assert not network_helps(knowing, knowing, scored)
    assert not network_helps(other, knowing, scored)


@dataclass(frozen=True, slots=True)
class Carried:
    """The network of a ranker that serves, which has learned from what came in before `until`."""

    until: int

    def over(self, history: RepairHistory) -> Any:  # noqa: ANN401 - stands for a CardNetwork
        assert history.repairs
        return Knowing()


@pytest.mark.parametrize("learned", [0, 100])
def test_ranker_is_not_judged_by_what_its_network_knows(
    cases: list[RankerCase], monkeypatch: pytest.MonkeyPatch, learned: int
) -> None:
    nobody = ReportMemory(np.zeros((0, 1), np.float32), np.zeros(0, np.int64), ())
    until = int(cases[learned].at.timestamp())
    served = LearnedCards(Reading("network"), nobody, network=Carried(until))
    monkeypatch.setattr(ranker_recipe, "read_ranker", lambda *_: served)
    recipe = RankerRecipe(TrainingTools(encode=encode_words, embedding="of words"))
    sides = RankerSides((), (), (), tuple(cases), nobody, history=small_history(1))
    artefact = Artefact(kind=ModelKind.RANKER, version=1, embedding=None, files={})
    found = recipe.evaluate(sides, artefact)
    hits = [not case.missed for case in cases[learned:]]
    assert found["hit1"].value == pytest.approx(sum(hits) / len(cases))
