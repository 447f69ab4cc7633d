"""What a card may hold: ranges, caps, closed choices, and who may see it."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from domain.cards import (
    TEXT_LIMIT,
    CardStatus,
    Environment,
    Evidence,
    FailureCard,
    FailureMode,
    Humidity,
    Occurrence,
    PartUse,
    Reading,
    RepairStep,
    Resolution,
    RootCause,
    Severity,
    Signature,
    SolutionType,
    Visibility,
    check_model_years,
)
from domain.errors import InvalidInput
from domain.vehicles import UNKNOWN, VehicleCategory, VehicleContext
from tests.domain.samples import CARD, DELHI, PUNE

TODAY = date(2026, 11, 23)
CHOICES = {
    FailureMode: "degradation open_circuit short_circuit intermittent_contact overheating leakage "
    "water_ingress wear fracture corrosion software_fault calibration_drift communication_loss "
    "insulation_breakdown contamination loosening blockage unknown",
    Severity: "low medium high critical",
    Occurrence: "intermittent constant one_time",
    Humidity: "low normal high",
    SolutionType: "component_replacement repair recalibration firmware_update cleaning adjustment "
    "no_fault_found",
    CardStatus: "draft provisional verified deprecated rejected merged",
}


@pytest.mark.row("CA-9", "CA-11", "CA-20", "CA-3")
@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.__name__)
def test_choices_are_closed(choice: Any) -> None:  # noqa: ANN401 - one of several enums
    assert [str(member) for member in choice] == CHOICES[choice].split()


@pytest.mark.row("CA-9", "CA-11", "CA-20")
@pytest.mark.parametrize("choice", [FailureMode, Occurrence, SolutionType])
def test_unlisted_choice_is_refused(choice: Any) -> None:  # noqa: ANN401 - one of several enums
    with pytest.raises(ValueError, match="gremlins"):
        choice("gremlins")


@pytest.mark.row("CA-10")
def test_severities_count_from_one() -> None:
    assert {s.value: s.level for s in Severity} == {
        "low": 1,
        "medium": 2,
        "high": 3,
        "critical": 4,
    }


@pytest.mark.row("CA-6", figure="10,000 characters")
def test_symptom_text_ends_at_ten_thousand() -> None:
    assert Signature(text="x" * TEXT_LIMIT).text == "x" * 10_000
    with pytest.raises(InvalidInput, match="symptomText: has 10001 characters"):
        Signature(text="x" * (TEXT_LIMIT + 1))


@pytest.mark.row("CA-6")
@pytest.mark.parametrize("text", ["बैटरी 80% पर रुक जाती है", "charge poora nahi hota 🔋", "ಬ್ಯಾಟರಿ"])
def test_text_of_any_script_is_kept(text: str) -> None:
    assert Signature(text=text).text == text


@pytest.mark.row("CA-5")
@pytest.mark.parametrize("code", ["SYM_BATT_1", "sym_batt_001", "SYM_BATT_001\n", "BATT_001", ""])
def test_malformed_symptom_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput, match="SYM_BATT_001"):
        Signature(text="x", symptoms=(code,))


@pytest.mark.row("CA-12")
def test_environment_keeps_both_ends() -> None:
    given = Environment(low_c=35, high_c=45, humidity=Humidity.HIGH)
    assert (given.low_c, given.high_c) == (35, 45)


@pytest.mark.row("CA-12")
@pytest.mark.parametrize(("low", "high"), [(45, 35), (-61, None), (None, 151), (float("nan"), 10)])
def test_impossible_temperatures_are_refused(low: float | None, high: float | None) -> None:
    with pytest.raises(InvalidInput, match="temperature"):
        Environment(low_c=low, high_c=high)


@pytest.mark.row("CA-17")
@pytest.mark.parametrize("confidence", [0, 0.87, 1])
def test_confidence_within_bounds_stands(confidence: float) -> None:
    assert RootCause(primary="x", confidence=confidence).confidence == confidence


@pytest.mark.row("CA-17")
@pytest.mark.parametrize("confidence", [-0.001, 1.001, float("nan"), float("inf")])
def test_confidence_outside_is_refused(confidence: float) -> None:
    with pytest.raises(InvalidInput, match="confidence"):
        RootCause(primary="x", confidence=confidence)


@pytest.mark.row("CA-21")
def test_high_voltage_starts_with_safety() -> None:
    safe, bare = RepairStep(action="Isolate", safety=True), RepairStep(action="Open the pack")
    work = Resolution(type=SolutionType.REPAIR, steps=(safe, bare), high_voltage=True)
    assert work.steps[0].safety
    with pytest.raises(InvalidInput, match="isolation and PPE"):
        replace(work, steps=(bare, safe))


@pytest.mark.row("CA-21")
def test_high_voltage_needs_any_step() -> None:
    with pytest.raises(InvalidInput, match="isolation and PPE"):
        Resolution(type=SolutionType.REPAIR, high_voltage=True)


@pytest.mark.row("CA-22")
@pytest.mark.parametrize("quantity", [0, -1, 1_001])
def test_part_quantity_is_at_least_one(quantity: int) -> None:
    with pytest.raises(InvalidInput, match="quantity"):
        PartUse(part="BW-1", quantity=quantity)


@pytest.mark.parametrize("minutes", [-1, 100_001])
def test_labour_is_bounded(minutes: int) -> None:
    with pytest.raises(InvalidInput, match="labourMinutes"):
        Resolution(type=SolutionType.REPAIR, labour_minutes=minutes)


@pytest.mark.row("CA-15")
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e13])
def test_reading_is_a_finite_number(value: float) -> None:
    with pytest.raises(InvalidInput, match="soc"):
        Reading(name="soc", value=value)


def test_free_words_lose_control_characters() -> None:
    evidence = Evidence(
        tool="BMS\x00 reader", readings=(Reading(name="soc\x07", value=1, unit="%\ud800"),)
    )
    cause = RootCause(primary="a\x00b", secondary=("c\ud800d",), reasoning="e\x1bf")
    step = RepairStep(action="go", tools=("meter\x00",))
    assert evidence == Evidence(
        tool="BMS reader", readings=(Reading(name="soc", value=1, unit="%"),)
    )
    assert cause == RootCause(primary="ab", secondary=("cd",), reasoning="ef")
    assert step.tools == ("meter",)


def test_a_differential_is_no_word_to_be_found_by() -> None:
    told = replace(CARD, cause=replace(CARD.cause, differential=("Looks like a zeppelin",)))
    assert told.full_text == CARD.full_text
    assert told.cause.differential == ("Looks like a zeppelin",)


@pytest.mark.row("CA-4")
def test_vehicle_keeps_seven_facts() -> None:
    vehicle = VehicleContext(
        make="Ather",
        model="450X",
        variant="Gen 3",
        year=2022,
        mileage_km=0,
        battery_cycles=0,
        firmware="7.1.0",
    )
    assert [getattr(vehicle, f.name) for f in fields(vehicle)] == [
        "Ather",
        "450X",
        "Gen 3",
        2022,
        0,
        0,
        "7.1.0",
        None,
    ]


@pytest.mark.row("CA-4")
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"mileage_km": -1}, "mileageKm"),
        ({"mileage_km": 10**400}, "mileageKm"),
        ({"battery_cycles": -1}, "batteryCycles"),
        ({"year": 1949}, "year"),
        ({"year": 2101}, "year"),
        ({"make": "x" * 81}, "make"),
        ({"make": " "}, "make"),
        ({"model": "450X"}, "make"),
    ],
)
def test_impossible_vehicle_is_refused(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        VehicleContext(**wrong)
    assert refused.value.field == field


@pytest.mark.row("CA-4")
@pytest.mark.parametrize(
    ("year", "fits"), [(2009, False), (2010, True), (2027, True), (2028, False)]
)
def test_model_years_end_next_year(year: int, fits: bool) -> None:
    card = replace(CARD, vehicles=(VehicleContext(year=year),))
    if fits:
        check_model_years(card, TODAY)
    else:
        with pytest.raises(InvalidInput, match="year"):
            check_model_years(card, TODAY)


@pytest.mark.row("CA-28")
@pytest.mark.parametrize(
    ("vehicles", "category"),
    [
        ((), VehicleCategory.OTHER),
        ((UNKNOWN, VehicleContext(category=VehicleCategory.BUS)), VehicleCategory.BUS),
    ],
)
def test_category_comes_from_vehicles(
    vehicles: tuple[VehicleContext, ...], category: VehicleCategory
) -> None:
    assert replace(CARD, vehicles=vehicles).category is category


@pytest.mark.row("CA-28")
def test_categories_are_the_trade() -> None:
    assert [c.value for c in VehicleCategory] == [
        "two_wheeler_electric",
        "three_wheeler_electric",
        "four_wheeler_electric",
        "bus_electric",
        "other",
    ]


@pytest.mark.parametrize(
    ("makes", "make"), [((), None), (("Ola", "Ola"), "Ola"), (("Ola", "Ather"), None)]
)
def test_make_only_when_one(makes: tuple[str, ...], make: str | None) -> None:
    vehicles = tuple(VehicleContext(make=m) for m in makes)
    assert replace(CARD, vehicles=vehicles).make == make


@pytest.mark.row("CA-33")
@pytest.mark.parametrize(
    ("visibility", "sees"),
    [
        (Visibility(), True),
        (Visibility(garages=(PUNE,)), True),
        (Visibility(garages=(DELHI,)), False),
        (Visibility(regions=("west",)), True),
        (Visibility(regions=("north",)), False),
        (Visibility(garages=(DELHI,), regions=("west",)), True),
    ],
)
def test_visibility_names_garage_or_region(visibility: Visibility, sees: bool) -> None:
    assert visibility.includes(PUNE, "west") is sees


@pytest.mark.row("CA-33")
def test_nobody_sees_a_limited_card() -> None:
    assert not Visibility(garages=(PUNE,)).includes(None, None)


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"title": "x" * 201}, {"version": 0}, {"vehicles": (UNKNOWN,) * 2_001}]
)
def test_card_keeps_its_bounds(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        replace(CARD, **wrong)


def test_card_is_frozen() -> None:
    with pytest.raises(AttributeError):
        CARD.__setattr__("title", "other")
    assert isinstance(CARD, FailureCard)
