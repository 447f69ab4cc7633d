"""What a whole text says that takes a danger back: it was mended, heard of, or only asked about.

Read as `hazards.yaml` is: each word is looked up once. A text that says that something happens
again, or now, takes nothing back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from domain.hazards import HazardKind
from ingest.word_groups import WordGroups, WordLookup, normal, split_sentences

FILE = Path(__file__).with_suffix(".yaml")
BEFORE, ANYWHERE, PRESENT = "before", "anywhere", "present"
Rules = Mapping[str, Sequence[frozenset[str]]]


@dataclass(frozen=True, slots=True)
class HazardContext:
    """How far into a text dangers are taken back: all of them, or those of a kind."""

    until: Mapping[str, int]

    def takes_back(self, kind: HazardKind, start: int) -> bool:
        """Say whether a danger that is told at `start` is no longer one."""
        return any(start < self.until.get(of, 0) for of in (BEFORE, ANYWHERE, kind.value))

    @property
    def is_harmless(self) -> bool:
        """Say whether the text itself tells that nothing is dangerous now."""
        return BEFORE in self.until or ANYWHERE in self.until


NOTHING = HazardContext({})


class ContextLexicon:
    """The words of `hazard_contexts.yaml`, ready to be looked up."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.lookup = WordLookup(WordGroups(told["groups"]))
        self.rules: Rules = {
            kind: [frozenset(rule.split()) for rule in rules]
            for kind, rules in told["takes_back"].items()
        }
        self.question_endings = tuple(map(normal, told["question_endings"].split()))


@cache
def context_lexicon() -> ContextLexicon:
    """Give the shipped words, read once."""
    return ContextLexicon(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def read_context(text: str) -> HazardContext:
    """Read what a text takes back."""
    known = context_lexicon()
    last = dict[str, int]()
    for word in chain.from_iterable(split_sentences(text, [known.lookup])):
        last.update(dict.fromkeys(word.groups, word.end))
    if PRESENT in last:
        return NOTHING
    held = {
        kind: [max(last[group] for group in rule) for rule in rules if rule <= last.keys()]
        for kind, rules in known.rules.items()
    }
    return HazardContext(
        # What is mended may be followed by a danger; what a word means in a text holds for all.
        {kind: max(ends) if kind == BEFORE else len(text) for kind, ends in held.items() if ends}
    )
