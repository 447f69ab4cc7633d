"""What is known of a card at a moment: counted exactly, and never from the future."""

from dataclasses import replace
from datetime import timedelta
from math import isnan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.cards import Severity
from domain.ids import CardId
from domain.repair_history import RepairHistory, RepairTry
from domain.vehicles import VehicleContext
from gnn.card_features import (
    CardFeatures,
    FeatureFold,
    complexity_gap,
    recency,
    report_kinds,
)
from tests.gnn.small_history import BEGIN, DAY, small_history
from tests.gnn.test_history_files import CARD, CARDS, CLOSED, OPENED, REPAIR

HELD = replace(CARDS, component="contactor", created_at=OPENED)
OTHER = replace(HELD, card=CardId("fc_other"))
FAILED = replace(
    REPAIR,
    closed_at=CLOSED + DAY,
    resolved_by=None,
    worked=False,
    tries=(RepairTry(card=CARD, worked=False, at=CLOSED),),
)
HISTORY = RepairHistory((REPAIR, FAILED), (HELD, OTHER))


def known(history: RepairHistory, after: timedelta) -> CardFeatures:
    return FeatureFold(history).until(CLOSED + after).cards[CARD]


def test_card_is_counted_up_to_the_moment() -> None:
    at_once = known(HISTORY, timedelta())
    later = known(HISTORY, 2 * DAY)

    assert (at_once.uses, at_once.held, at_once.wins, at_once.last_held) == (0, 0, 0, None)
    assert (later.uses, later.held, later.wins, later.last_held) == (2, 1, 1, CLOSED)
    assert (later.raw_success, later.prior, later.success) == (0.5, 0.5, 0.5)
    assert (at_once.verified, later.verified) == (False, True)
    assert dict(later.solved) == {
        "make:ather": 1,
        "model:ather:450x": 1,
        "code:sae:P0A80": 1,
        "symptom:SYM_CONN_001": 1,
    }


def test_component_lends_its_mean_to_a_new_card() -> None:
    often = [replace(REPAIR, closed_at=CLOSED + n * timedelta(minutes=1)) for n in range(8)]
    table = FeatureFold(RepairHistory(tuple(often), (HELD, OTHER))).until(CLOSED + DAY)
    assert table.cards[OTHER.card].success == 0.9
    assert table.cards[OTHER.card].raw_success is None


def test_return_is_known_after_thirty_days() -> None:
    back = RepairHistory((replace(REPAIR, came_back=True),), (HELD,))
    assert known(back, timedelta(days=30)).held == 1
    assert known(back, timedelta(days=30) + timedelta.resolution).held == 0


@pytest.mark.row("ML-33")
def test_one_success_does_not_outrank_many() -> None:
    once = CardFeatures(
        card=CARD, created_at=OPENED, severity=2, uses=1, held=1, wins=1, prior=0.99
    )
    often = replace(once, uses=189, held=178)
    assert (once.raw_success, often.raw_success) == (1.0, 178 / 189)
    assert once.success < often.success


@pytest.mark.row("ML-34")
def test_card_of_a_year_ago_has_a_third() -> None:
    days = [timedelta(days=-1), timedelta(), timedelta(days=365)]
    assert [round(recency(BEGIN, BEGIN + age), 4) for age in days] == [1.0, 1.0, 0.3679]


def test_severities_lie_apart() -> None:
    assert [complexity_gap(Severity.HIGH, level) for level in (1, 2, 3, 4)] == [2.0, 1.0, 0.0, 1.0]
    assert isnan(complexity_gap(None, 2))


def test_lift_grows_with_what_is_known() -> None:
    fold = FeatureFold(small_history(60))
    before = fold.until(BEGIN)
    card, kind = CardId("fc_contactor"), "model:ather:450x"
    assert before.lift(before.cards[card], kind) == 0.0
    after = fold.until(BEGIN + 30 * DAY)
    assert after.lift(after.cards[card], kind) > 0.5
    assert after.lift(after.cards[CardId("fc_charger")], kind) < 0.0


@given(st.integers(0, 45), st.integers(0, 2**32))
@settings(max_examples=40)
@pytest.mark.row("ML-3")
def test_planted_future_changes_nothing(days: int, seed: int) -> None:
    moment, whole = BEGIN + days * DAY, small_history(120)
    past = whole.until(moment)
    later = [r for r in small_history(120, seed).repairs if r.closed_at >= moment]
    planted = [replace(r, resolved_by=CardId("fc_fuse"), came_back=True) for r in later]
    new = replace(whole.cards[0], card=CardId("fc_of_tomorrow"), created_at=moment)
    future = RepairHistory((*past.repairs, *planted), (*past.cards, new))

    seen, knew = FeatureFold(past).until(moment), FeatureFold(future).until(moment)

    assert {c: seen.cards[c] for c in seen.cards} == {c: knew.cards[c] for c in knew.cards}
    assert (seen.wins, dict(seen.kinds)) == (knew.wins, dict(knew.kinds))


def test_report_names_its_kinds() -> None:
    known_vehicle = VehicleContext(make="Ather", model="450 X", firmware="4.2")
    assert report_kinds((), (), known_vehicle) == (
        "make:ather",
        "model:ather:450x",
        "firmware:ather:450x:4.2",
    )
    assert report_kinds((), (), VehicleContext()) == ()
