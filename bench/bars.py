"""A bar: one measured figure held against its goal."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.model_runs import ModelFigure


class Better(StrEnum):
    HIGHER = "at least"
    LOWER = "at most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """`name` says what is measured, `goal` where it has to be, in the same unit.

    `low` is the lower end of a gain's interval, which has to be above 0; None: there is none.
    """

    name: str
    measured: float
    goal: float
    better: Better
    low: float | None = None

    @property
    def passed(self) -> bool:
        if self.low is not None and not self.low > 0:
            return False
        if self.better is Better.HIGHER:
            return self.measured >= self.goal
        return self.measured <= self.goal

    def __str__(self) -> str:
        state = "pass" if self.passed else "short"
        return f"bar {self.name} {self.measured:.4g} {self.goal:.4g} {state}"


def p95_of(took: Sequence[float]) -> float:
    """Give what 95 of 100 do not exceed."""
    return sorted(took)[int(0.95 * len(took))]


def gain_bar(name: str, gain: ModelFigure, goal: float) -> Bar:
    """Hold a gain against its goal, and the lower end of its interval against none at all."""
    return Bar(name=name, measured=gain.value, goal=goal, better=Better.HIGHER, low=gain.low)
