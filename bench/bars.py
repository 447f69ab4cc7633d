"""A bar: one measured figure held against its goal."""

from dataclasses import dataclass
from enum import StrEnum


class Better(StrEnum):
    HIGHER = "at least"
    LOWER = "at most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """`name` says what is measured, `goal` where it has to be, in the same unit."""

    name: str
    measured: float
    goal: float
    better: Better

    @property
    def passed(self) -> bool:
        if self.better is Better.HIGHER:
            return self.measured >= self.goal
        return self.measured <= self.goal

    def __str__(self) -> str:
        state = "pass" if self.passed else "short"
        return f"bar {self.name} {self.measured:.4g} {self.goal:.4g} {state}"
