"""What every agency is asked for, and what their lists have in common."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

import yaml

from domain.ids import PersonId
from ingest.makers import KNOWN, SPELLED, maker_name

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text("utf-8"))
WORD = re.compile(r"[^\W_]+(?:-[^\W_]+){0,3}")
YEAR_IN_TEXT = re.compile(r"(?<!\d)(?:19[5-9]|20[0-4])\d(?!\d)")
Fields = dict[str, str]


class RecallKind(StrEnum):
    """What a campaign is of; only vehicles become cards."""

    VEHICLE = "vehicles"
    EQUIPMENT = "equipment"
    TYRE = "tyres"
    CHILD_SEAT = "child seats"
    OTHER = "other products"


KIND_OF_WORD = {
    "vehicle": RecallKind.VEHICLE,
    "equipment": RecallKind.EQUIPMENT,
    "tyre": RecallKind.TYRE,
    "child_seat": RecallKind.CHILD_SEAT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """The model years that a line names, both included; none where it names none."""

    first: int
    last: int


class Agency(Protocol):
    """Who publishes campaigns: each method reads one row under the names of its own form.

    `form` is its form in `column_names.yaml`, `root` the first word of its cards' ids and of its
    component tree.
    """

    @property
    def form(self) -> str: ...
    @property
    def root(self) -> str: ...
    @property
    def number_example(self) -> str: ...
    @property
    def months_lead(self) -> bool:
        """Whether its dates write the month first where nothing tells."""
        ...

    def number(self, fields: Fields) -> str:
        """Give the campaign's number in full, or nothing if it has not the form of one."""
        ...

    def kind(self, number: str, fields: Fields) -> RecallKind:
        """Say what the campaign is of."""
        ...

    def shared_fields(self, fields: Fields) -> Fields:
        """Give the row under the names that all agencies share (those of the form `nhtsa`)."""
        ...

    def year_of_number(self, number: str) -> int | None:
        """Give the year that a number tells."""
        ...


def publisher(agency: Agency) -> PersonId:
    return PersonId(agency.root)


def kind_of_words(*texts: str) -> RecallKind | None:
    """Give the first kind that has a word in the texts."""
    told = " ".join(f" {' '.join(WORD.findall(_folded(text)))} " for text in texts)
    kinds = cast("dict[str, list[str]]", WORDS["kinds"])
    for kind, words in kinds.items():
        if any(f" {word} " in told for word in words):
            return KIND_OF_WORD[kind]
    return None


def years_of_text(*texts: str) -> Years | None:
    """Give the first and the last of the years that stand in the texts."""
    found = [int(year) for text in texts for year in YEAR_IN_TEXT.findall(text[:2_000])]
    return Years(first=min(found), last=max(found)) if found else None


def written_years(years: Years | None) -> Fields:
    if years is None:
        return {}
    return {"year": str(years.first), "year_to": str(years.last)}


def make_of_product(product: str) -> tuple[str, str] | None:
    """Part a product's name in make and model: "Hyundai Kona Electric" → Hyundai, Kona Electric."""
    words = product.split()
    for count in (3, 2, 1):
        name = " ".join(words[:count])
        if name.casefold() in _makes():
            return maker_name(name), " ".join(words[count:])
    return None


def any_word(words: Iterable[str], text: str) -> bool:
    folded = _folded(text).strip()
    return any(word in folded for word in words)


@cache
def _makes() -> frozenset[str]:
    listed = cast("list[str]", WORDS["makes"])
    return KNOWN | {name.casefold() for name in (*listed, *SPELLED)}


def _folded(text: str) -> str:
    lowered = text[:2_000].casefold()
    return lowered.translate(str.maketrans("áàâäãéèêëíìîïóòôöõúùûüñç", "aaaaaeeeeiiiiooooouuuunc"))
