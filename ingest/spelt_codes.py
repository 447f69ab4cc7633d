"""Codes that are spelt out or misspelt.

In words ("pee zero a one eff"), as speech turned to text writes them; and with letters in them that
look like others (POA7F, or the Cyrillic letters of the same look).
"""

import re
from collections.abc import Container, Iterator, Sequence
from pathlib import Path

import yaml

from domain import codes
from ingest.code_forms import ALONE, CodeCandidate, CodeForm
from ingest.code_words import ANNOUNCE, LETTERS, TextWords

FILE = Path(__file__).with_suffix(".yaml")
SPELT = yaml.safe_load(FILE.read_text(encoding="utf-8"))


def _table(name: str) -> dict[str, str]:
    return {word: sign for sign, words in SPELT[name].items() for word in words.split()}


DIGITS, HEX_LETTERS, SYSTEMS = _table("digits"), _table("letters"), _table("systems")
TEENS, TENS = _table("teens"), _table("tens")
REPEATED = {"double": 2, "triple": 3, "डबल": 2}
NUMBERS = frozenset((*DIGITS, *TEENS, *TENS))
# What may stand behind the word for P, C, B or U.
SECOND = frozenset((*DIGITS, *REPEATED, *"0123"))
# Letters that makers' codes begin with, and no word is.
LETTERS_SPELT = frozenset("bcdefghklmnprstuvw")
FIVE_SIGNS, WITH_TYPE, MOST_WORDS, MOST_DIGITS = 5, 7, 9, 4
BETWEEN = frozenset({"-", ",", ".", "dash", "hyphen", "minus"})
# Words of everyday language, which alone are no number of a code.
EVERYDAY = frozenset("to too for do a o oh ek one two ate char be see you nau tin teen no".split())
# Words that only sound like a digit: "twenty to" is no 22.
ECHOES = frozenset("to too for do ate won".split())
UNITS = frozenset(word for word, digit in DIGITS.items() if digit not in {"0", "00"}) - ECHOES
SIGN = re.compile(r"[0-9a-f]{1,3}")
ALIKE = re.compile(
    rf"{ALONE}(?<![{LETTERS}])[A-Za-z\u0391-\u03a9\u0410-\u04490-9|!]{{3,7}}(?![{LETTERS}0-9|])"
)
LOOKS_ALIKE = re.compile(r"[OoQIil|!SsZz\u0391-\u03a9\u0410-\u0449]")
# Everyday words are no codes: it has a digit, or capital letters alone.
CODELIKE = re.compile(r"[0-9]|^[^a-z]+$")
# Letters of other alphabets, then what stands for a digit.
GLYPHS = str.maketrans("РрВСсАаЕеОоΡΒΑΕΟХІΙ", "PPBCCAAEEOOPBAEOXII")
LOOKS = str.maketrans("OoQIil|!SsZz", "000111115522")


def find_spelt(words: TextWords) -> Iterator[CodeCandidate]:
    """Yield the codes that are spelt out."""
    announces = not ANNOUNCE.isdisjoint(words.words)
    for number, word in enumerate(words.words):
        following = words.word(number + 1)
        if word in SYSTEMS and (following in SECOND or following in BETWEEN):
            yield from _spelt_five(words, number)
        if announces and (word in NUMBERS or (word in LETTERS_SPELT and following in NUMBERS)):
            yield from _spelt_number(words, number)


def _spelt_five(words: TextWords, first: int) -> Iterator[CodeCandidate]:
    """Yield the code of five signs that begins here, with the two of a failure type behind it."""
    said = SYSTEMS.get(words.word(first), "")
    places = {1: first}
    for number, sign in _signs_of(words, first + 1, first + MOST_WORDS):
        said += sign
        places[len(said)] = number
    if not said or FIVE_SIGNS not in places or not _is_spelt(words, first, places[FIVE_SIGNS]):
        return
    bare = said[:FIVE_SIGNS]
    if codes.FIVE_TYPED.fullmatch(bare):
        typed = len(said) == WITH_TYPE and not _is_word(words.word(places[WITH_TYPE]))
        start, end = words.starts[first], words.ends[places[FIVE_SIGNS]]
        stop = words.ends[places[WITH_TYPE]] if typed else end
        failure = said[FIVE_SIGNS:] if typed else None
        yield CodeCandidate(bare, start, end, stop, CodeForm.SPELT, failure)


def _is_word(word: str) -> bool:
    """Say whether it is a word of letters that also stand for digits: "aa raha hai"."""
    return len(word) > 1 and SIGN.fullmatch(word) is not None and word.isalpha()


def _is_spelt(words: TextWords, first: int, last: int) -> bool:
    said = words.words[first : last + 1]
    return "o" in said or any(len(word) > 1 and not word.isdigit() for word in said)


def _signs_of(words: TextWords, first: int, stop: int) -> Iterator[tuple[int, str]]:
    """Yield the signs that the words from `first` on spell, each with its last word's number."""
    number = first
    while number < min(stop, len(words.words)):
        word, following = words.words[number], words.word(number + 1)
        if word in BETWEEN:
            number += 1
            continue
        sign = DIGITS.get(word) or HEX_LETTERS.get(word) or TEENS.get(word)
        if word in REPEATED and following in DIGITS:
            number, sign = number + 1, DIGITS[following] * REPEATED[word]
        elif word in TENS:
            unit = DIGITS.get(following, "0") if following in UNITS else "0"
            number, sign = number + (unit != "0"), TENS[word] + unit
        elif sign is None and SIGN.fullmatch(word):
            sign = word.upper()
        if sign is None:
            return
        yield number, sign
        number += 1


def _spelt_number(words: TextWords, first: int) -> Iterator[CodeCandidate]:
    """Yield a maker's code in words: "E four zero one", "twelve"; only an announced one counts."""
    letter = words.words[first].upper() if len(words.words[first]) == 1 else ""
    said, last = "", first
    for number, sign in _signs_of(words, first + bool(letter), first + 1 + MOST_DIGITS):
        if not sign.isdigit() or words.words[number].isdigit():
            break
        said, last = said + sign, number
    everyday = last == first and words.words[first] in EVERYDAY
    if said and not everyday and len(said) <= MOST_DIGITS:
        end = words.ends[last]
        yield CodeCandidate(letter + said, words.starts[first], end, end, CodeForm.SPELT_NUMBER)


def find_alike(text: str, known: Container[str]) -> Iterator[CodeCandidate]:
    """Yield words that become a known code where a letter is read as what it looks like."""
    for match in ALIKE.finditer(text):
        if LOOKS_ALIKE.search(match[0]) is None or not (CODELIKE.search(match[0])):
            continue
        word = match[0].translate(GLYPHS)
        for repaired in dict.fromkeys(_repairs_of(word)):
            if repaired in known and repaired != match[0].upper():
                place = match.start(), match.start() + len(repaired)
                failure = word[len(repaired) :].upper() or None
                yield CodeCandidate(repaired, *place, match.end(), CodeForm.ALIKE, failure)
                break


def _repairs_of(word: str) -> Sequence[str]:
    """Give the word with its signs behind the first, and behind its letters, read as digits."""
    rest = word[1:].translate(LOOKS)
    letters = [word[:at] + word[at:].translate(LOOKS) for at in (2, 3)]
    found = [(word[:1] + rest)[:FIVE_SIGNS], *(one for one in letters if len(word) <= FIVE_SIGNS)]
    return [one.upper() for one in found]
