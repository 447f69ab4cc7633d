"""Words that say the same, found in a text in every language: the ground of hazards and symptoms.

A group holds whole words, beginnings (`smok*`) and words in a row (`a_b`). Each word of a text is
looked up once, however it is spelled, so the time grows with the text alone.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

# Vowel signs are no letters to `\w`; the danda between them ends a sentence.
LETTERS = r"0-9A-Za-z\u00c0-\u024f\u0900-\u0963\u0966-\u0d7f"
WORD = re.compile(rf"[{LETTERS}][{LETTERS}\u200c\u200d]*|[.!?;:,\n\u0964]+|[-\u2013\u2014](?=\s)|%")
STOPS = frozenset(".!?;:\n\u0964")
PAUSES = frozenset(",-\u2013\u2014")
# A form says it behind: "Smoke: no".
FORM_NO = re.compile(r"[:?-]\s{0,3}(?=(?:no|none|nil|nahi|nahin|नहीं)\b)", re.IGNORECASE)
# A point inside a figure ends no sentence, nor does the colon in front of one.
IN_FIGURES = re.compile(r"(?<=\d)[.,](?=\d)|:(?=\s{0,2}\d)")
# "smoooke" is written for "smoke".
LONG_RUN = re.compile(r"(\w)\1{2,40}")
LONGEST_WORD = 40
KEPT_WORDS = 8_192
HARMLESS = "harmless"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, or a comma, with the groups that it is of."""

    text: str
    start: int
    end: int
    groups: frozenset[str]


class WordGroups:
    """Which groups a word is of: whole words, beginnings (`smok*`), words in a row (`a_b`)."""

    def __init__(self, groups: Mapping[str, str]) -> None:
        self._whole: dict[str, set[str]] = {}
        self._begins: dict[str, set[str]] = {}
        self._rows: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name, words in groups.items():
            for word in map(normal, words.split()):
                self._keep(name, word)
        self.of = lru_cache(KEPT_WORDS)(self._of)

    def _keep(self, name: str, word: str) -> None:
        if "_" in word:
            first, *rest = word.split("_")
            self._rows.setdefault(first, []).append((tuple(rest), name))
        else:
            kept = self._begins if word.endswith("*") else self._whole
            kept.setdefault(word.rstrip("*"), set()).add(name)

    def rows_at(self, words: Sequence[str], at: int) -> Iterator[tuple[int, str]]:
        """Give where the rows of words end that begin here, and their groups."""
        for rest, name in self._rows.get(words[at], ()):
            following = words[at + 1 : at + 1 + len(rest)]
            if len(following) == len(rest) and all(map(_fits, following, rest)):
                yield at + len(rest), name

    def _of(self, word: str) -> frozenset[str]:
        found = set(self._whole.get(word, ()))
        for length in range(1, min(len(word), LONGEST_WORD) + 1):
            found |= self._begins.get(word[:length], set())
        if not found and (plain := LONG_RUN.sub(r"\1", word)) != word:
            return self._of(plain)
        return frozenset(found)


class LongestGroups(WordGroups):
    """The groups of the longest beginning that a word has, alone: the fewest meanings."""

    def _of(self, word: str) -> frozenset[str]:
        found = self._whole.get(word)
        for length in range(min(len(word), LONGEST_WORD), 0, -1):
            if found:
                break
            found = self._begins.get(word[:length])
        return frozenset(found or ())


def as_written(word: str) -> str:
    return word


@dataclass(frozen=True, slots=True)
class WordLookup:
    """Groups, and how a word is spelled before it is looked up in them."""

    groups: WordGroups
    spelled: Callable[[str], str] = as_written


def _fits(word: str, part: str) -> bool:
    return word.startswith(part[:-1]) if part.endswith("*") else word == part


def normal(text: str) -> str:
    """Give a text as words are compared: one form of each letter, without case."""
    return unicodedata.normalize("NFC", text).casefold()


def split_sentences(
    text: str, lookups: Sequence[WordLookup], not_endings: tuple[str, ...] = ()
) -> Iterator[list[Word]]:
    """Give the words of each sentence, commas among them, without what means something else.

    A word of a group that ends as `not_endings` do is of that group's `_denied` too.
    """
    words: list[Word] = []
    for match in WORD.finditer(folded(text)):
        piece = normal(match[0])
        if not STOPS.isdisjoint(piece):
            yield _with_groups(words, lookups, not_endings)
            words = []
            continue
        piece = "," if piece[0] in PAUSES else piece
        words.append(Word(piece, match.start(), match.end(), frozenset()))
    yield _with_groups(words, lookups, not_endings)


def folded(text: str) -> str:
    """Give a text of the same length without what only looks like the end of a sentence, and with
    full-width letters as plain ones.
    """
    text = text if text.isascii() else "".join(map(_plain_letter, text))
    text = IN_FIGURES.sub(lambda found: "0" if found[0] != ":" else " ", text)
    return FORM_NO.sub(lambda found: " " * len(found[0]), text)


@lru_cache(KEPT_WORDS)
def _plain_letter(letter: str) -> str:
    plain = unicodedata.normalize("NFKC", letter)
    return plain if len(plain) == 1 else letter


def _with_groups(
    words: Sequence[Word], lookups: Sequence[WordLookup], not_endings: tuple[str, ...]
) -> list[Word]:
    """Give the words with their groups, a row's at its end; what is harmless is of none."""
    groups: dict[int, set[str]] = {}
    harmless = set[int]()
    for lookup in lookups:
        texts = [lookup.spelled(word.text) for word in words]
        for at, text in enumerate(texts):
            if own := lookup.groups.of(text[:LONGEST_WORD]):
                groups.setdefault(at, set()).update(own)
        harmless |= _add_rows(groups, texts, lookup.groups)
    for at, own in groups.items():
        # Some languages say "not" at the end of the verb.
        if words[at].text.endswith(not_endings):
            own.update([f"{name}_denied" for name in own])
    return [
        replace(word, groups=frozenset(groups[at])) if at in groups and at not in harmless else word
        for at, word in enumerate(words)
    ]


def _add_rows(groups: dict[int, set[str]], texts: Sequence[str], known: WordGroups) -> set[int]:
    """Add the groups of rows to the words at their ends; give the places of what is harmless."""
    harmless = {at for at, own in groups.items() if HARMLESS in own}
    for at in range(len(texts)):
        for end, name in known.rows_at(texts, at):
            if name == HARMLESS:
                harmless.update(range(at, end + 1))
            else:
                groups.setdefault(end, set()).add(name)
    return harmless


def place_groups(found: Iterable[Sequence[int]]) -> list[int] | None:
    """Give a place for each group of those where it stands, the latest that is free.

    None where one has none.
    """
    taken: list[int] = []
    for places in sorted(found, key=len):
        free = [at for at in places if at not in taken]
        if not free:
            return None
        taken.append(free[-1])
    return taken
