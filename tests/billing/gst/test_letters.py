"""Letters on paper: what no font of ours shows is refused by name, and what is stored prints on."""

from collections.abc import Generator
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from billing.gst import letters
from billing.gst.parties import Party
from billing.paper.press import PdfPrinter
from billing.paper.sheet import PrintOptions
from domain.errors import InvalidInput
from tests.billing.samples import RIDER, issued

UNSHOWN = ["மின்கலம்", "电池", "Ravi 🔋", "বিদ্যুৎ", "שלום", "\U0001d400"]
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
