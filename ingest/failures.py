"""Several failures in one report, told apart, so that each is matched and diagnosed by itself.

Two failures are told where two symptoms of systems that have little to do with each other stand in
sentences of their own, or are joined by a word such as "also", or where a list counts them. What
only follows from the other ("when", "so") belongs to it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Self

import yaml

from ingest.extraction import TextFinding
from ingest.lexicon import PhraseKind

FILE = Path(__file__).with_suffix(".yaml")
# More are read as one: nobody reads more answers than these.
MOST = 3
# What is less sure founds no failure of its own.
SURE = 0.5
LETTER = r"0-9A-Za-z\u00c0-\u024f\u0900-\u0963\u0966-\u0d7f"
WORD = re.compile(rf"[{LETTER}]{{1,40}}")
# "1.", "2)", "(b)": not the point of a figure, nor a number with its unit.
COUNTED = re.compile(r"(?:^|[\s,;:(])\(?(?:[1-9]|[a-c])[.)](?=\s|[^\W\d])", re.IGNORECASE)
FIRST_COUNTED = re.compile(r"(?:^|[\s,;:(])\(?(?:1|a)[.)](?=\s|[^\W\d])", re.IGNORECASE)
SENTENCE_ENDS = re.compile(r"[.!?;\n\u0964](?=\s|$)")
LONGEST_PHRASE = 3


@dataclass(frozen=True, slots=True)
class FailureWords:
    """The words of `failures.yaml`, ready to be looked up."""

    joins: frozenset[str]
    ties: frozenset[str]
    one_failure: tuple[frozenset[str], ...]

    @classmethod
    @cache
    def read(cls) -> Self:
        told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
        return cls(
            joins=frozenset(map(str.strip, told["joins"].split(","))),
            ties=frozenset(map(str.strip, told["ties"].split(","))),
            one_failure=tuple(frozenset(one.split()) for one in told["one_failure"]),
        )

    def related(self, first: str, second: str) -> bool:
        """Say whether two systems, as symptoms name them, mostly fail together."""
        return first == second or any({first, second} <= one for one in self.one_failure)


def split_failures(text: str, found: Sequence[TextFinding]) -> tuple[str, ...]:
    """Give the piece of the text that tells each failure, in order; none where it tells one."""
    symptoms = [
        each
        for each in sorted(found, key=lambda f: (f.start, f.end))
        if each.kind is PhraseKind.SYMPTOM and not each.negated and each.confidence >= SURE
    ]
    cuts = [0, *_cuts(text, symptoms), len(text)]
    if len(cuts) not in range(3, MOST + 2):
        return ()
    return tuple(text[a:b].strip() for a, b in pairwise(cuts))


def _cuts(text: str, symptoms: Sequence[TextFinding]) -> Iterator[int]:
    """Yield where a failure ends and another begins."""
    words = FailureWords.read()
    told = list[TextFinding]()
    for each in symptoms:
        before = [one for one in told if one.end <= each.start]
        if before and len(before) == len(told):
            place = _boundary(text, before[-1].end, each.start, words)
            if place is not None and _apart(told, each, words, counted=place[1]):
                yield place[0]
                told = []
        told.append(each)


def _apart(
    told: Sequence[TextFinding], each: TextFinding, words: FailureWords, *, counted: bool
) -> bool:
    """Say whether a symptom is of another failure than those told before it."""
    if counted:
        return all(one.value != each.value for one in told)
    return not any(words.related(_system(one), _system(each)) for one in told)


def _boundary(text: str, start: int, end: int, words: FailureWords) -> tuple[int, bool] | None:
    """Give where to cut between two symptoms, and whether a list counts them; None: not at all."""
    counted = [found.start() for found in COUNTED.finditer(text, max(0, start - 1), end)]
    if counted and FIRST_COUNTED.search(text, 0, end):
        return counted[-1], True
    ended = [found.end() for found in SENTENCE_ENDS.finditer(text, max(0, start - 1), end)]
    gap = [(found[0].casefold(), found.start()) for found in WORD.finditer(text, start, end)]
    cut = ended[-1] if ended else next(_joins(gap, words), None)
    if cut is None or any(word in words.ties for word, at in gap if at >= cut):
        return None
    return cut, False


def _joins(gap: Sequence[tuple[str, int]], words: FailureWords) -> Iterator[int]:
    """Yield where the words stand that join another failure."""
    for first, (_, at) in enumerate(gap):
        phrases = (
            " ".join(word for word, _ in gap[first : first + length])
            for length in range(LONGEST_PHRASE, 0, -1)
        )
        if any(phrase in words.joins for phrase in phrases):
            yield at


def _system(symptom: TextFinding) -> str:
    """Give the system of a symptom's code: BATT of SYM_BATT_001."""
    return symptom.value.split("_")[1]
