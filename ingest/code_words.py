"""The words around trouble codes (`code_words.yaml`), and a text cut into words and marks.

A phrase of up to four words is looked up at a place, forwards or backwards; nothing looks further
than a few words, so the time grows with the text alone.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import yaml

from domain.codes import CodeStatus

FILE = Path(__file__).with_suffix(".yaml")
# Vowel signs are no letters to `\w`; the danda between them ends a sentence.
LETTERS = (
    r"A-Za-z\u00c0-\u024f\u1e00-\u1eff\u0370-\u04ff\u0900-\u0963\u0970-\u0d65\u0d70-\u0d7f"
    r"\u200c\u200d"
)
WORD = re.compile(rf"[{LETTERS}](?:[{LETTERS}]|['’](?=[{LETTERS}]))*|\d+|[^\w\s\"'“”]|\n")
LONGEST_PHRASE = 4
SENTENCE_ENDS = frozenset(".!?\n\u0964")

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextWords:
    """A text's words and marks in order, each with its place."""

    words: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, text: str) -> Self:
        found = list(WORD.finditer(text))
        return cls(
            [m[0].lower().replace("’", "'") for m in found],
            [m.start() for m in found],
            [m.end() for m in found],
        )

    def ending_by(self, place: int) -> int:
        """Give how many words end at or before a place: the last one's number is one less."""
        return bisect_right(self.ends, place)

    def from_place(self, place: int) -> int:
        """Give the number of the first word that begins at or behind a place."""
        return bisect_left(self.starts, place)

    def word(self, number: int) -> str:
        """Give a word, or nothing outside the text."""
        return self.words[number] if 0 <= number < len(self.words) else ""

    def between(self, start: int, end: int) -> Sequence[str]:
        """Give the words that stand wholly between two places."""
        return self.words[self.from_place(start) : self.ending_by(end)]


@dataclass(frozen=True, slots=True)
class PhraseTable:
    """Phrases of one to four words, each with what it says."""

    said: Mapping[Phrase, CodeStatus]

    def behind(self, words: TextWords, first: int, stop: int) -> tuple[CodeStatus, int] | None:
        """Give what the longest phrase from `first` on says, and the number of the word after."""
        for length in range(min(LONGEST_PHRASE, stop - first), 0, -1):
            status = self.said.get(tuple(words.words[first : first + length]))
            if status is not None:
                return status, first + length
        return None

    def in_front(self, words: TextWords, last: int, stop: int) -> tuple[CodeStatus, int] | None:
        """Give what the longest phrase up to `last` says, and the number of the word before it."""
        for length in range(min(LONGEST_PHRASE, last - stop + 1), 0, -1):
            status = self.said.get(tuple(words.words[last - length + 1 : last + 1]))
            if status is not None:
                return status, last - length
        return None


def _words_of(name: str) -> frozenset[str]:
    told = TOLD[name]
    return frozenset(told.split() if isinstance(told, str) else told)


def _phrases_of(name: str) -> frozenset[Phrase]:
    return frozenset(map(_phrase_of, _words_of(name)))


def _phrase_of(written: str) -> Phrase:
    return tuple(WORD.findall(written.replace("_", " ")))


def _table_of(name: str) -> PhraseTable:
    return PhraseTable(
        {
            _phrase_of(phrase): CodeStatus(status)
            for status, phrases in TOLD[name].items()
            for phrase in phrases.split()
        }
    )


TOLD = yaml.safe_load(FILE.read_text(encoding="utf-8"))
ANNOUNCE, CODES_ALONE = _words_of("announce"), _words_of("codes_alone")
OTHER_CODES, BETWEEN = _words_of("other_codes"), _words_of("between")
BETWEEN_LETTERS, NUMBER_WORDS = _words_of("between_letters"), _words_of("number_words")
BEHIND, BEHIND_ONE, LISTED = _words_of("behind"), _words_of("behind_one"), _words_of("listed")
TELLS, UPON = _words_of("tells"), _words_of("upon")
DISPLAYS, SHOWS, MARKED = _words_of("displays"), _words_of("shows"), _phrases_of("marked")
NUMBER_MAKES, NEVER, NAMES = _words_of("number_makes"), _words_of("never"), _words_of("names")
THINGS_BEFORE, THINGS_BEHIND = _words_of("things_before"), _words_of("things_behind")
UNITS, SCAN_WORDS = _words_of("units"), _words_of("scan_words")
BEFORE, AFTER = _table_of("before"), _table_of("after")
FILLERS_BEFORE = _words_of("fillers_before") | ANNOUNCE
FILLERS_AFTER = _words_of("fillers_after") | ANNOUNCE
BEHIND_MANY, TODAY = _words_of("behind_many"), _words_of("today")
DENIED_AT_END = _words_of("denied_at_end")
MAY_FOLLOW = _words_of("may_follow") | ANNOUNCE
CONTINUES, ALL_OF_THEM = _words_of("continues"), _words_of("all_of_them")
GONE = _phrases_of("gone")
CLEAR_WORDS, CLEAR_STEMS = _words_of("clear_words"), _words_of("clear_stems")
CLEAR_DONE, WAS_RESET, TRIED = _words_of("clear_done"), _words_of("was_reset"), _words_of("tried")
EARLIER, NEGATIONS, BACK = _words_of("earlier"), _words_of("negations"), _phrases_of("back")
BREAKS = _words_of("breaks")
