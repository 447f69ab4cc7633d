"""What of a report is in English, and what is said of a text that could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.hazards import SafetyAdvice
from domain.personal_data import without_masks
from ingest import hazard_lexicon
from ingest.concept_patterns import find_in_language
from ingest.extraction import TextFinding, find_in_text
from ingest.languages import (
    ENGLISH,
    HINGLISH,
    UNKNOWN,
    english_words,
    is_mostly_english,
    text_language,
    unread_prompt,
)
from ingest.lexicon import Lexicon, PhraseKind

# Symptoms whose English texts stand for a text that is not English.
MOST_TOLD = 3
# Fewer words of English tell nothing.
LEAST_WORDS = 3


class ReadText(Protocol):
    """What the words of a text say."""

    @property
    def said(self) -> Sequence[TextFinding]: ...
    @property
    def safety(self) -> SafetyAdvice | None: ...
    @property
    def language(self) -> str: ...


def told_language(text: str, lexicon: Lexicon) -> str:
    """Give the language of a text; what the vocabulary or the words of danger know is English."""
    danger = hazard_lexicon.lexicon().lookup.groups

    def is_known(word: str) -> bool:
        return lexicon.knows(word) or bool(danger.of(word))

    return text_language(text, is_known)


def told_in_english(text: str, read: ReadText, lexicon: Lexicon) -> str | None:
    """Give what a text tells in English words; None where it is English itself.

    The encoder and the cards' words are English alone: of another text they make noise, so the
    names of the symptoms that were read stand in its place. Hinglish without any still has the
    English words that stand in it.
    """
    if read.language == ENGLISH or (read.language != UNKNOWN and is_mostly_english(text)):
        return None
    told = [f for f in read.said if f.kind is PhraseKind.SYMPTOM and not f.negated]
    surest = sorted(told, key=lambda f: -f.confidence)
    codes = list(dict.fromkeys(f.value for f in surest))[:MOST_TOLD]
    if not codes and read.language == HINGLISH:
        words = english_words(text)
        return " ".join(words) if len(words) >= LEAST_WORDS else ""
    return ". ".join(lexicon.symptom_texts[code] for code in codes)


@dataclass(frozen=True, slots=True)
class ReadWords:
    """What the words of a text say, its dangers left aside."""

    said: Sequence[TextFinding]
    language: str
    safety: SafetyAdvice | None = None


def english_of(text: str, lexicon: Lexicon) -> str:
    """Give what a match compares of a report: the text, or what stands for it; empty for nothing.

    As `ingest.report_reader` gives it, but for what only the encoder finds in other languages.
    """
    plain = without_masks(text)
    language = told_language(plain, lexicon)
    said = (*find_in_text(plain, lexicon, None), *find_in_language(plain, language, lexicon))
    english = told_in_english(plain, ReadWords(said, language), lexicon)
    return plain if english is None else english


def unread(text: str, read: ReadText) -> str | None:
    """Give how to ask for a text otherwise, where neither a symptom nor a danger was read in it."""
    if not text.strip() or read.language in {ENGLISH, HINGLISH}:
        return None
    understood = read.safety is not None or any(f.kind is PhraseKind.SYMPTOM for f in read.said)
    return None if understood and read.language != UNKNOWN else unread_prompt(read.language)
