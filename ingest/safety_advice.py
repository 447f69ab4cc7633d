"""What keeps people safe now, in the language of whoever reported a danger."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml

from domain.hazards import GROUP_OF, HazardGroup, SafetyAdvice, SeenHazard
from ingest.languages import advice_language

FILE = Path(__file__).with_suffix(".yaml")


def advise(text: str, hazards: Sequence[SeenHazard]) -> SafetyAdvice | None:
    """Give what to do first about the dangers that a text tells; None where it tells none."""
    if not hazards:
        return None
    language, kinds = advice_language(text), tuple(hazard.kind for hazard in hazards)
    groups = dict.fromkeys(GROUP_OF[kind] for kind in kinds)
    steps = [step for group in groups for step in _advice()[group][language]]
    return SafetyAdvice(hazards=kinds, steps=tuple(dict.fromkeys(steps)), language=language)


@cache
def _advice() -> Mapping[HazardGroup, Mapping[str, Sequence[str]]]:
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {HazardGroup(group): by_language for group, by_language in told.items()}
