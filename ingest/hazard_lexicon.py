"""The words of danger in the languages of `hazards.yaml`, and the patterns that they make."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import yaml

from domain.hazards import HazardKind
from ingest.word_groups import HARMLESS, WordGroups, WordLookup, normal

FILE = Path(__file__).with_name("hazards.yaml")
DENIALS = (
    "not_before",
    "not_after",
    "not_verb",
    "fillers_before",
    "fillers_after",
    "ends",
    "mishaps",
    "or",
    "doubt",
    "cleared",
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A hazard is told where a word of each group stands among few.

    Attributes:
        ordered: two groups of which the first stands just before the second.
        firm: no "no" denies it.
    """

    kind: HazardKind
    groups: frozenset[str]
    ordered: tuple[str, str] | None
    firm: bool

    @classmethod
    def read(cls, kind: str, written: str) -> Self:
        """Read it as `hazards.yaml` writes it."""
        words = written.removeprefix("!").split()
        pair = next((tuple(word.split("<")) for word in words if "<" in word), None)
        return cls(
            kind=HazardKind(kind),
            groups=frozenset(group for word in words for group in word.split("<")),
            ordered=None if pair is None else (pair[0], pair[1]),
            firm=written.startswith("!"),
        )


class HazardLexicon:
    """The words of `hazards.yaml`, ready to be looked up."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        no = {name: told[name] for name in DENIALS}
        harmless = " ".join("_".join(one.split()) for one in told["harmless"])
        self.lookup = WordLookup(WordGroups({**told["groups"], **no, HARMLESS: harmless}))
        self.not_endings = tuple(map(normal, told["not_endings"].split()))
        self.not_verb_endings = tuple(map(normal, told["not_verb_endings"].split()))
        patterns = [
            Pattern.read(kind, written)
            for kind, patterns in told["hazards"].items()
            for written in patterns
        ]
        self.patterns: dict[str, list[Pattern]] = {}
        for pattern in patterns:
            for group in pattern.groups:
                self.patterns.setdefault(group, []).append(pattern)


@cache
def lexicon() -> HazardLexicon:
    """Give the shipped words, read once."""
    return HazardLexicon(yaml.safe_load(FILE.read_text(encoding="utf-8")))
