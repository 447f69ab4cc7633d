"""What a match compares of a report's text: its English, as far as words and patterns tell it."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.hazards import SafetyAdvice
from domain.personal_data import without_masks
from ingest.concept_patterns import find_in_language
from ingest.extraction import TextFinding, find_in_text
from ingest.lexicon import Lexicon
from ingest.unread_texts import told_in_english, told_language


@dataclass(frozen=True, slots=True)
class ReadWords:
    """What the words of a text say, without its dangers."""

    said: Sequence[TextFinding]
    language: str
    safety: SafetyAdvice | None = None


def english_of(text: str, lexicon: Lexicon) -> str:
    """Give the text, or what stands for it where it is not English; empty where nothing does.

    As `ReportReader` does it, but for what only the encoder finds in other languages.
    """
    plain = without_masks(text)
    language = told_language(plain, lexicon)
    said = (*find_in_text(plain, lexicon, None), *find_in_language(plain, language, lexicon))
    english = told_in_english(plain, ReadWords(said, language), lexicon)
    return plain if english is None else english
