"""Parts of the catalogue by the names that people use for them, and how many were used.

A name is found where the most telling part of its words stands close together; of names that are
told alike none is taken, unless the catalogue says that only one of them fits the vehicle.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from domain.vehicles import VehicleContext
from domain.vocabulary import Part, fits
from ingest.report_pieces import ReportPiece, ReportWord
from ingest.word_stems import stem_word

NAME_WORD = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?")
# Of a name so much of its weight must stand in the piece, and of what stands between its words.
COVERED, NEARLY, SPREAD = 0.5, 0.05, 5
LEAST_WORDS = 2
SMALL = frozenset("a an and of the for with to from in on two three".split())
MOST_USED = 20
NUMBERS = {"two": 2, "both": 2, "do": 2, "dono": 2, "three": 3, "teen": 3, "four": 4, "char": 4}
COUNTERS = frozenset("nos no pcs pc pieces piece x bottles bottle litre litres liter liters l".split())
JOINING = frozenset("new naya nayi naye fresh of".split()) | COUNTERS


@dataclass(frozen=True, slots=True)
class PartSeen:
    """A part read between two places of the text."""

    part: Part
    quantity: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    part: Part
    score: float
    at: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class PartNames:
    """The names of the catalogue's parts as stems, and how telling each stem is."""

    parts: tuple[Part, ...]
    stems: tuple[frozenset[str], ...]
    weights: Mapping[str, float]

    @classmethod
    def from_parts(cls, parts: Sequence[Part]) -> Self:
        stems = tuple(frozenset(_stems(part.name)) for part in parts)
        counted = Counter(stem for own in stems for stem in own)
        return cls(
            parts=tuple(parts),
            stems=stems,
            weights={s: math.log(1 + len(parts) / n) for s, n in counted.items()},
        )

    @cached_property
    def _named(self) -> Mapping[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for number, own in enumerate(self.stems):
            for stem in own:
                found.setdefault(stem, []).append(number)
        return {stem: tuple(numbers) for stem, numbers in found.items()}

    def find(self, piece: ReportPiece, vehicle: VehicleContext) -> Iterator[PartSeen]:
        """Yield the parts that a piece names, the best named first; no word names two."""
        free = {n: stem_word(w.text) for n, w in enumerate(piece.words) if w.text not in SMALL}
        while True:
            best = self._best(free, vehicle)
            if best is None:
                return
            # What stands between its words is its own: "conduit, cargo body".
            for at in range(best.at[0], best.at[-1] + 1):
                free.pop(at, None)
            first, last = piece.words[best.at[0]], piece.words[best.at[-1]]
            count = _quantity(piece.words, best.at[0], best.at[-1])
            yield PartSeen(best.part, count, first.start, last.end)

    def _best(self, free: Mapping[int, str], vehicle: VehicleContext) -> _Candidate | None:
        numbers = {n for stem in free.values() for n in self._named.get(stem, ())}
        likely = [c for n in sorted(numbers) if (c := self._candidate(n, free)) is not None]
        if not likely:
            return None
        top = max(c.score for c in likely)
        alike = [c for c in likely if c.score >= top - NEARLY]
        if len(alike) > 1:
            alike = [c for c in alike if fits(c.part, vehicle)]
        return alike[0] if len(alike) == 1 else None

    def _candidate(self, number: int, free: Mapping[int, str]) -> _Candidate | None:
        wanted = self.stems[number]
        placed = _closest(sorted(at for at, stem in free.items() if stem in wanted))
        told = {free[at] for at in placed}
        total = sum(self.weights[stem] for stem in wanted)
        share = sum(self.weights[stem] for stem in told) / total
        if share < COVERED or len(told) < min(LEAST_WORDS, len(wanted)):
            return None
        return _Candidate(self.parts[number], share, tuple(placed))


def _stems(name: str) -> Iterator[str]:
    for found in NAME_WORD.finditer(name.casefold()):
        if found[0] not in SMALL:
            yield stem_word(found[0])


def _closest(places: Sequence[int]) -> Sequence[int]:
    """Give the longest run of places that stand near each other."""
    best: Sequence[int] = ()
    run: list[int] = []
    for at in places:
        if run and at - run[-1] > SPREAD:
            run = []
        run.append(at)
        if len(run) > len(best):
            best = list(run)
    return best


def _quantity(words: Sequence[ReportWord], first: int, last: int) -> int:
    """Give the number before a name or behind it: "2 nos X", "X 2 litres"; else one."""
    for at in range(first - 1, max(-1, first - 4), -1):
        number = _count(words[at].text)
        if number is not None:
            return number
        if words[at].text not in JOINING:
            break
    after = words[last + 1 : last + 3]
    if after and after[-1].text in COUNTERS or (len(after) > 1 and after[0].text == "x"):
        number = next((n for w in after if (n := _count(w.text)) is not None), None)
        return number or 1
    return 1


def _count(text: str) -> int | None:
    if text in NUMBERS:
        return NUMBERS[text]
    return int(text) if text.isdigit() and 1 <= int(text) <= MOST_USED else None
