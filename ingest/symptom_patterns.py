"""Symptoms by meaning: words of certain groups near each other, as `symptom_patterns.yaml` says."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ingest.symptom_words import GroupedWord, Negators, SymptomWords, read_sentences
from ingest.text_spans import TextSpans

FILE = Path(__file__).with_suffix(".yaml")
# How many words more than the pattern has may stand between its first and last.
SLACK = 4
# Some need no nearness: they stand anywhere in a sentence of ordinary length.
WIDE = 16
# A word that silences a pattern stands so near.
NEAR = 6
# A word of failing stands so near what fails.
BESIDE = 3
WINDOW = 16
# A sentence that begins so and ends with "?" asks, and tells nothing.
ASKING = frozenset(
    """what which how can is are does do should could would will where when who kya kitna kitne
    kitni kaise kab kaun konsa""".split()
)
SURE, MENDED, DOUBTED = 0.9, 0.1, 0.4
NOT, FAIL, BAD, WELL = "not", "fail", "bad", "ok_word"
NEGATORS = ("forward", "verbal", "backward", "deny_only", "idle", "whole")
OTHERS = ("light", "well", "join", "either")


@dataclass(frozen=True, slots=True)
class SymptomPattern:
    """Which groups together tell a symptom.

    Attributes:
        negates: it needs a "no"; `fails`: a "no" or a word of failing.
        wants: a bit for each group that must be there, and all of them together.
        silenced: the groups of which none may be near.
        width: how far apart its words may stand.
    """

    symptom: str
    names: frozenset[str]
    wants: tuple[int, ...]
    every: int
    negates: bool
    fails: bool
    silenced: int
    width: int


@dataclass(frozen=True, slots=True)
class SymptomSeen:
    """A symptom that words of the text tell, between two places."""

    symptom: str
    start: int
    end: int
    confidence: float
    negated: bool
    names: frozenset[str]


class PatternTable:
    """The groups and patterns of `symptom_patterns.yaml`, ready to be looked up."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        denials = told["not"]
        others = {
            name: told[name]
            for name in (*OTHERS, "stop_words", "doubt", "repaired", "gone", "harmless")
        }
        denying = {name: denials[name] for name in NEGATORS}
        self.words = SymptomWords({**told["groups"], **denying, **others})
        bits = self.words.bits
        self.negators = Negators(**{name: bits[name] for name in (*NEGATORS, *OTHERS)})
        self.no = bits["forward"] | bits["backward"]
        self.bad = bits[BAD]
        self._silencers = {**bits, NOT: self.no, FAIL: self.no | self.bad}
        self.doubt, self.repaired, self.gone = bits["doubt"], bits["repaired"], bits["gone"]
        self.instead = {one: frozenset(s.split()) for one, s in told["instead"].items()}
        self.patterns: dict[int, list[SymptomPattern]] = {}
        for symptom, patterns in told["patterns"].items():
            for written in patterns:
                self._keep(self._read(symptom, written))

    def _read(self, symptom: str, written: str) -> SymptomPattern:
        words = written.removeprefix("@").split()
        names = [word for word in words if word[0] != "~"]
        wants = tuple(self.words.bits[name] for name in names if name not in (NOT, FAIL))
        return SymptomPattern(
            symptom=symptom,
            names=frozenset(NOT if name == FAIL else name for name in names),
            wants=wants,
            every=sum(set(wants)),
            negates=NOT in names,
            fails=FAIL in names,
            silenced=self._bits_of(word[1:] for word in words if word[0] == "~"),
            width=WIDE if written[0] == "@" else len(wants) + SLACK,
        )

    def _bits_of(self, names: Iterable[str]) -> int:
        found = 0
        for name in names:
            found |= self._silencers[name]
        return found

    def _keep(self, pattern: SymptomPattern) -> None:
        for bit in pattern.wants:
            self.patterns.setdefault(bit, []).append(pattern)


