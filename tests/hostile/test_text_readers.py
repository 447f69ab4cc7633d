"""What reads people's words takes a time that grows with the text alone, expressions aside."""

from collections.abc import Callable, Mapping

import pytest

from billing.gst.letters import printable_text
from domain.characters import digits_folded, plain_text
from domain.personal_data import mask_personal
from domain.signature import cause_key, split_words
from graph.full_text import weighted_terms
from ingest.concept_patterns import find_in_language
from ingest.extraction import find_in_text, split_text
from ingest.gazetteer import VehicleMention
from ingest.hazards import find_hazards
from ingest.knowledge import shipped_lexicon
from ingest.languages import is_mostly_english
from ingest.lexicon import Lexicon
from ingest.quantities import find_quantities
from ingest.text_codes import find_codes
from ingest.text_phrases import find_phrases
from ingest.unread_texts import told_language
from tests.hostile.growth import WORST_GROWTH, growth
from tests.sizes import short_and_full

# Four times it is what anybody may send; in the long lane twice as much.
SIZE, LARGE = 2_500, 5_000


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return shipped_lexicon()


@pytest.fixture(scope="module")
def pumps(lexicon: Lexicon) -> Mapping[str, str]:
    """What is repeated: all that is known, in one breath and in many; all that is nearly known."""
    told = [phrase.text for phrase in lexicon.phrases]
    numbers = range(100, 999)
    return {
        "clauses": "; ".join(told) + "; ",
        "breath": " ".join(told) + " ",
        "typos": " ".join(text[:3] + text[4:] for text in told) + " ",
        "vehicles": "".join(f"Ather 450X E{n}; " for n in numbers),
        "codes": "".join(f"code E{n} " for n in numbers),
        "volts": "".join(f"{n} V " for n in numbers),
        "phones": "".join(f"98200 00{n} " for n in numbers),
        "short": "a;b;gear;",
        "denied": "no not nahi code ",
        "answers": "59 02 FF 0A 1F 13 08 7E8 10 21 43 ",
        "spelt": "error code pee zero a one eff e four ",
        "cleared": "no P0A1F, P0A80 cleared and na wapas aaya; ",
        "alike": "POA7F Р0А80 P0A7FP0AA6 IMG_1.x ",
        "dangers": "smoke no brake hot battery or nahi fire feared ",
        "languages": "vandi charge aagala गाड़ी चार्ज नहीं சார்ஜ் ஆகவில்லை but aana 80 % stop ",
        "marks": "a\u0301\u0327",
        "joiners": "\u200d\u202e",
    }


def mentioned(text: str, lexicon: Lexicon) -> list[VehicleMention]:
    lexicon.gazetteer.vehicle(text)
    return lexicon.gazetteer.mentions(text)


READERS: Mapping[str, Callable[[str, Lexicon], object]] = {
    "hazards": lambda text, _: find_hazards(text),
    "everything": find_in_text,
    "language": told_language,
    "mostly": lambda text, _: is_mostly_english(text),
    "patterns": lambda text, lexicon: find_in_language(text, "ta", lexicon),
    "sounds": lambda text, lexicon: find_in_language(text, "ta-Latn", lexicon),
    "phrases": lambda text, lexicon: list(find_phrases(text, lexicon)),
    "codes": lambda text, lexicon: find_codes(
        text, lexicon.codes, [(m.start, m.end) for m in lexicon.gazetteer.mentions(text)]
    ),
    "vehicles": mentioned,
    "quantities": lambda text, _: list(find_quantities(text)),
    "masks": lambda text, _: mask_personal(text),
    "letters": lambda text, _: plain_text(text),
    "digits": lambda text, _: digits_folded(text),
    "words": lambda text, _: split_words(text),
    "causes": lambda text, _: cause_key(text),
    "terms": lambda text, _: weighted_terms(text),
    "printable": lambda text, _: printable_text(text),
}


@short_and_full("size", SIZE, LARGE)
@pytest.mark.parametrize("reader", READERS)
def test_a_reader_is_linear(
    reader: str, size: int, lexicon: Lexicon, pumps: Mapping[str, str]
) -> None:
    def read(text: str) -> object:
        return READERS[reader](text, lexicon)

    grown = {name: growth(read, pump, size) for name, pump in pumps.items()}
    assert {name: times for name, times in grown.items() if times > WORST_GROWTH} == {}


@short_and_full("size", SIZE, LARGE)
def test_clauses_are_chosen_in_linear_time(
    size: int, lexicon: Lexicon, pumps: Mapping[str, str]
) -> None:
    """What a text said is found beforehand: only the choice of what is compared is timed."""
    grown: dict[str, float] = {}
    for name, pump in pumps.items():
        said = {
            read: find_in_text((pump * (4 * size // len(pump) + 1))[:read], lexicon)
            for read in (size, 4 * size)
        }
        grown[name] = growth(lambda text, said=said: split_text(text, said[len(text)]), pump, size)
    assert {name: times for name, times in grown.items() if times > WORST_GROWTH} == {}


def test_what_is_not_linear_is_caught(lexicon: Lexicon) -> None:
    def squared(text: str) -> object:
        places = [m.start for m in lexicon.gazetteer.mentions(text)]
        return sum(a < b for a in places for b in places)

    assert growth(squared, "Ather ", SIZE, tries=1) > WORST_GROWTH
