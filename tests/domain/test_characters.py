"""What hides in a text is taken out, and what a script needs stays."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain import characters
from domain.characters import digits_folded, plain_text

HIDDEN = (
    "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad"
)
MIXED = st.text(
    "\u200d\u200c\u094d\u0915\u0062\U0001f468\ufe0f\u0300\u0315\u202e\u0631\u0dcf\u0344\ufb2c"
)


@pytest.mark.parametrize(
    "hidden", [*HIDDEN, "\x00", "\x1b", "\x85", "\ud800", "\U000e0041", "\uffff"]
)
def test_hidden_characters_go(hidden: str) -> None:
    assert plain_text(f"in{hidden}voice") == "invoice"


@pytest.mark.parametrize(
    "kept",
    [
        "क्\u200dष",  # a half form
        "न\u0d4d\u200d",  # an old Malayalam chillu, at the end of a word
        "می\u200cخواهم",
        "👩🏽\u200d🔧 🏳️\u200d🌈",
        "line\nand\ttab",
        "35 °C – ₹ 1,20,000",
        "ব্যাটারি மின்கலம் 电池 バッテリー",
    ],
)
def test_what_a_script_needs_stays(kept: str) -> None:
    assert plain_text(kept) == kept


@pytest.mark.parametrize("stray", ["a\u200db", "\u200cx", "x\u200d", "1\u200d2", "👩\u200dx"])
def test_a_joiner_that_joins_nothing_goes(stray: str) -> None:
    assert plain_text(stray) == stray.replace("\u200d", "").replace("\u200c", "")


def test_two_spellings_become_one() -> None:
    assert plain_text("Re\u0301gie") == plain_text("R\u00e9gie") == "R\u00e9gie"


@given(st.text() | MIXED)
@example("\u094d\u0315\u094d\u094d\u200d\u200d\u202e")
@example("a" + "\u0344" * 40)
def test_doing_it_twice_changes_nothing(value: str) -> None:
    once = plain_text(value)
    assert plain_text(once) == once == unicodedata.normalize("NFC", once)
    once.encode()


def test_a_run_of_marks_is_cut() -> None:
    assert plain_text("z" + "\u0300\u0316" * 1_000).count("\u0300") <= characters.MARKS_KEPT


@given(st.text())
def test_folded_digits_keep_their_places(value: str) -> None:
    assert len(digits_folded(value)) == len(value)


def test_codes_are_typed_on_any_keyboard() -> None:
    assert digits_folded("Ｐ０Ａ８０ E४०१ १²") == "P0A80 E401 1²"
