"""The specification's formulas, to the digit."""

import pytest

from domain.codes import CodeKey
from domain.ids import CardId
from domain.matches import VehicleLevel
from matching import formulas

A, B, C, D = (CardId(f"fc_{name}") for name in "abcd")
ONE, TWO = CodeKey("sae:P0A1F"), CodeKey("sae:P0A80")


@pytest.mark.row("MA-5")
def test_ensemble_sums_weighted_reciprocal_places() -> None:
    ranked = formulas.ensemble_score([[A, B], [B, C], [C, B, A]])
    assert ranked == [
        (B, pytest.approx(0.4 / 2 + 0.3 + 0.3 / 2)),
        (A, pytest.approx(0.4 + 0.3 / 3)),
        (C, pytest.approx(0.3 / 2 + 0.3)),
    ]


@pytest.mark.row("IX-9")
def test_hybrid_scores_three_cards() -> None:
    ranked = formulas.hybrid_score({A: 0.8, B: 0.4}, {B: 6.0, C: 3.0})
    assert ranked == [
        (B, pytest.approx(0.6 * 0.5 + 0.4 * 1.0)),
        (A, pytest.approx(0.6 * 1.0)),
        (C, pytest.approx(0.4 * 0.5)),
    ]


@pytest.mark.row("MA-2")
@pytest.mark.parametrize(("confidence", "ends"), [(0.95, False), (0.951, True), (1.0, True)])
def test_short_circuit_is_strict(confidence: float, ends: bool) -> None:
    assert formulas.code_settles(confidence) is ends


@pytest.mark.row("MA-6")
@pytest.mark.parametrize(("score", "kept"), [(0.70, False), (0.7001, True)])
def test_effectiveness_floor_is_strict(score: float, kept: bool) -> None:
    assert formulas.is_effective(score) is kept


@pytest.mark.row("MA-1")
@pytest.mark.parametrize(
    ("reported", "on_card", "level", "confidence"),
    [
        ([ONE, TWO], [TWO, ONE], VehicleLevel.MODEL, 1.0),
        ([ONE], [ONE, TWO], VehicleLevel.YEAR, 0.5),
        ([ONE], [ONE], VehicleLevel.NONE, 0.8),
        ([ONE], [TWO], VehicleLevel.YEAR, 0.0),
        ([], [], VehicleLevel.YEAR, 0.0),
    ],
)
def test_code_confidence(
    reported: list[CodeKey], on_card: list[CodeKey], level: VehicleLevel, confidence: float
) -> None:
    assert formulas.code_confidence(reported, on_card, level) == pytest.approx(confidence)
