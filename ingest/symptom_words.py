"""Words of a report by the groups of `symptom_patterns.yaml`, and which of them a "no" denies.

A "no" is read by where it stands: English denies what follows ("no noise"), Hindi what it follows
("awaaz nahi"), and a verb that says little passes it on ("the horn does not work").
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.spellings import Speller
from ingest.word_stems import FILLERS

TOKEN = re.compile(r"[^\W_]+(?:['’][a-z]{1,2}(?![^\W_]))?|%|[.!?;:\n]+|,|[-–—](?=\s)")
LONGEST_WORD = 30
STOPS = frozenset(".!?;:\n")
PAUSES = frozenset(",-–—")
# A comma keeps words apart as two words between them would.
COMMA_WIDTH = 2
# "Dikkat nahi" denies what stands so near in its part of the sentence; so does "is fine".
WHOLE_REACH = 5
WELL_REACH = 3
BOUND = 2
# "It won't open from the screen" says nothing of the screen.
PREPOSITIONS = frozenset(
    "on from in at with when while after before during by since until as".split()
)
# A point inside a figure ends no sentence.
IN_FIGURES = re.compile(r"(?<=\d)[.,](?=\d)")


@dataclass(slots=True)
class GroupedWord:
    """A word with its groups as bits, its place among the words that count, and who denies it."""

    text: str
    start: int
    end: int
    place: int
    groups: int
    mended: bool = False
    denied: bool = False
    fine: bool = False
    binds: set[int] = field(default_factory=set[int])


class SymptomWords:
    """Which groups a word is of: whole, by its beginning (`vibrat*`), or in a row (`cut_off`)."""

    def __init__(self, groups: Mapping[str, str]) -> None:
        self.bits = {name: 1 << at for at, name in enumerate(groups)}
        self._whole: dict[str, int] = {}
        self._begins: dict[str, int] = {}
        self._rows: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for name, words in groups.items():
            for word in dict.fromkeys(words.casefold().split()):
                self._keep(self.bits[name], word)
        self.rows_from = {word: tuple(rows) for word, rows in self._rows.items()}
        known = {word for word in self._whole if word.isalpha()}
        self.no = sum(self.bits.get(name, 0) for name in ("forward", "verbal", "backward"))
        self.denying = sum(self.bits.get(n, 0) for n in ("verbal", "idle", "whole", "harmless"))
        self.harmless = self.bits.get("harmless", 0)
        self._speller = Speller(known | {w for w in self._rows if w.isalpha()})
        self._known: dict[str, tuple[tuple[str, int, bool], ...]] = {}

    def _keep(self, bit: int, word: str) -> None:
        if "_" in word:
            first, *rest = word.split("_")
            self._rows.setdefault(first, []).append((tuple(rest), bit))
        elif word.endswith("*"):
            begins = word.rstrip("*")
            self._begins[begins] = self._begins.get(begins, 0) | bit
        else:
            self._whole[word] = self._whole.get(word, 0) | bit

    def read(self, word: str) -> tuple[tuple[str, int, bool], ...]:
        """Give the words that a written word stands for, each with its groups and if mended."""
        known = self._known.get(word)
        if known is None:
            known = tuple(self._read(word))
            # A word may be as long as its text: so many of those would weigh hundreds of megabytes.
            if len(self._known) < KEPT_WORDS and len(word) <= LONGEST_WORD:
                self._known[word] = known
        return known

    def _read(self, word: str) -> Iterator[tuple[str, int, bool]]:
        groups = self._of(word)
        if groups or word in FILLERS or word in self.rows_from or len(word) > LONGEST_WORD:
            yield word, groups, False
            return
        mended = self._speller.mend(word)
        if not mended:
            yield word, 0, False
        for each in mended:
            yield each, self._of(each), True

    def _of(self, word: str) -> int:
        found = self._whole.get(word, 0)
        for length in range(3, min(len(word), LONGEST_WORD) + 1):
            found |= self._begins.get(word[:length], 0)
        return found


KEPT_WORDS = 20_000


def read_sentences(text: str, known: SymptomWords) -> Iterator[list[GroupedWord]]:
    """Yield the words of each sentence; a pause and "but" are words without groups, and so is the
    "?" that ends one.
    """
    words: list[GroupedWord] = []
    place = 0
    stop = known.bits["stop_words"]
    for found in TOKEN.finditer(IN_FIGURES.sub("0", text)):
        piece = found[0].casefold().replace("’", "'")
        start, end = found.span()
        if piece[0] in STOPS:
            if "?" in piece:
                words.append(GroupedWord("?", start, end, place, 0))
            yield _with_rows(words, known)
            words, place = [], 0
            continue
        for spelled, groups, mended in known.read(piece):
            if piece in PAUSES or groups & stop:
                place += COMMA_WIDTH
                words.append(GroupedWord(",", start, end, place, 0))
            else:
                place += bool(groups) or spelled not in FILLERS
                words.append(GroupedWord(spelled, start, end, place, groups, mended))
    yield _with_rows(words, known)


def _with_rows(words: list[GroupedWord], known: SymptomWords) -> list[GroupedWord]:
    """Give the words with the groups of rows at their last word."""
    texts = [word.text for word in words]
    for at, text in enumerate(texts):
        for rest, bit in known.rows_from.get(text, ()):
            end = at + len(rest)
            if end < len(texts) and all(map(_fits, texts[at + 1 : end + 1], rest)):
                words[end].groups |= bit
                if not bit & known.denying:
                    # The "no" of a row is part of what the row says.
                    for word in words[at : end + 1]:
                        word.groups &= ~known.no
                if bit & known.harmless:
                    for word in words[at : end + 1]:
                        word.groups = 0
                words[end].start = min(words[end].start, words[at].start)
    return words


def _fits(word: str, part: str) -> bool:
    return word.startswith(part[:-1]) if part[-1] == "*" else word == part


@dataclass(frozen=True, slots=True)
class Negators:
    """The bits of what denies, and of what passes a "no" on."""

    forward: int
    verbal: int
    backward: int
    deny_only: int
    idle: int
    whole: int
    light: int
    well: int
    join: int
    either: int

    def bind(self, words: Sequence[GroupedWord]) -> None:
        """Write into each word which words its "no" belongs to, and which words are denied."""
        asked = bool(words) and words[-1].text == "?"
        for at, word in enumerate(words):
            groups = word.groups
            if groups & self.idle:
                self._let_go(words, at)
            elif groups & self.whole:
                self._deny_part(words, at, WHOLE_REACH)
            elif groups & self.forward:
                self._bind_forward(words, at)
            elif groups & self.backward:
                self._bind_backward(words, at)
            elif groups & self.deny_only:
                self._deny(words, self._after(words, at, BOUND))
            elif groups & self.well and not asked:
                self._is_fine(words, at)

    def _let_go(self, words: Sequence[GroupedWord], at: int) -> None:
        for before in range(max(0, at - 2), at + 1):
            for bound in words[before].binds:
                words[bound].denied = False
            words[before].binds.clear()

    def _deny_part(self, words: Sequence[GroupedWord], at: int, reach: int) -> None:
        self._let_go(words, at)
        for step in (1, -1):
            place = at + step
            while 0 <= place < len(words) and words[place].text != ",":
                if abs(words[place].place - words[at].place) > reach:
                    break
                words[place].denied = words[place].fine = True
                place += step

    def _bind_forward(self, words: Sequence[GroupedWord], at: int) -> None:
        after = self._after(words, at, BOUND)
        light = not after or bool(words[self._next(words, at)].groups & self.light)
        before = self._before(words, at, BOUND) if light else []
        words[at].binds.update(before or after, after[:1] if before else ())
        if words[at].groups & self.verbal:
            # "The horn does not sound" is said of the horn.
            words[at].binds.update(self._before(words, at, BOUND))
            if after and words[after[0]].text == "on":
                self._deny(words, self._before(words, at, BOUND))
        if before:
            self._deny(words, before[:1])
        else:
            self._deny(words, after[:1])
            self._deny_list(words, after[:1])

    def _deny_list(self, words: Sequence[GroupedWord], denied: Sequence[int]) -> None:
        """Deny what "or" puts beside it: "no noise or smell"."""
        while denied and denied[0] + 1 < len(words):
            behind = denied[0] + 1
            if not words[behind].groups & self.either:
                beyond = behind + 1 < len(words) and words[behind + 1].groups & self.either
                if not beyond:
                    return
                behind += 1
            denied = self._after(words, behind, 1)
            self._deny(words, denied)

    def _bind_backward(self, words: Sequence[GroupedWord], at: int) -> None:
        before, after = self._before(words, at, BOUND), self._after(words, at, 1)
        follows = self._next(words, at)
        light = follows >= len(words) or not after or bool(words[follows].groups & self.light)
        words[at].binds.update(before)
        if not light or not before:
            words[at].binds.update(after)
            self._deny(words, after)
        self._deny(words, before[:1])

    def _is_fine(self, words: Sequence[GroupedWord], at: int) -> None:
        """What stands before "is fine" is fine; "not fine" says nothing of it."""
        for place in range(at - 1, max(-1, at - 8), -1):
            word = words[place]
            if word.text == "," or word.groups & self.join:
                return
            if word.groups & (self.forward | self.backward) and at in word.binds:
                return
            if words[at].place - word.place > WELL_REACH:
                return
            word.fine = True

    def _deny(self, words: Sequence[GroupedWord], places: Sequence[int]) -> None:
        for place in places:
            words[place].denied = True

    def _next(self, words: Sequence[GroupedWord], at: int) -> int:
        """Give the place of the next word that is no filler, light verbs among them."""
        at += 1
        while at < len(words) and not words[at].groups and words[at].text in FILLERS:
            at += 1
        return min(at, len(words) - 1)

    def _after(self, words: Sequence[GroupedWord], at: int, most: int) -> list[int]:
        return self._telling(words, range(at + 1, min(len(words), at + 8)), most)

    def _before(self, words: Sequence[GroupedWord], at: int, most: int) -> list[int]:
        return self._telling(words, range(at - 1, max(-1, at - 8), -1), most)

    def _telling(self, words: Sequence[GroupedWord], places: range, most: int) -> list[int]:
        """Give the nearest words that say something, up to a comma, an "and" or another "no"."""
        found: list[int] = []
        for place in places:
            word = words[place]
            if word.text == "," or word.groups & (self.join | self.either):
                break
            if word.groups & (self.forward | self.backward | self.deny_only):
                break
            if found and word.text in PREPOSITIONS:
                break
            own = word.groups & ~self.light
            if own or (not word.groups and word.text not in FILLERS):
                found.append(place)
                if len(found) == most:
                    break
        return found
