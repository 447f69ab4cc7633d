"""Figures and units: what is measured, and which symptom it tells."""

import pytest

from ingest.quantities import find_quantities, temperature_range
from ingest.symptom_figures import find_figures


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pack at 131°F, 45 mph", ["131 °F", "45 mph"]),
        ("air 104 F after 9 miles", ["104 °F", "9 mi"]),
        ("lowest 2.78 V/cell, mean 3968 mV", ["2.78 V/cell", "3968 mV"]),
        ("4 lakh ohm to body, 14060 kOhm", ["4 lakh Ω", "14060 kΩ"]),
        ("20 kWh/100km, 35 Wh/km", ["20 kWh/100 km", "35 Wh/km"]),
        ("error F 32, code E12", []),
    ],
)
def test_units_of_garages_are_read(text: str, expected: list[str]) -> None:
    assert [str(quantity) for quantity in find_quantities(text)] == expected


def test_a_range_in_fahrenheit_is_given_in_celsius() -> None:
    assert temperature_range("95-113F") == (35.0, 45.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spread 272 mV, lowest 3870, highest 4142", ["SYM_BMS_002"]),
        ("one group reads 2.9 V, others 3.6 V", ["SYM_BMS_002"]),
        ("cell spread 12 mV", []),
        ("isolation 14060 kOhm OK", []),
        ("insulation to chassis 180 kΩ at 500 V", ["SYM_BMS_005"]),
        ("12V: 11.2", ["SYM_ELEC_001"]),
        ("12V: 12.6", []),
        ("12V rail 10.9 with HV on", ["SYM_CTRL_005"]),
        ("12V at rest 12.6, 14.2 running", []),
        ("pack temp reads 131°F", ["SYM_BATT_005"]),
        ("air temp 104°F", []),
        ("used to give 90 now 40 km", ["SYM_BATT_002"]),
        ("used to give 90 now 88 km", []),
        ("charging takes 11 hours, was 5 hours", ["SYM_CHRG_002"]),
        ("left with 100 % and 11 km later it said 4 %", ["SYM_BATT_003"]),
        ("100 % in the morning, 40 % after 60 km", []),
        ("battery drains from 100 to 93 overnight", ["SYM_BATT_010"]),
        ("72V gaadi, khadi me 74.2, race dete hi 58 tak girta hai", ["SYM_BATT_004"]),
        ("48V pack reads 41V", ["SYM_BATT_011"]),
        ("48V pack reads 53V", []),
        ("13 series at 39 V", ["SYM_BATT_011"]),
        ("state of health 72 percent", ["SYM_BMS_012"]),
        ("state of health 97 %", []),
        ("tyre 32 psi yesterday, 12 today", ["SYM_DRIV_010"]),
        ("top speed 80 thi pehle ab 50 kmph", ["SYM_MOTR_012"]),
    ],
)
def test_a_figure_tells_a_symptom_only_beyond_its_limit(text: str, expected: list[str]) -> None:
    assert [seen.symptom for seen in find_figures(text) if not seen.negated] == expected


def test_a_good_figure_takes_back_what_words_seem_to_tell() -> None:
    found = [(seen.symptom, seen.negated) for seen in find_figures("isolation fault? 2.1 MΩ")]
    assert found == []
    found = [(seen.symptom, seen.negated) for seen in find_figures("isolation 2.1 MΩ")]
    assert found == [("SYM_BMS_005", True), ("SYM_CTRL_004", True)]


def test_a_finding_stands_where_the_figure_is() -> None:
    text = "rest fine, cells: spread 272 mV at rest"
    (found,) = find_figures(text)
    assert text[found.start : found.end] == "spread 272 mV"
