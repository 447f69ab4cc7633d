"""Codes in texts: every form is read, what is said of it is told, and nothing is invented."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.codes import is_right
from domain.codes import CodeStatus
from ingest.extraction import find_in_text
from ingest.lexicon import Lexicon, PhraseKind
from ingest.text_codes import find_codes
from tests.ingest.codes import DEVELOPMENT, LabelledText, labelled_texts, read_codes, told_codes

LABELLED = labelled_texts(DEVELOPMENT)
PIECES = (
    "no not cleared pending stored kabhi P0A1F P0A80-16 p1a0f13 08 E401 e 401 E.06 BMS_f038 error"
    " code fault Err-40 12 0x0A1F 43 01 0A 1F 59 02 FF 7E8 10 21 SPN 523 FMI 3 pee zero a one eff"
    " POA7F Р0А80 E४०१ , . : / - ( ) \n nahi hai wapas aa gaya came back 18650 P100D display shows"
    " NIU in red दिख नहीं"
)
REPORTS = Path("reports") / "reports.jsonl"


@pytest.mark.parametrize("labelled", LABELLED, ids=lambda one: one.text[:40])
def test_codes_are_exactly_those_told(labelled: LabelledText, lexicon: Lexicon) -> None:
    seen = read_codes(labelled.text, lexicon, labelled.make)
    assert told_codes(seen) == labelled.told


def test_the_labelled_texts_are_enough() -> None:
    assert len(LABELLED) > 600
    assert len({one.text for one in LABELLED}) == len(LABELLED)


def test_reports_met_for_the_first_time(data: Path, lexicon: Lexicon) -> None:
    lines = [json.loads(line) for line in (data / REPORTS).read_text("utf-8").splitlines()]
    asked: list[dict[str, Any]] = [line for line in lines if "codes" in str(line["expected"])]
    assert len(asked) > 30
    assert [line["id"] for line in asked if not is_right(line, lexicon)] == []


def test_failure_types_of_one_code_stay_apart(lexicon: Lexicon) -> None:
    text = "P1A0F13 and P1A0F-16 pending"
    found = [
        (f.value, f.failure_type, f.status, text[f.start : f.end])
        for f in find_in_text(text, lexicon)
        if f.kind is PhraseKind.CODE
    ]
    assert found == [
        ("P1A0F", "13", CodeStatus.PRESENT, "P1A0F"),
        ("P1A0F", "16", CodeStatus.PENDING, "P1A0F"),
    ]


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("does not switch on, P18051c was erased", ["P1805"]),
        ("P0A80 was cleared, only P0AA6 stays", ["P0AA6"]),
        ("P0A80 was cleared and did not come back", []),
        ("no P0A80, not P0AA6 but U0111", ["U0111"]),
    ],
)
def test_a_cleared_code_counts_where_nothing_else_is_left(
    text: str, used: list[str], lexicon: Lexicon
) -> None:
    assert [code.bare for code in read_codes(text, lexicon) if not code.negated] == used


def test_a_code_of_an_answer_stands_at_its_bytes(lexicon: Lexicon) -> None:
    text = "answer 59 02 FF 0A 1F 13 08 0A 80 16 2F"
    found = [(c.bare, text[c.start : c.end], c.failure_type) for c in read_codes(text, lexicon)]
    assert found == [("P0A1F", "0A 1F", "13"), ("P0A80", "0A 80", "16")]


def test_places_of_vehicles_hold_no_codes(lexicon: Lexicon) -> None:
    text = "error E401"
    assert find_codes(text, lexicon.codes, [(6, 10)]) == []


@settings(max_examples=300)
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(st.sampled_from(PIECES.split(" ")), max_size=40).map(" ".join),
        st.lists(st.sampled_from(PIECES.split(" ")), max_size=20).map("".join),
    )
)
def test_any_text_is_read_and_codes_stand_in_it(lexicon: Lexicon, text: str) -> None:
    last = 0
    for code in find_codes(text, lexicon.codes):
        assert last <= code.start < code.end <= len(text)
        assert 0 < code.confidence <= 1
        assert text[code.start : code.end].strip() == text[code.start : code.end]
        assert code.bare.isascii()
        last = code.end
