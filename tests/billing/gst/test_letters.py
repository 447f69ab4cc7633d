"""Letters on paper: what no font shows is refused by name, every script of India is shaped."""

import json
import unicodedata
from collections.abc import Generator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from billing.gst import letters
from billing.gst.parties import Party
from billing.paper.press import PdfPrinter
from billing.paper.sheet import PrintOptions, sheet_json
from domain.errors import InvalidInput
from tests.billing.samples import NAMES, RIDER, issued

UNSHOWN = ["电池", "Ravi 🔋", "שלום", "\U0001d400"]
EVERY = [chr(code) for code in range(0x21, 0x2800) if not letters.UNKNOWN.match(chr(code))]


@pytest.fixture(scope="module")
def press() -> Generator[PdfPrinter]:
    press = PdfPrinter(threads=1)
    yield press
    press.close()


@pytest.mark.parametrize("name", UNSHOWN)
def test_a_name_that_no_font_shows_prints_on(press: PdfPrinter, name: str) -> None:
    printed = press.pdf(issued(replace(RIDER, name=name)), PrintOptions())
    assert letters.INSTEAD in PdfReader(BytesIO(printed)).pages[0].extract_text()


@pytest.mark.parametrize("name", UNSHOWN)
def test_a_letter_that_no_font_shows_is_named(name: str) -> None:
    first = next(c for c in name if letters.UNKNOWN.match(c))
    with pytest.raises(InvalidInput) as refused:
        letters.demand_printable(issued(Party(name=name)))
    assert refused.value.field == "customer.name"
    assert f"U+{ord(first):04X}" in refused.value.reason


@pytest.mark.parametrize("start", range(0, len(EVERY), 48))
def test_every_letter_that_is_taken_prints(press: PdfPrinter, start: int) -> None:
    name = "a" + "".join(EVERY[start : start + 48])
    assert press.pdf(issued(replace(RIDER, name=name)), PrintOptions()).startswith(b"%PDF")


def test_names_of_here_are_taken() -> None:
    letters.demand_printable(issued(Party(name="रवि कुमार, José Müller & Co. – ₹")))


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_every_script_of_here_is_printed_in_its_font(press: PdfPrinter, name: str) -> None:
    letters.demand_printable(issued(Party(name=name)))
    pages = PdfReader(BytesIO(press.pdf(issued(replace(RIDER, name=name)), PrintOptions()))).pages
    resources: Any = pages[0]["/Resources"]
    fonts = {str(font.get_object()["/BaseFont"]) for font in resources["/Font"].values()}
    assert letters.INSTEAD not in pages[0].extract_text()
    assert any("NotoSans" in font for font in fonts)


@pytest.mark.parametrize("joined", ["क्ष", "ज्ञ", "ಕ್ಷ", "క్ష", "ക്ഷ", "ক্ষ", "ક્ષ"])
def test_conjuncts_are_one_sign(press: PdfPrinter, joined: str) -> None:
    """What is shaped differs from the same letters that a non-joiner keeps apart."""
    apart = joined[:2] + "\u200c" + joined[2:]
    whole, parts = (
        press.pictures(issued(replace(RIDER, name=name)), PrintOptions())
        for name in (joined, apart)
    )
    assert whole != parts


def test_long_words_break_between_whole_letters() -> None:
    page = json.loads(
        sheet_json(issued(replace(RIDER, name="क्षत्रियाणाम्विद्युत्राष्ट्रश्री" * 3)), PrintOptions())
    )
    pieces = page["recipient"]["name"].split("\u200b")
    assert len(pieces) > 3
    assert not any(unicodedata.category(piece[0]).startswith("M") for piece in pieces)
    assert not any(piece.endswith("\u094d") for piece in pieces)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Battery 🔋 swap ⚡️", "Battery swap"),
        ("बैटरी 👩🏽‍🔧 बदली", "बैटरी बदली"),
        ("电池 🔋", "电池"),
        ("BMS  a", "BMS  a"),
    ],
)
def test_emoji_leave_what_others_wrote(written: str, kept: str) -> None:
    assert letters.without_emoji(written) == kept
