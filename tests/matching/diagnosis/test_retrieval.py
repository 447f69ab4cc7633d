"""What is brought before a reasoner: five cards at most, none under a similarity of 0.7."""

from dataclasses import replace

import pytest

from domain.matches import CardFacts, UnderstoodReport, VehicleLevel
from domain.reports import FailureReport
from domain.tickets import SeenSymptom
from domain.vehicles import UNKNOWN
from matching.diagnosis.retrieval import SIMILAR, card_similarity, find_precedents
from tests.matching.diagnosis.precedents import DRIFT, card, precedent
from tests.matching.samples import E401, P0A80, REPORT, SYMPTOM, facts

SILENT = UnderstoodReport(report=FailureReport(text=""), vehicle=UNKNOWN)
OTHER = SeenSymptom(code="SYM_BATT_002", confidence=0.3)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (facts("text", cosine=0.5), 0.75),
        (facts("opposite", cosine=-1.0), 0.0),
        (facts("code", codes=(E401,), vehicle_level=VehicleLevel.MODEL), 1.0),
        (facts("half", codes=(E401, P0A80), vehicle_level=VehicleLevel.NONE), 0.4),
        (facts("symptom", symptoms=(SYMPTOM, "SYM_BATT_009")), 0.75),
        (facts("all", cosine=0.2, codes=(E401,), symptoms=(SYMPTOM,)), 0.8),
        (facts("nothing"), 0.0),
    ],
)
def test_without_a_chance_similarity_is_the_strongest_of_three(
    told: CardFacts, expected: float
) -> None:
    report = replace(REPORT, symptoms=(*REPORT.symptoms, OTHER))
    assert card_similarity(report, told) == pytest.approx(expected)


def test_a_silent_report_is_like_nothing() -> None:
    told = facts("any", codes=(E401,), symptoms=(SYMPTOM,), vehicle_level=VehicleLevel.YEAR)
    assert card_similarity(SILENT, told) == 0.0


@pytest.mark.row("ML-23", figure="< .7 never passed")
def test_five_similar_ones_are_brought_in_order() -> None:
    cosines = (0.39, 0.4, 0.41, 0.9, 0.8, 0.7, 0.6)
    matches = [precedent(f"n{n}", DRIFT, cosine=c).match for n, c in enumerate(cosines)]
    found = find_precedents(replace(REPORT, codes=(), symptoms=()), matches, None)
    assert [one.id for one in found] == ["fc_n1", "fc_n2", "fc_n3", "fc_n4"]
    assert min(one.similarity for one in found) == pytest.approx(SIMILAR) == 0.7


def test_a_card_that_can_no_longer_be_read_is_left_out() -> None:
    matches = [precedent(name, DRIFT, cosine=0.9).match for name in "ab"]
    known = card("b", DRIFT)
    found = find_precedents(REPORT, matches, {known.id: known})
    assert [(one.id, one.card) for one in found] == [(known.id, known)]
