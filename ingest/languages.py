"""The language of a text, by its script and its words, and what is said where it is not read.

English and ten languages of India are read, each in its script and in Latin letters; a tag is what
BCP 47 makes of it (`ta`, `ta-Latn`). Everything else is `und`: codes, figures and names of vehicles
count there too, but nothing else does.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from ingest import concepts
from ingest.word_groups import WordGroups

FILE = Path(__file__).with_suffix(".yaml")
ENGLISH, HINGLISH, HINDI, MARATHI, UNKNOWN = "en", "hi-Latn", "hi", "mr", "und"
LATIN = "-Latn"
# The script tells the language, but for Devanagari, which two of ours share. Their blocks of
# Unicode have 128 places each: a letter's block is its number without the last seven bits.
BLOCK_BITS = 7
SCRIPTS = {
    0x0900 >> BLOCK_BITS: MARATHI,
    0x0980 >> BLOCK_BITS: "bn",
    0x0A00 >> BLOCK_BITS: "pa",
    0x0A80 >> BLOCK_BITS: "gu",
    0x0B80 >> BLOCK_BITS: "ta",
    0x0C00 >> BLOCK_BITS: "te",
    0x0C80 >> BLOCK_BITS: "kn",
    0x0D00 >> BLOCK_BITS: "ml",
}
LATIN_BLOCKS = range(0x0250 >> BLOCK_BITS)
# Assamese writes in Bengali's script, with these two letters of its own.
ONLY_ASSAMESE = re.compile("[ৰৱ]")
WORD = re.compile(r"[0-9a-z\u00df-\u024f]+")
DEVANAGARI = re.compile(r"[\u0900-\u0963\u0966-\u097f]+")
# So many words that only one language has make Latin letters that language.
LEAST_WORDS = 2
# English words among which those of another language are no accident: so many for each of them.
MOST_ENGLISH = 3
# Without any word that a language is told by: so many words in one that must be known ones.
KNOWN_SHARE = 3
# What is spoken of has the same words in these as in Hindi: their small words tell them.
LIKE_HINDI = {"pa", "gu"}
# More than one of so many is most.
MOSTLY = 2
# A word that no other language has says as much as two.
OWN_WORD = 2
LEAST_BEGINNING, LEAST_VERB = 4, 5
KEPT_WORDS = 20_000
# Of longer texts the beginning tells the language.
READ = 2_000


def text_language(text: str, is_known: Callable[[str], bool] | None = None) -> str:
    """Give the tag of a text's language; `und` where it is none that is read.

    `is_known` says whether a word is of the workshop's English vocabulary: it is asked of texts
    without any of the words that languages are told by ("scooter dead").
    """
    start = unicodedata.normalize("NFKC", text[:READ]).casefold()
    words = [word for word in WORD.findall(start) if word.isalpha()]
    scripts = Counter(_script(letter) for letter in start if letter.isalpha())
    scripts.pop(ENGLISH, None)
    told, letters = scripts.most_common(1)[0] if scripts else (ENGLISH, 0)
    if letters <= len(words):
        return _latin_language(start, words, is_known)
    if told == MARATHI:
        return _devanagari_language(start)
    return UNKNOWN if told == "bn" and ONLY_ASSAMESE.search(start) else told


def advice_language(text: str) -> str:
    """Give the language in which somebody who wrote this can be told something."""
    tag = text_language(text)
    if tag in {UNKNOWN, HINGLISH}:
        return ENGLISH if tag == UNKNOWN else tag
    return tag.removesuffix(LATIN)


def is_mostly_english(text: str) -> bool:
    """Say whether a model that reads English alone reads most of a text."""
    start = unicodedata.normalize("NFKC", text[:READ]).casefold()
    letters = [letter for letter in start if letter.isalpha()]
    latin = sum(_script(letter) == ENGLISH for letter in letters)
    words = [word for word in WORD.findall(start) if word.isalpha()]
    others = sum(bool(own := _languages_of(word)) and ENGLISH not in own for word in words)
    return MOSTLY * latin >= len(letters) and MOSTLY * others < len(words)


def english_words(text: str) -> list[str]:
    """Give the words of a text in Latin letters that no other language has."""
    words = WORD.findall(unicodedata.normalize("NFKC", text[:READ]).casefold())
    own = [word for word in words if word.isalpha()]
    return [word for word in own if not (of := _languages_of(word)) or ENGLISH in of]


def unread_prompt(tag: str) -> str:
    """Ask for the text otherwise: in its language where that is ours, else in English and Hindi."""
    prompts: Mapping[str, str] = _told()["prompts"]
    own = prompts.get(tag.removesuffix(LATIN))
    return f"{prompts[ENGLISH]} {prompts[HINDI]}" if own is None else own


def _script(letter: str) -> str:
    block = ord(letter) >> BLOCK_BITS
    return ENGLISH if block in LATIN_BLOCKS else SCRIPTS.get(block, UNKNOWN)


def _latin_language(
    start: str, words: Sequence[str], is_known: Callable[[str], bool] | None
) -> str:
    if not words:
        # Codes and figures alone are read as they are; marks and pictures say nothing.
        return ENGLISH if not start.strip() or any(map(str.isalnum, start)) else UNKNOWN
    told = Counter({word: n for word, n in Counter(words).items() if _languages_of(word)})
    english = sum(n for word, n in told.items() if ENGLISH in _languages_of(word))
    best, seen = _most_told(told)
    # One word tells a language of a few words alone, and not beside those that English lives by.
    plain = any(word in _english_words() for word in told)
    needed = LEAST_WORDS if plain else min(LEAST_WORDS, max(1, len(words) // 3))
    if best and seen >= needed and seen * MOST_ENGLISH >= english:
        return best if best in _told()["latin"] else UNKNOWN
    if english or is_known is None:
        return ENGLISH
    known = sum(map(is_known, words))
    return ENGLISH if known * KNOWN_SHARE >= len(words) else UNKNOWN


def _most_told(told: Mapping[str, int]) -> tuple[str | None, int]:
    """Give the language other than English that most words speak for, and how many do."""
    points, seen = Counter[str](), Counter[str]()
    for word, n in told.items():
        languages = _languages_of(word)
        if ENGLISH not in languages:
            for language in languages:
                points[language] += n * (OWN_WORD if len(languages) == 1 else 1)
                seen[language] += n
    if not points:
        return None, 0
    # Of two that are told alike it is one of ours, and Hindi, which most people write.
    ours = _told()["latin"]
    best = max(points, key=lambda one: (points[one], one in ours, one == HINGLISH))
    return best, seen[best]


@lru_cache(KEPT_WORDS)
def _languages_of(word: str) -> frozenset[str]:
    """Give the languages that have a word in Latin letters, or whose verbs end as it does."""
    whole = _latin_words()
    if word in whole:
        return whole[word]
    begins = (f"{word[:length]}*" for length in range(LEAST_BEGINNING, len(word) + 1))
    found = frozenset(language for each in begins for language in whole.get(each, ()))
    if found or len(word) < LEAST_VERB:
        return found
    ends = _told()["ends"].items()
    return frozenset(language for language, all_of in ends if word.endswith(tuple(all_of.split())))


@cache
def _latin_words() -> Mapping[str, frozenset[str]]:
    """Give the languages that have each word, or each beginning (`soodu*`), in Latin letters."""
    found: dict[str, set[str]] = {}
    for language, words in _word_lists():
        for word in words:
            found.setdefault(word, set()).add(language)
    return {word: frozenset(languages) for word, languages in found.items()}


@cache
def _english_words() -> frozenset[str]:
    return frozenset(_told()["latin"][ENGLISH].split())


def _word_lists() -> Iterator[tuple[str, Iterable[str]]]:
    for language, words in (*_told()["latin"].items(), *_told()["unread"].items()):
        yield language, words.split()
    yield ENGLISH, concepts.each_word(concepts.words_of(concepts.SHARED))
    for language in concepts.languages():
        words = list(concepts.each_word(concepts.latin_words(language)))
        yield f"{language}{LATIN}", words
        if language in LIKE_HINDI:
            own = _told()["latin"][f"{language}{LATIN}"].split()
            yield HINGLISH, [word for word in words if word not in own]


def _devanagari_language(start: str) -> str:
    words = DEVANAGARI.findall(start)
    ends, letters = tuple(_told()["marathi_ends"].split()), set(_told()["marathi_letters"])
    counts = Counter({HINDI: 0})
    for word in words:
        counts.update(_devanagari_words().of(word))
        counts[MARATHI] += word.endswith(ends) or not letters.isdisjoint(word)
    best = max(counts, key=lambda language: counts[language])
    return best if best in {HINDI, MARATHI} else UNKNOWN


@cache
def _devanagari_words() -> WordGroups:
    """Give the words that only one of the languages of Devanagari has."""
    words = {language: set(words.split()) for language, words in _told()["devanagari"].items()}
    hindi, marathi = (set(concepts.each_word(concepts.native_words(n))) for n in (HINDI, MARATHI))
    words[HINDI] |= hindi - marathi
    words[MARATHI] |= marathi - hindi
    return WordGroups({language: " ".join(own) for language, own in words.items()})


@cache
def _told() -> Mapping[str, Any]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))
