"""How a card fared: counts, rates with their intervals, and the effectiveness made of them."""

from datetime import datetime
from typing import Self

import strawberry
from strawberry import field

from domain import effectiveness, usage
from domain.effectiveness import Timing
from schema.nodes import GOES


@strawberry.type(description="A share of successes, with how sure one may be of it.")
class Rate:
    value: float | None = field(description="Successes out of n; null before the first use.")
    low: float = field(description="Lower end of the Wilson 95 % interval.")
    high: float = field(description="Upper end of the Wilson 95 % interval.")
    n: int = field(description="How many uses it is counted from.")

    @classmethod
    def counted(cls, worked: int, n: int) -> Self:
        interval = effectiveness.wilson_interval(worked, n)
        return cls(value=worked / n if n else None, low=interval.low, high=interval.high, n=n)

    @classmethod
    def from_domain(cls, counted: usage.Usage) -> Self:
        interval = effectiveness.wilson_interval(counted.successes, counted.used)
        rate = effectiveness.success_rate(counted)
        return cls(value=rate, low=interval.low, high=interval.high, n=counted.used)


@strawberry.type(description="Counts since the card was made; only events move them.")
class Usage:
    matched: int = field(description="How often it was shown for a report.")
    used: int = field(description="How often a repair followed it.")
    successes: int = field(description="How often that fixed the failure.")
    failures: int = field(description="How often it did not.")
    mean_stars: float | None = field(description="Mean of the last hundred people's stars, 1 to 5.")
    rating: float | None = field(
        description="Mean of the last hundred people's stars, 1 to 5.",
        deprecation_reason=f"Read `meanStars`. {GOES}",
    )
    ratings: int = field(description="How many people's stars that is.")
    last_used: datetime | None = field(description="When it was last used.")
    success_rate: Rate = field(description="Successes out of uses.")

    @classmethod
    def from_domain(cls, value: usage.Usage) -> Self:
        stars = value.ratings
        mean = sum(stars) / len(stars) if stars else None
        return cls(
            matched=value.matched,
            used=value.used,
            successes=value.successes,
            failures=value.failures,
            mean_stars=mean,
            rating=mean,
            ratings=len(stars),
            last_used=value.last_used,
            success_rate=Rate.from_domain(value),
        )


@strawberry.type(description="How well a card works; a part is null while nothing was counted.")
class Effectiveness:
    score: float = field(description="The weighted whole, 0 to 1; 0.5 while nothing is known.")
    proven: bool = field(description="Whether it has the five uses from which it is believed.")
    first_time_fix: float | None = field(description="Successes out of uses.")
    acceptance: float | None = field(description="Uses out of showings.")
    stars: float | None = field(description="Mean stars out of five, 0 to 1.")
    rating: float | None = field(
        description="Mean stars out of five, 0 to 1.", deprecation_reason=f"Read `stars`. {GOES}"
    )
    timeliness: float | None = field(description="Estimated out of actual minutes, at most 1.")

    @classmethod
    def from_domain(cls, value: usage.Usage, timing: Timing) -> Self:
        found = effectiveness.effectiveness_metrics(value)
        return cls(
            score=effectiveness.effectiveness_score(value, timing),
            proven=effectiveness.is_proven(value),
            first_time_fix=found.first_time_fix,
            acceptance=found.acceptance,
            stars=found.rating,
            rating=found.rating,
            timeliness=found.timeliness,
        )
