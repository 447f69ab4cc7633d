"""What does not fit between a report and a card."""

from dataclasses import replace

import pytest

from domain.codes import CodeKey
from domain.matches import SymptomFigure
from domain.reasons import Reason, ReasonKind
from domain.tickets import SeenSymptom
from matching.misfits import find_misfits
from tests.matching.samples import E401, P0A80, REPORT, SYMPTOM, facts

pytestmark = pytest.mark.row("PI-7")
APART, LOW = "SYM_BMS_002", "SYM_BATT_011"
NAMES = {APART: "Cell voltage difference warning", LOW: "Pack shows no voltage at its terminals"}
SAID = replace(REPORT, symptoms=(SeenSymptom(code=APART, confidence=0.85),), names=NAMES)
EQUAL = SymptomFigure(symptom=APART, figure="within 8 mV", good=True)


def test_a_measured_value_stands_against_a_healthy_one() -> None:
    bad = SymptomFigure(symptom=APART, figure="300 mV apart", good=False)
    said = replace(SAID, codes=(), figures=(bad,))
    assert list(find_misfits(said, facts("a"), (EQUAL,))) == [
        Reason(
            kind=ReasonKind.HEALTHY_FIGURE,
            subject=APART,
            told=("Cell voltage difference warning", "300 mV apart", "within 8 mV"),
        )
    ]


def test_a_healthy_figure_of_something_else_is_no_misfit() -> None:
    other = replace(EQUAL, symptom=LOW)
    bad = replace(EQUAL, good=False)
    assert list(find_misfits(replace(SAID, codes=()), facts("a"), (other, bad))) == []


@pytest.mark.parametrize(("figures", "told"), [((), ()), (("12.8 V",), ("12.8 V",))])
def test_what_the_report_denies_is_at_odds(figures: tuple[str, ...], told: tuple[str, ...]) -> None:
    good = tuple(SymptomFigure(symptom=LOW, figure=one, good=True) for one in figures)
    said = replace(REPORT, codes=(), symptoms=(), denied=(LOW,), figures=good, names=NAMES)
    assert list(find_misfits(said, facts("a", symptoms=(LOW,)), ())) == [
        Reason(kind=ReasonKind.DENIED_SYMPTOM, subject=LOW, told=(NAMES[LOW], *told))
    ]


def test_a_code_that_the_card_lacks_is_told_once() -> None:
    """A bare code of an unknown make has a key for each make that uses it."""
    said = replace(REPORT, symptoms=(), codes=(CodeKey("ola:E9"), CodeKey("ather:E9"), E401))
    found = list(find_misfits(said, facts("a", codes=(E401, P0A80)), ()))
    assert found == [Reason(kind=ReasonKind.OTHER_CODE, subject="ola:E9")]


def test_a_card_without_codes_lacks_none() -> None:
    assert list(find_misfits(replace(REPORT, symptoms=()), facts("a"), ())) == []


def test_a_sure_symptom_that_the_card_lacks_is_told() -> None:
    seen = (*SAID.symptoms, SeenSymptom(code=LOW, confidence=0.4))
    said = replace(SAID, codes=(), symptoms=seen)
    assert list(find_misfits(said, facts("a", symptoms=(SYMPTOM,)), ())) == [
        Reason(kind=ReasonKind.OTHER_SYMPTOM, subject=APART, told=(NAMES[APART],))
    ]


def test_a_card_for_other_makes_says_so() -> None:
    said = replace(REPORT, codes=(), symptoms=())
    strange, ours = facts("a", fits=("tata", "tata|nexon")), facts("b", fits=("ather",))
    assert [one.kind for one in find_misfits(said, strange, ())] == [ReasonKind.OTHER_VEHICLE]
    assert list(find_misfits(said, ours, ())) == []
