"""Dangers to people that a report may tell: they come before everything else in an answer."""

from dataclasses import dataclass
from enum import StrEnum


class HazardKind(StrEnum):
    """What may hurt somebody, the most urgent first."""

    FIRE = "fire"
    SMOKE = "smoke"
    HISSING = "hissing"
    SWELLING = "swelling"
    BURNING_SMELL = "burning_smell"
    HOT = "hot"
    SHOCK = "shock"
    LIVE = "live"
    WATER = "water"
    BRAKES = "brakes"
    STEERING = "steering"
    MOVEMENT = "movement"
    FRAME = "frame"


class HazardGroup(StrEnum):
    """What keeps people safe is the same for all of a group."""

    BURNS = "burns"
    SHOCKS = "shocks"
    RUNS = "runs"


_GROUPS = {
    HazardGroup.BURNS: (
        HazardKind.FIRE,
        HazardKind.SMOKE,
        HazardKind.HISSING,
        HazardKind.SWELLING,
        HazardKind.BURNING_SMELL,
        HazardKind.HOT,
    ),
    HazardGroup.SHOCKS: (HazardKind.SHOCK, HazardKind.LIVE, HazardKind.WATER),
    HazardGroup.RUNS: (
        HazardKind.BRAKES,
        HazardKind.STEERING,
        HazardKind.MOVEMENT,
        HazardKind.FRAME,
    ),
}
GROUP_OF = {kind: group for group, kinds in _GROUPS.items() for kind in kinds}
URGENCY = {kind: place for place, kind in enumerate(HazardKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenHazard:
    """A danger that a text tells: `text[start:end]` tells it."""

    kind: HazardKind
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyAdvice:
    """What to do before anything else.

    Attributes:
        hazards: the dangers, the most urgent first, each once.
        steps: in the language of whoever reported, in this order.
        language: the language of the steps, as BCP 47 says it ("hi-Latn": Hindi in Latin letters).
    """

    hazards: tuple[HazardKind, ...]
    steps: tuple[str, ...]
    language: str
