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
# So much of the weight of a name, or of its head, must stand in the piece, close together.
COVERED, HEAD_COVERED, SPREAD = 0.55, 0.75, 4
# Names whose words in the text weigh as much are told alike.
NEARLY = 0.95
# The head of a name ends where its kind and its sizes begin.
HEAD = re.compile(r"(?:(?!with\b|for\b|in\b)[A-Za-z\-]{1,40}(?=[ ,]|$) ?){1,8}")
# A type number of so many digits that one part alone has: 6205.
TYPE_DIGITS = 4
LEAST_WORDS = 2
# A step that goes on for longer names no more parts than it does so far.
MOST_WORDS = 60
SMALL = frozenset("a an and of the for with to from in on two three".split())
MOST_USED = 20
NUMBERS = {"two": 2, "both": 2, "do": 2, "dono": 2, "three": 3, "teen": 3, "four": 4, "char": 4}
COUNTERS = frozenset(
    "nos no pcs pc pieces piece x bottles bottle litre litres liter liters l".split()
)
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
    heads: tuple[frozenset[str], ...]
    weights: Mapping[str, float]

    @classmethod
    def from_parts(cls, parts: Sequence[Part]) -> Self:
        stems = tuple(frozenset(_stems(part.name)) for part in parts)
        counted = Counter(stem for own in stems for stem in own)
        return cls(
            parts=tuple(parts),
            stems=stems,
            heads=tuple(frozenset(_stems(_head(part.name))) for part in parts),
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
        free = {
            n: stem_word(w.text)
            for n, w in enumerate(piece.words[:MOST_WORDS])
            if w.text not in SMALL
        }
        while True:
            best = self._best(free, vehicle)
            if best is None:
                return
            # What stands between its words is its own: "conduit, cargo body".
            for at in range(best.at[0], best.at[-1] + 1):
                free.pop(at, None)
            first, last = piece.words[best.at[0]], piece.words[best.at[-1]]
            count = _quantity(piece.words, best.at[0], best.at[-1], best.part.name)
            yield PartSeen(best.part, count, first.start, last.end)

    def _best(self, free: Mapping[int, str], vehicle: VehicleContext) -> _Candidate | None:
        numbers = {n for stem in free.values() for n in self._named.get(stem, ())}
        likely = [c for n in sorted(numbers) if (c := self._candidate(n, free)) is not None]
        if not likely:
            return None
        top = max(likely, key=lambda c: c.score)
        alike = [
            c for c in likely if c.score >= NEARLY * top.score and not {*c.at}.isdisjoint(top.at)
        ]
        if len(alike) > 1:
            alike = [c for c in alike if fits(c.part, vehicle)]
        return alike[0] if len(alike) == 1 else None

    def _candidate(self, number: int, free: Mapping[int, str]) -> _Candidate | None:
        wanted = self.stems[number]
        placed = _closest(free, wanted)
        told = {free[at] for at in placed}
        weight = sum(self.weights[stem] for stem in told)
        head = self._share(self.heads[number], told)
        whole = self._share(wanted, told)
        if len(told) < min(LEAST_WORDS, len(wanted)):
            return None
        unlike = head < HEAD_COVERED and whole < COVERED
        if unlike and not any(self._is_type_number(stem) for stem in told):
            return None
        return _Candidate(self.parts[number], weight + head + whole, tuple(placed))

    def _is_type_number(self, stem: str) -> bool:
        return len(stem) >= TYPE_DIGITS and stem.isdigit() and len(self._named[stem]) == 1

    def _share(self, wanted: frozenset[str], told: set[str]) -> float:
        total = sum(self.weights[stem] for stem in wanted)
        return sum(self.weights[stem] for stem in wanted & told) / total if total else 0.0


def _head(name: str) -> str:
    found = HEAD.match(name)
    # A head of one word ("Relay 12 V 40 A") names nothing by itself.
    return found[0] if found and len(found[0].split()) >= LEAST_WORDS else name


def _stems(name: str) -> Iterator[str]:
    for found in NAME_WORD.finditer(name.casefold()):
        if found[0] not in SMALL:
            yield stem_word(found[0])


def _closest(free: Mapping[int, str], wanted: frozenset[str]) -> Sequence[int]:
    """Give the places, near each other, that hold most of the wanted words, each once."""
    best: Sequence[int] = ()
    run: dict[str, int] = {}
    last = None
    for at in sorted(at for at, stem in free.items() if stem in wanted):
        if last is not None and at - last > SPREAD:
            run = {}
        last = at if free[at] not in run else last
        run.setdefault(free[at], at)
        if len(run) > len(best):
            best = sorted(run.values())
    return best


def _quantity(words: Sequence[ReportWord], first: int, last: int, name: str) -> int:
    """Give the number before a name or behind it: "2 nos X", "X 2 litres"; else one."""
    for at in range(first - 1, max(-1, first - 4), -1):
        number = _count(words[at].text)
        if number is not None:
            return number
        if words[at].text not in JOINING:
            break
    sizes = {found[0] for found in NAME_WORD.finditer(name)}
    for at in range(first, min(last + 2, len(words) - 1)):
        number = _count(words[at].text)
        counted = words[at + 1].text in COUNTERS and words[at].text not in sizes
        if number is not None and counted:
            return number
    return 1


def _count(text: str) -> int | None:
    if text in NUMBERS:
        return NUMBERS[text]
    return int(text) if text.isdigit() and 1 <= int(text) <= MOST_USED else None
