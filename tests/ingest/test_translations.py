"""The Hindi of the shipped knowledge: complete, current, and true to every figure."""

import re

from ingest.batch import ImportBatch
from ingest.translations import FILE, read_translations, translate_sentence

HINDI = read_translations()["hi"]
FIGURE = re.compile(r"\d+(?:\.\d+)?")
DEVANAGARI = re.compile(r"[\u0900-\u097f]")


def test_every_safety_step_is_told_in_hindi(shipped: ImportBatch) -> None:
    steps = [s.action for c in shipped.cards for s in c.resolution.steps if s.safety]
    assert len(steps) > 500
    assert set(steps) - HINDI.keys() == set()


def test_every_title_and_every_step_is_told_in_hindi(shipped: ImportBatch) -> None:
    wanted = {c.title for c in shipped.cards}
    wanted |= {step.action for c in shipped.cards for step in c.resolution.steps}
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
