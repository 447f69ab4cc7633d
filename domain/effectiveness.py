"""How well a card works, from its counters: the composite score and its interval (EF-1 to EF-6).

    first_time_fix      successes / used                weight 0.35, target 0.90
    acceptance          used / matched                  weight 0.20, target 0.70
    rating              mean(ratings) / 5               weight 0.25, target 0.80 (4 stars of 5)
    timeliness          min(1, estimated / actual)      weight 0.20, target 1.00

The score is Σ weight × value / Σ weight over the metrics that can be computed, 0.5 when none can.
The specification names `time_to_resolution` but its code never computes it; `Timing.IGNORED` is
that literal reading (ruling 3).

Whoever sends fifty ratings moves the composite, so it is shown but decides nothing: a card is shown
or looked at by what happened alone (`observed_score`), and what people say of it counts in its
reputation, where no garage moves it by 0.02 (FE-8, `domain.reputation`).
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import sqrt

from domain.usage import Usage

UNKNOWN = 0.5
WEIGHTS = {"first_time_fix": 0.35, "acceptance": 0.20, "rating": 0.25, "timeliness": 0.20}
Z_95 = 1.959963984540054
PROVEN_USES = 5


class Timing(StrEnum):
    COUNTED = "counted"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectivenessMetrics:
    """Each in 0..1, or None when its denominator is still zero."""

    first_time_fix: float | None
    acceptance: float | None
    rating: float | None
    timeliness: float | None


@dataclass(frozen=True, slots=True)
class WilsonInterval:
    low: float
    high: float


def effectiveness_metrics(usage: Usage) -> EffectivenessMetrics:
    return EffectivenessMetrics(
        first_time_fix=_ratio_of(usage.successes, usage.used),
        acceptance=_cap_at_one(_ratio_of(usage.used, usage.matched)),
        rating=_ratio_of(sum(usage.ratings), 5 * len(usage.ratings)),
        timeliness=_cap_at_one(_ratio_of(usage.estimated_minutes, usage.actual_minutes)),
    )


def effectiveness_score(usage: Usage, timing: Timing = Timing.COUNTED) -> float:
    """Give the composite in 0..1 (EF-6): 234 matched, 189 used, 178 successes → .8930."""
    found = effectiveness_metrics(usage)
    return _composite_score(found if timing is Timing.COUNTED else replace(found, timeliness=None))


def observed_score(usage: Usage) -> float:
    """Give the composite in 0..1 of what happened, without what people said of it (FE-8)."""
    return _composite_score(replace(effectiveness_metrics(usage), rating=None))


def success_rate(usage: Usage) -> float | None:
    """Give confirmations / uses (CA-24), or None before the first use."""
    return _ratio_of(usage.successes, usage.used)


def is_proven(usage: Usage) -> bool:
    """Say whether a card has the five uses from which its score is believed (ruling 1)."""
    return usage.used >= PROVEN_USES


def beta_mean(successes: int, failures: int) -> float:
    """Give the mean of a Beta(1 + successes, 1 + failures): 0.5 before the first outcome."""
    return (1 + successes) / (2 + successes + failures)


def wilson_interval(successes: int, n: int) -> WilsonInterval:
    """Give the Wilson 95 % score interval of a proportion (Wilson 1927); 0..1 when n is 0."""
    if n == 0:
        return WilsonInterval(0.0, 1.0)
    p, z2 = successes / n, Z_95**2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return WilsonInterval(max(0.0, centre - half), min(1.0, centre + half))


def _composite_score(found: EffectivenessMetrics) -> float:
    values = {name: value for name in WEIGHTS if (value := getattr(found, name)) is not None}
    if not values:
        return UNKNOWN
    total = sum(WEIGHTS[name] for name in values)
    return sum(WEIGHTS[name] * value for name, value in values.items()) / total


def _ratio_of(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def _cap_at_one(value: float | None) -> float | None:
    return None if value is None else min(1.0, value)