@cache
def pattern_table() -> PatternTable:
    """Give the shipped table, read once."""
    return PatternTable(yaml.safe_load(FILE.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class PatternReading:
    """What the patterns tell, and the sentences that speak of what was repaired or only ask."""

    seen: tuple[SymptomSeen, ...]
    settled: TextSpans
    asked: TextSpans


def group_keys(text: str) -> Iterator[Hashable]:
    """Yield the groups of each word of a text, or the word itself where it is of none."""
    for words in read_sentences(text, pattern_table().words):
        for word in words:
            groups = word.groups
            if not groups:
                yield word.text
            while groups:
                bit = groups & -groups
                groups ^= bit
                yield bit


def find_symptoms(text: str, known: PatternTable | None = None) -> tuple[SymptomSeen, ...]:
    """Give what the words tell, in the text's order."""
    return read_patterns(text, known).seen


def read_patterns(text: str, known: PatternTable | None = None) -> PatternReading:
    """Read the patterns of a text; what a fuller pattern says better is left out."""
    table = known or pattern_table()
    found: list[SymptomSeen] = []
    settled: list[tuple[int, int]] = []
    asked: list[tuple[int, int]] = []
    last: tuple[tuple[int, int], bool] | None = None
    for words in read_sentences(text, table.words):
        if not words:
            continue
        place = (words[0].start, words[-1].end)
        groups = sum_of_groups(words, range(len(words)))
        repaired = bool(groups & table.repaired)
        if groups & table.gone and (repaired or (last is not None and last[1])):
            settled += [place] if repaired or last is None else [last[0], place]
        if words[-1].text == "?" and words[0].text in ASKING:
            asked.append(place)
        here = _told(words, table)
        if groups & table.doubt:
            doubts = _doubted_parts(words, table.doubt)
            here = (_doubted(s) if s.start in doubts else s for s in here)
        found += here
        last = place, repaired
    repaired_in, asked_in = TextSpans(settled), TextSpans(asked)
    return PatternReading(
        seen=tuple(_settle(_fullest(found), repaired_in, asked_in)),
        settled=repaired_in,
        asked=asked_in,
    )


def _settle(
    seen: Iterable[SymptomSeen], settled: TextSpans, asked: TextSpans
) -> Iterator[SymptomSeen]:
    for each in seen:
        if settled.overlap(each.start, each.start + 1):
            yield _denied(each)
        else:
            yield _doubted(each) if asked.overlap(each.start, each.start + 1) else each


def _denied(seen: SymptomSeen) -> SymptomSeen:
    return SymptomSeen(seen.symptom, seen.start, seen.end, seen.confidence, True, seen.names)


def _doubted(seen: SymptomSeen) -> SymptomSeen:
    confidence = seen.confidence * DOUBTED
    return SymptomSeen(seen.symptom, seen.start, seen.end, confidence, seen.negated, seen.names)


def _doubted_parts(words: Sequence[GroupedWord], doubt: int) -> set[int]:
    """Give the places at which the words stand that share a part, between commas, with a doubt."""
    found: set[int] = set()
    part: list[GroupedWord] = []
    for word in (*words, None):
        if word is not None and word.text != ",":
            part.append(word)
            continue
        if any(each.groups & doubt for each in part):
            found |= {each.start for each in part}
        part = []
    return found


def _told(words: Sequence[GroupedWord], table: PatternTable) -> Iterator[SymptomSeen]:
    table.negators.bind(words)
    telling = [at for at, word in enumerate(words) if word.groups]
    every = sum_of_groups(words, telling)
    for number, at in enumerate(telling):
        behind = telling[max(0, number - WINDOW) : number + 1]
        near = telling[max(0, number - WINDOW) : number + WINDOW // 2 + 1]
        for pattern in _patterns_at(words[at].groups, sum_of_groups(words, behind), table):
            if pattern.negates and not every & table.no:
                continue
            seen = _place(pattern, at, words, near, table)
            if seen is not None:
                yield seen


def _patterns_at(groups: int, around: int, table: PatternTable) -> list[SymptomPattern]:
    """Give the patterns of which a word here is the last and the others stand before it."""
    found: dict[int, SymptomPattern] = {}
    while groups:
        bit = groups & -groups
        groups ^= bit
        for pattern in table.patterns.get(bit, ()):
            if pattern.every & around == pattern.every:
                found[id(pattern)] = pattern
    return list(found.values())


def sum_of_groups(words: Sequence[GroupedWord], places: Sequence[int]) -> int:
    """Give the groups of all of these words."""
    found = 0
    for place in places:
        found |= words[place].groups
    return found


def _place(
    pattern: SymptomPattern,
    last: int,
    words: Sequence[GroupedWord],
    near: Sequence[int],
    table: PatternTable,
) -> SymptomSeen | None:
    """Find a word of its own for each group, the last of them at `last`."""
    width = pattern.width
    window = [at for at in near if at <= last and words[last].place - words[at].place < width]
    taken = _assign(pattern.wants, last, words, window)
    if taken is None:
        return None
    reach = [at for at in near if abs(words[at].place - words[taken[-1]].place) <= width]
    no = _no_of(pattern, taken, words, reach, table)
    if no is None:
        return None
    first, end = min(*taken, *no, last), max(*taken, *no, last)
    if pattern.silenced and _is_silenced(pattern, first, end, words, near):
        return None
    taken_words = [words[at] for at in taken]
    free = WELL in pattern.names
    negated = any(w.fine for w in taken_words) and not free
    if not no and not negated:
        negated = any(w.denied for w in taken_words)
    mended = sum(w.mended for w in taken_words)
    return SymptomSeen(
        symptom=pattern.symptom,
        start=min(words[at].start for at in (*taken, *no)),
        end=max(words[at].end for at in (*taken, *no)),
        confidence=max(0.5, SURE - MENDED * mended),
        negated=negated,
        names=pattern.names,
    )


def _assign(
    wants: Sequence[int], last: int, words: Sequence[GroupedWord], window: Sequence[int]
) -> list[int] | None:
    """Give a word for each group, nearest to the last, no word twice; `last` is among them."""
    choices = sorted(
        ([at for at in reversed(window) if words[at].groups & bit] for bit in wants), key=len
    )
    taken: list[int] = []
    if not all(choices):
        return None
    for places in choices:
        free = next((at for at in places if at not in taken), None)
        if free is None:
            return None
        taken.append(free)
    return sorted(taken) if last in taken else None


def _no_of(
    pattern: SymptomPattern,
    taken: Sequence[int],
    words: Sequence[GroupedWord],
    reach: Sequence[int],
    table: PatternTable,
) -> list[int] | None:
    """Give where the "no" or the word of failing stands that a pattern needs; None if nowhere."""
    if not (pattern.negates or pattern.fails):
        return []
    own = set(taken)
    for at in reach:
        if words[at].groups & table.no and words[at].binds & own:
            return [at]
    if pattern.fails:
        for at in reach:
            near = min(abs(words[at].place - words[o].place) for o in own) <= BESIDE
            if words[at].groups & table.bad and at not in own and near and not words[at].denied:
                return [at]
    return None


def _is_silenced(
    pattern: SymptomPattern,
    first: int,
    end: int,
    words: Sequence[GroupedWord],
    near: Sequence[int],
) -> bool:
    low, high = words[first].place - NEAR, words[end].place + NEAR
    return any(
        words[at].groups & pattern.silenced and low <= words[at].place <= high for at in near
    )


def _fullest(seen: Sequence[SymptomSeen]) -> Iterator[SymptomSeen]:
    """Leave out what a pattern with more words says at an overlapping place."""
    ordered = sorted(seen, key=lambda s: (s.start, s.end))
    for number, each in enumerate(ordered):
        beside = ordered[max(0, number - WINDOW) : number + WINDOW + 1]
        if not any(
            other.names > each.names and other.start < each.end and each.start < other.end
            for other in beside
        ):
            yield each
