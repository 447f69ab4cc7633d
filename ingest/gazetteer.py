"""Makes and models by the names people use for them, and which vehicle a text speaks of."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from domain.vehicles import UNKNOWN, VehicleCategory, VehicleContext, VehicleModel

TOKEN = re.compile(r"[A-Za-z\u00c0-\u024f]+|\d+(?:\.\d+)?")
YEAR = re.compile(
    r"(?<![\d.,₹-])(19[89]\d|20[0-4]\d)(?![\d,]|\.\d|\s?(?:km|v|rpm|rs|mah|w|kms)\b)",
    re.IGNORECASE,
)
YEAR_WORD = re.compile(r"model|\bmy\b|year|made|manufactured|\bof\b|reg", re.IGNORECASE)
LONGEST_NAME = 6
# Characters beside the name in which its year stands.
YEAR_BEFORE, YEAR_AFTER = 40, 25
LEAST_WORD = 3
# Names that are also words of everyday English: they need their make beside them.
ORDINARY = frozenset(
    """one edge escape focus fusion explorer ranger soul indie rage optima magnus comet punch ace
    transit accent venue leaf bolt volt spark flex fiesta forte expedition mirai crown sport rapid
    king city grand simple river ram mini smart note polo golf model pilot passport element fit rio
    pony van truck bus super spider edition rogue kicks quest frontier armada versa 911 718 900 100
    200 300 400 500 600""".split()
)
ORDINARY_MAKES = frozenset("simple river ram mini smart geo genesis revolt ampere omega".split())
# What people leave off a model's name.
TAILS = frozenset("ev electric".split())


@dataclass(frozen=True, slots=True)
class VehicleMention:
    """A make or model named in the text, and where."""

    make: str
    model: str | None
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Gazetteer:
    """Names as token tuples; a model's value is None where two makes share the name."""

    makes: Mapping[tuple[str, ...], str]
    models: Mapping[tuple[str, ...], tuple[tuple[str, str], ...]]
    categories: Mapping[tuple[str, str], VehicleCategory]

    @classmethod
    def from_models(cls, models: Iterable[VehicleModel]) -> Self:
        makes: dict[tuple[str, ...], str] = {}
        named: dict[tuple[str, ...], dict[tuple[str, str], None]] = {}
        categories: dict[tuple[str, str], VehicleCategory] = {}
        for each in models:
            makes.setdefault(_name_tokens(each.make), each.make)
            categories.setdefault((each.make, each.model), each.category)
            for name in _spoken_names(each.model):
                named.setdefault(name, {})[each.make, each.model] = None
        return cls(
            makes=makes,
            models={name: tuple(owners) for name, owners in named.items() if name},
            categories=categories,
        )

    @cached_property
    def _make_words(self) -> frozenset[str]:
        """What the name of a make begins with: most words of a text begin none."""
        return frozenset(name[0] for name in self.makes if name)

    @cached_property
    def _model_words(self) -> frozenset[str]:
        return frozenset(name[0] for name in self.models)

    def mentions(self, text: str) -> list[VehicleMention]:
        """Give what the text names, longest names first at each place, none overlapping."""
        tokens = [(t[0].casefold(), t.start(), t.end()) for t in TOKEN.finditer(text)]
        named = self._named_makes(tokens)
        found: list[VehicleMention] = list(named.values())
        at = 0
        while at < len(tokens):
            mention, length = self._model_at(tokens, at, named)
            if mention:
                found.append(mention)
            at += max(1, length)
        return sorted(found, key=lambda m: (m.start, -m.end))

    def vehicle(self, text: str) -> VehicleContext:
        """Give the vehicle that the text names first; what it leaves open is None."""
        found = self.mentions(text)
        if not found:
            return UNKNOWN
        make = found[0].make
        named = next((m for m in found if m.make == make and m.model is not None), None)
        if named is None:
            return VehicleContext(make=make, year=_year_in(text, found[0]))
        return VehicleContext(
            make=make,
            model=named.model,
            year=_year_in(text, named),
            category=self.categories.get((make, named.model or "")),
        )

    def _named_makes(self, tokens: list[tuple[str, int, int]]) -> dict[int, VehicleMention]:
        """Give the makes by the place after them."""
        found: dict[int, VehicleMention] = {}
        for at, (first, _, _) in enumerate(tokens):
            for length in (3, 2, 1) if first in self._make_words else ():
                name = tuple(word for word, _, _ in tokens[at : at + length])
                make = self.makes.get(name)
                if make and len(name) == length and name[0] not in ORDINARY_MAKES:
                    found[at + length] = VehicleMention(
                        make, None, tokens[at][1], tokens[at + length - 1][2]
                    )
                    break
        return found

    def _model_at(
        self, tokens: list[tuple[str, int, int]], at: int, named: Mapping[int, VehicleMention]
    ) -> tuple[VehicleMention | None, int]:
        if tokens[at][0] not in self._model_words:
            return None, 0
        for length in range(min(LONGEST_NAME, len(tokens) - at), 0, -1):
            name = tuple(word for word, _, _ in tokens[at : at + length])
            owners = self.models.get(name)
            if owners is None:
                continue
            beside = named[at].make if at in named else self._spoken_make(tokens, at)
            owner = next((o for o in owners if o[0] == beside), None)
            glued = tokens[at + length - 1][2] - tokens[at][1] == sum(map(len, name))
            alone = len({make for make, _ in owners}) == 1 and not _is_ordinary_word(
                name, glued=glued
            )
            if owner is None and alone:
                owner = owners[0]
            if owner:
                return VehicleMention(*owner, tokens[at][1], tokens[at + length - 1][2]), length
        return None, 0

    def _spoken_make(self, tokens: list[tuple[str, int, int]], at: int) -> str | None:
        """Give the make right before, also one whose name is an ordinary word."""
        return self.makes.get((tokens[at - 1][0],)) if at else None


def _spoken_names(model: str) -> Iterator[tuple[str, ...]]:
    name = _name_tokens(model)
    yield name
    if len(name) > 1 and name[-1] in TAILS:
        yield name[:-1]


def _name_tokens(name: str) -> tuple[str, ...]:
    return tuple(found[0].casefold() for found in TOKEN.finditer(name))


def _is_ordinary_word(name: tuple[str, ...], *, glued: bool) -> bool:
    """Say whether a name could be anything: "be 6" could, "EV6" and "ZS EV" could not."""
    if any(len(word) >= LEAST_WORD for word in name):
        return len(name) == 1 and name[0] in ORDINARY
    written_as_one = glued and len("".join(name)) >= LEAST_WORD
    return not written_as_one and TAILS.isdisjoint(name)


def _year_in(text: str, named: VehicleMention) -> int | None:
    """Give the model year: the one beside the vehicle's name, or the only one called a model's."""
    every = list(YEAR.finditer(text))
    before = [y for y in every if 0 <= named.start - y.end() <= YEAR_BEFORE]
    after = [y for y in every if 0 <= y.start() - named.end <= YEAR_AFTER]
    beside = before[-1:] or after[:1]
    called = {int(y[1]) for y in every if _is_called_year(text, y)}
    if beside:
        return int(beside[0][1])
    return called.pop() if len(called) == 1 else None


def _is_called_year(text: str, year: re.Match[str]) -> bool:
    return YEAR_WORD.search(text[max(0, year.start() - 12) : year.end() + 12]) is not None
