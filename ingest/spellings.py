"""Misspelt words brought back to the telling word they were meant to be.

A letter too many, too few, wrong or swapped; no vowels, as in short messages ("chrgng"); two words
written as one ("notcharging"). Words of their own that only look like a telling one stay as they
are: `ordinary_words.txt` names them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.word_stems import FILLERS, near_spellings

ORDINARY = frozenset(
    (Path(__file__).parent / "ordinary_words.txt").read_text(encoding="utf-8").split()
)
LEAST_TYPO = 4
# From here on two letters may be wrong.
LONG_WORD = 8
LEAST_SKELETON = 4
LEAST_JOINED, LEAST_PART = 7, 3
VOWELS = frozenset("aeiou")


class Speller:
    """Knows the telling words, and which of them a misspelt word is near to."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(word for word in words if len(word) >= LEAST_PART)
        self._near: dict[str, list[str]] = {}
        self._skeletons: dict[str, list[str]] = {}
        for word in sorted(self._words):
            if len(word) >= LEAST_TYPO:
                for spelling in _spellings(word):
                    self._near.setdefault(spelling, []).append(word)
            bones = _skeleton(word)
            if len(bones) >= LEAST_SKELETON:
                self._skeletons.setdefault(bones, []).append(word)

    def mend(self, word: str) -> tuple[str, ...]:
        """Give the word or the two words that were meant; none when nothing is near."""
        if word in ORDINARY or not word.isascii() or not word.isalpha():
            return ()
        near = self._nearest(word) or self._boneless(word)
        if near is not None:
            return (near,)
        return next(self._parts(word), ())

    def _nearest(self, word: str) -> str | None:
        if len(word) < LEAST_TYPO:
            return None
        near = {m for s in _spellings(word) for m in self._near.get(s, ())}
        ranked = sorted(
            (distance, each[0] != word[0], each)
            for each in near
            if (distance := edit_distance(word, each)) <= (2 if len(word) >= LONG_WORD else 1)
            and (len(each) > LEAST_TYPO or each[0] == word[0])
        )
        return ranked[0][2] if ranked else None

    def _boneless(self, word: str) -> str | None:
        """Find a word by its consonants, when hardly a vowel is left."""
        if sum(letter in VOWELS for letter in word) > len(word) // 5:
            return None
        found = self._skeletons.get(_skeleton(word))
        return min(found, key=len) if found else None

    def _parts(self, word: str) -> Iterator[tuple[str, str]]:
        if len(word) < LEAST_JOINED:
            return
        for at in range(LEAST_PART, len(word) - LEAST_PART + 1):
            first, second = word[:at], word[at:]
            whole = (first in self._words, second in self._words)
            if all(whole) or (any(whole) and (first in FILLERS or second in FILLERS)):
                yield first, second


def _spellings(word: str) -> Iterator[str]:
    yield word
    once = list(near_spellings(word))
    yield from once
    if len(word) >= LONG_WORD:
        for each in once:
            yield from near_spellings(each)


def _skeleton(word: str) -> str:
    return "".join(letter for letter in word if letter not in VOWELS)


def edit_distance(one: str, other: str) -> int:
    """Count the letters to add, drop, change or swap; a swap of two neighbours is one."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, beside in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != beside))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == beside:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
