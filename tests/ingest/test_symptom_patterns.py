"""Symptoms by meaning: everyday words, misspelt words, what is denied, repaired or only asked."""

import pytest

from ingest.spellings import Speller, edit_distance
from ingest.symptom_patterns import find_symptoms, pattern_table


def told(text: str) -> list[str]:
    return sorted({s.symptom for s in find_symptoms(text) if not s.negated and s.confidence >= 0.5})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("average gir gaya", ["SYM_BATT_002"]),
        ("pickup nahi hai", ["SYM_MOTR_008"]),
        ("gaadi uthti nahi", ["SYM_MOTR_008"]),
        ("horn nahi baj raha", ["SYM_ELEC_006"]),
        ("horn bilkul nahi bajta", ["SYM_ELEC_006"]),
        ("scooter nt chrgng", ["SYM_CHRG_001"]),
        ("notcharging", ["SYM_CHRG_001"]),
        ("brek lagane pe chi chi", ["SYM_BRAK_002"]),
        ("bluetuth nt conecting", ["SYM_CONN_005"]),
    ],
)
def test_everyday_and_misspelt_words_are_read(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("without charging it stood for a week", []),
        ("no noise but the motor shakes", ["SYM_MOTR_002"]),
        ("motor is fine, brakes fine, charging no problem", []),
        ("FAULT_CODE_ABS_OVER_CURRENT", []),
        ("it is not that the charger is hot", []),
        ("not the brakes, not the tyres", []),
        ("replaced the motor bearing, motor noise is gone", []),
        ("could it be the motor noise?", []),
        ("it won't open from the screen", []),
        ("the change in my range rover", []),
    ],
)
def test_what_is_denied_repaired_or_only_asked_is_no_symptom(
    text: str, expected: list[str]
) -> None:
    assert told(text) == expected


def test_a_misspelt_word_is_less_sure() -> None:
    right, wrong = find_symptoms("horn not working"), find_symptoms("hornn not working")
    assert ({s.confidence for s in right}, {s.confidence for s in wrong}) == ({0.9}, {0.8})


def test_a_finding_stands_on_the_words_that_tell_it() -> None:
    text = "since monday the horn does not sound"
    places = {text[s.start : s.end] for s in find_symptoms(text)}
    assert places == {"horn does not"}


def test_every_group_of_a_pattern_is_known() -> None:
    table = pattern_table()
    symptoms = {p.symptom for patterns in table.patterns.values() for p in patterns}
    assert len(symptoms) >= 160
    assert {twin for twins in table.instead.values() for twin in twins} <= symptoms


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("brake", "brake", 0), ("brake", "brak", 1), ("brake", "brkae", 1), ("brake", "horn", 5)],
)
def test_a_swap_of_two_letters_is_one_mistake(one: str, other: str, distance: int) -> None:
    assert edit_distance(one, other) == distance


def test_an_ordinary_word_is_not_mended() -> None:
    speller = Speller(("charge", "warm", "battery", "not", "charging"))
    mended = {word: speller.mend(word) for word in ("warn", "chrage", "bttry", "notcharging")}
    assert mended == {
        "warn": (),
        "chrage": ("charge",),
        "bttry": ("battery",),
        "notcharging": ("not", "charging"),
    }
