"""The Hindi of the shipped knowledge: complete for dangers, current, and true to every figure."""

import re

from domain.cards import Severity
from ingest.batch import ImportBatch
from ingest.translations import FILE, read_translations, translate_sentence
from tests.ingest.test_knowledge import DANGERS

HINDI = read_translations()["hi"]
FIGURE = re.compile(r"\d+(?:\.\d+)?")
DEVANAGARI = re.compile(r"[\u0900-\u097f]")


def test_every_title_and_what_guards_from_dangers_is_told_in_hindi(shipped: ImportBatch) -> None:
    cards = [
        c
        for c in shipped.cards
        if DANGERS.intersection(c.signature.symptoms) or c.signature.severity is Severity.CRITICAL
    ]
    wanted = {c.title for c in shipped.cards}
    wanted |= {step.action for c in cards for step in c.resolution.steps if step.safety}
    assert wanted - HINDI.keys() == set()


def test_a_translation_is_of_a_sentence_that_is_shipped(shipped: ImportBatch) -> None:
    told = {c.title for c in shipped.cards}
    told |= {step.action for c in shipped.cards for step in c.resolution.steps}
    assert HINDI.keys() - told == set()


def test_a_translation_keeps_every_figure() -> None:
    """A lost 500 V or 48 hours could kill."""
    told = {en: hi for en, hi in HINDI.items() if not DEVANAGARI.search(hi)}
    changed = {
        en: hi
        for en, hi in HINDI.items()
        if sorted(FIGURE.findall(en)) != sorted(FIGURE.findall(hi))
    }
    assert told == {}
    assert changed == {}


def test_a_changed_sentence_has_no_translation() -> None:
    sentence = "Wait ten minutes for the capacitors to discharge"
    assert translate_sentence(sentence, "hi") == "कैपेसिटर खाली होने के लिए दस मिनट रुकें"
    assert translate_sentence(f"{sentence} fully", "hi") is None
    assert translate_sentence(sentence, "ta") is None


def test_the_file_says_that_a_machine_wrote_it() -> None:
    assert "no native speaker has checked them" in FILE.read_text(encoding="utf-8")
