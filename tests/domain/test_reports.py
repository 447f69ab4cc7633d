"""A report at the door: cleaned text, bounded codes, a vehicle or none."""

from typing import Any

import pytest

from domain.errors import InvalidInput
from domain.matches import VehicleLevel, closeness
from domain.reports import FailureReport
from domain.vehicles import UNKNOWN, VehicleContext, VehicleModel, slug
from domain.vocabulary import Symptom, symptom_code

REPORTED = VehicleContext(make="Ather", model="450X", year=2022)


def test_report_is_cleaned() -> None:
    report = FailureReport.parse("  no\x00 charge ", (" e401\x07 ",))
    assert report == FailureReport(text="no charge", codes=("e401",), vehicle=UNKNOWN)


def test_code_alone_is_a_report() -> None:
    assert FailureReport.parse("", ("E401",), REPORTED) == FailureReport(
        text="", codes=("E401",), vehicle=REPORTED
    )


def test_a_longer_text_is_cut_after_ten_thousand() -> None:
    whole, longer = FailureReport.parse("x" * 10_000), FailureReport.parse("x" * 10_001)
    assert (len(whole.text), whole.note) == (10_000, None)
    assert longer.text == whole.text
    assert longer.note == "Only the first 10,000 of its 10,001 characters were read."


def test_a_long_text_that_grows_by_its_masks_is_cut_too() -> None:
    told = FailureReport.parse("a@b.co " * 2_000)
    assert len(told.text) == 10_000
    assert "@" not in told.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": " ", "codes": ()},
        {"text": "x", "codes": ("E1",) * 51},
        {"text": "x", "codes": ("E" * 41,)},
        {"text": "x", "codes": ("",)},
    ],
)
def test_unbounded_report_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        FailureReport.parse(**wrong)


@pytest.mark.row("MA-3")
@pytest.mark.parametrize(
    ("card", "level"),
    [
        (VehicleContext(make="ATHER", model="450x", year=2022), VehicleLevel.YEAR),
        (VehicleContext(make="Ather", model="450X", year=2021), VehicleLevel.MODEL),
        (VehicleContext(make="Ather", model="450X"), VehicleLevel.MODEL),
        (VehicleContext(make="Ather", model="Rizta", year=2022), VehicleLevel.MAKE),
        (VehicleContext(make="Ola", model="450X", year=2022), VehicleLevel.NONE),
        (UNKNOWN, VehicleLevel.NONE),
    ],
)
def test_vehicles_fit_by_level(card: VehicleContext, level: VehicleLevel) -> None:
    assert closeness(card, REPORTED) is level


def test_unknown_vehicles_never_fit() -> None:
    assert closeness(UNKNOWN, UNKNOWN) is VehicleLevel.NONE


@pytest.mark.parametrize(
    ("words", "joined"),
    [
        (("Ather", "450X", "2024"), "ather-450x-2024"),
        (("Tata Motors", "", "Nexon_EV "), "tata-motors-nexon-ev"),
        (("--",), ""),
    ],
)
def test_slug_joins_words(words: tuple[str, ...], joined: str) -> None:
    assert slug(*words) == joined


def test_named_model_has_an_id() -> None:
    named = VehicleModel(make="Ather", model="450X", year=2022)
    assert (REPORTED.named, named.id) == (named, "ather-450x-2022")
    assert UNKNOWN.named is None


@pytest.mark.row("CA-5")
@pytest.mark.parametrize("code", ["SYM_BATT_001", "SYM_HV_999", "SYM_ELECTRON_000"])
def test_symptom_codes_have_one_form(code: str) -> None:
    assert symptom_code(code) == Symptom(code=code, text="x").code
