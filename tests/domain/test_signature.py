"""What two cards of one failure share: the hash of the signature, and the telling words."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cards import Severity, Signature
from domain.codes import CodeKey
from domain.signature import cause_key, group_by_cause, split_words, symptom_hash, telling_words

TEXT = (
    "Charging stops at 80% on the charger. Charger fan runs, charging LED blinks, BMS warm; charger"
)
SIGNATURE = Signature(
    text="Charging stops at 80%",
    symptoms=("SYM_BATT_001", "SYM_BMS_002"),
    error_codes=(CodeKey("sae:P0A80"), CodeKey("ather:E401")),
    component="bms",
)
OTHER_PROCESS = """
import sys

from domain.signature import telling_words

print("|".join(telling_words(sys.argv[1])))
"""


@pytest.mark.row("CA-26")
def test_keywords_by_frequency_then_spelling() -> None:
    assert telling_words(TEXT) == (
        "charger",
        "charging",
        "80%",
        "blinks",
        "bms",
        "fan",
        "led",
        "runs",
        "stops",
        "warm",
    )


@pytest.mark.row("CA-26")
def test_keywords_agree_over_runs() -> None:
    assert len({telling_words(TEXT) for _ in range(3)}) == 1


@pytest.mark.row("CA-26")
@pytest.mark.parametrize("seed", ["1", "2"])
def test_keywords_agree_over_processes(seed: str) -> None:
    told = subprocess.run(  # noqa: S603 - this interpreter, our own words
        [sys.executable, "-c", OTHER_PROCESS, TEXT],
        env=os.environ | {"PYTHONHASHSEED": seed},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert told.stdout.strip().split("|") == list(telling_words(TEXT))


@pytest.mark.row("CA-26")
def test_keywords_end_at_twelve() -> None:
    assert telling_words(*(f"word{n:02}" for n in range(20))) == tuple(
        f"word{n:02}" for n in range(12)
    )


@pytest.mark.row("CA-26", "CA-6")
def test_words_of_indian_scripts_stay_whole() -> None:
    assert split_words("बैटरी चार्ज नहीं होती। ಬ್ಯಾಟರಿ low") == [
        "बैटरी",
        "चार्ज",
        "नहीं",
        "होती",
        "ಬ್ಯಾಟರಿ",
        "low",
    ]


@pytest.mark.row("CA-6")
def test_hinglish_fillers_are_left_out() -> None:
    assert split_words("battery charge nahi hota hai, 80 percent pe ruk jaati hai") == [
        "battery",
        "charge",
        "80",
        "percent",
        "ruk",
        "jaati",
    ]


def test_words_fold_width_and_case() -> None:
    assert split_words("ＢＭＳ Straße 12.5 over-voltage under_voltage") == [
        "bms",
        "strasse",
        "12.5",
        "over-voltage",
        "voltage",
    ]


@pytest.mark.row("CA-27")
@pytest.mark.parametrize(
    "same",
    [
        replace(SIGNATURE, text="80% AT stops, charging"),
        replace(SIGNATURE, text="  charging   charging stops: at the 80%!"),
        replace(SIGNATURE, symptoms=("SYM_BMS_002", "SYM_BATT_001", "SYM_BATT_001")),
        replace(SIGNATURE, error_codes=SIGNATURE.error_codes[::-1]),
        replace(SIGNATURE, severity=Severity.CRITICAL),
    ],
)
def test_hash_is_blind_to_order(same: Signature) -> None:
    assert symptom_hash(same) == symptom_hash(SIGNATURE)


@pytest.mark.row("CA-27")
@pytest.mark.parametrize(
    "other",
    [
        replace(SIGNATURE, text="Charging stops at 90%"),
        replace(SIGNATURE, symptoms=("SYM_BATT_001",)),
        replace(SIGNATURE, error_codes=()),
        replace(SIGNATURE, component="charger"),
    ],
)
def test_hash_tells_failures_apart(other: Signature) -> None:
    assert symptom_hash(other) != symptom_hash(SIGNATURE)


@pytest.mark.row("CA-27")
def test_hash_is_a_sha256() -> None:
    assert symptom_hash(Signature(text="Charging stops", component="bms")) == (
        "sha256:414852d1c4802611200ee3cf30862263bf96d622d8c513ebf42a581136f664a5"
    )


@pytest.mark.row("CA-27")
@given(st.permutations("charging stops at eighty percent every evening".split()), st.booleans())
def test_any_word_order_hashes_alike(shuffled: list[str], upper: bool) -> None:
    text = " ".join(shuffled)
    plain = Signature(text="charging stops at eighty percent every evening")
    assert symptom_hash(Signature(text=text.upper() if upper else text)) == symptom_hash(plain)


def test_causes_are_the_same_by_their_words() -> None:
    assert (
        cause_key("Cells drifted  apart.")
        == cause_key("cells drifted-apart")
        == ("cells-drifted-apart")
    )
    # Vowel signs tell Indian words apart: a motor is no metre.
    assert cause_key("मोटर") != cause_key("मीटर")
    assert cause_key("?!") == ""


def test_each_cause_is_named_once_in_its_first_wording() -> None:
    assert group_by_cause(["Wet plug", "?!", "wet  PLUG.", "Fuse"]) == {
        "wet-plug": "Wet plug",
        "?!": "?!",
        "fuse": "Fuse",
    }
