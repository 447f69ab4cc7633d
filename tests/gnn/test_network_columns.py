"""The graph network's scores in the ranker: which reports get them, and what is read of a score."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import nan

import numpy as np
import pytest

from gnn.learned_cards import AskedCards, Floats
from gnn.network_columns import asked_report, with_network
from gnn.ranker_cases import CaseMaker, RankerCase
from gnn.ranker_features import NETWORK, PLACES, network_columns
from gnn.ranker_recipe import network_helps
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
