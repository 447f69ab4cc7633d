"""Emerging defects: a cohort of vehicles whose component begins to fail more often than it did.

For each cohort and component an e-detector (Shin, Ramdas, Rinaldo 2023) bets with every failure of
the cohort that the component now has `RATIOS` times its share of what is expected:

    S(n) = (S(n-1) + 1) × (ratio × p / p   where the component failed,
                           (1 - ratio × p) / (1 - p)   where another one did)

The mean over the ratios is weighed by p to the `RARITY`-th power: what is rare matters less, and
there are more such components to be mistaken in. If nothing has changed, the mean of S after n
failures is at most n, so that alarms over all cohorts together come at most once in
`failures / BAR` times the sum of those weights; what is measured is far below that bound.

p is the component's share among failures of the make outside the cohort, raised where it rises
everywhere else as well: in other cohorts of the make, or at other makes in that climate. So a
season, or a release that spoils a whole make, is no defect of a batch.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import exp, log

RATIOS = (2.0, 4.0)
RARITY = 2.0
# ln of the evidence from which on an alarm is raised, for a component of a tenth of all failures.
# On the simulated worlds 1 to 3, with 16,000 failures a year, it gave one false alarm a year; a
# network with n times as many raises it by ln n.
BAR = 7.25
USUAL_SHARE = 0.1
# The same vehicle's same trouble within so long is one failure.
AGAIN = timedelta(days=30)
# How soon the recent share forgets, and how many failures of the long run it starts with.
HALF_LIFE_DAYS = 30.0
STEADY = 20.0
# Before so many failures of the make, and of the cohort, nothing is known of either.
FEWEST_OF_MAKE, FEWEST_OF_COHORT = 40, 3
HIGHEST_SHARE, HIGHEST_BET = 0.4, 0.8
DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Vehicles that have this in common."""

    make: str
    supplier: str | None
    battery_batch: str | None
    firmware: str | None
    climate: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentFailure:
    """A repair that found a component to have failed."""

    vehicle: str
    cohort: Cohort
    component: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergingDefect:
    """An alarm, raised once for a cohort and component.

    Attributes:
        failures: of the component in the cohort, of `visits` failures of any.
        expected: the share that it would have.
        evidence: ln of the weighed bet; the bar is `BAR`.
    """

    cohort: Cohort
    component: str
    at: datetime
    failures: int
    visits: int
    expected: float
    evidence: float


class DefectWatch:
    """Sees failures in the order of time and gives the alarms that each raises."""

    def __init__(self, bar: float = BAR) -> None:
        self._bar = bar
        self._seen: dict[tuple[str, str], datetime] = {}
        self._tallies: dict[object, _FailureTally] = defaultdict(_FailureTally)
        self._bets: dict[Cohort, dict[str, list[float]]] = defaultdict(dict)
        self._raised: set[tuple[Cohort, str]] = set()

    def see(self, failure: ComponentFailure) -> list[EmergingDefect]:
        """Take a failure in; one of a time before the last one is taken as of that time."""
        key = (failure.vehicle, failure.component)
        before, self._seen[key] = self._seen.get(key), failure.at
        if before is not None and failure.at - before < AGAIN:
            return []
        alarms = [*self._bet(failure)]
        for tally in self._around(failure).all:
            tally.add(failure.component, failure.at)
        return alarms

    def _around(self, failure: ComponentFailure) -> "_Surroundings":
        cohort = failure.cohort
        return _Surroundings(
            own=self._tallies[cohort],
            make=self._tallies[cohort.make],
            near=self._tallies[cohort.make, cohort.climate],
            climate=self._tallies[None, cohort.climate],
        )

    def _bet(self, failure: ComponentFailure) -> Iterator[EmergingDefect]:
        around = self._around(failure)
        own, make = around.own, around.make
        for tally in around.all:
            tally.forget(failure.at)
        if make.total - own.total < FEWEST_OF_MAKE or own.total < FEWEST_OF_COHORT:
            return
        bets = self._bets[failure.cohort]
        for component in make.counts:
            share = around.expected(component)
            held = bets.setdefault(component, [0.0] * len(RATIOS))
            hit = component == failure.component
            for n, ratio in enumerate(RATIOS):
                bet = min(ratio * share, HIGHEST_BET)
                held[n] = (held[n] + 1) * (bet / share if hit else (1 - bet) / (1 - share))
            if hit:
                yield from self._judge(failure, own, share, sum(held) / len(held))

    def _judge(
        self, failure: ComponentFailure, own: "_FailureTally", share: float, bet: float
    ) -> Iterator[EmergingDefect]:
        key = (failure.cohort, failure.component)
        evidence = log(bet) + RARITY * log(min(1.0, share / USUAL_SHARE))
        if evidence < self._bar or key in self._raised:
            return
        self._raised.add(key)
        yield EmergingDefect(
            cohort=failure.cohort,
            component=failure.component,
            at=failure.at,
            failures=round(own.counts.get(failure.component, 0.0)) + 1,
            visits=round(own.total) + 1,
            expected=share,
            evidence=evidence,
        )


@dataclass(slots=True)
class _FailureTally:
    """Failures by component, in all and lately."""

    total: float = 0.0
    counts: dict[str, float] = field(default_factory=dict[str, float])
    lately: float = 0.0
    recent: dict[str, float] = field(default_factory=dict[str, float])
    at: datetime | None = None

    def forget(self, now: datetime) -> None:
        if self.at is not None and now > self.at:
            days = (now - self.at).total_seconds() / DAY_SECONDS
            left = exp(-log(2) * days / HALF_LIFE_DAYS)
            self.lately *= left
            self.recent = {name: count * left for name, count in self.recent.items()}
        self.at = now if self.at is None else max(now, self.at)

    def add(self, component: str, now: datetime) -> None:
        self.forget(now)
        self.total += 1
        self.lately += 1
        self.counts[component] = self.counts.get(component, 0.0) + 1
        self.recent[component] = self.recent.get(component, 0.0) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surroundings:
    """The failures of a cohort, of its make, of the make in its climate, and of the climate."""

    own: _FailureTally
    make: _FailureTally
    near: _FailureTally
    climate: _FailureTally

    @property
    def all(self) -> tuple[_FailureTally, ...]:
        return self.own, self.make, self.near, self.climate

    def expected(self, component: str) -> float:
        """Give the share that a component would have in the cohort, were it like all others."""
        long, lift = _others(component, self.make, self.own)
        _, warm = _others(component, self.climate, self.near)
        return min(HIGHEST_SHARE, long * max(1.0, lift, warm))


def _others(component: str, all: _FailureTally, own: _FailureTally) -> tuple[float, float]:
    """Give a component's share in all but the own, and how far it lies above that lately."""
    count = all.counts.get(component, 0.0) - own.counts.get(component, 0.0)
    share = (count + 0.5) / (all.total - own.total + 1)
    recent = all.recent.get(component, 0.0) - own.recent.get(component, 0.0)
    lately = (recent + STEADY * share) / (all.lately - own.lately + STEADY)
    return share, lately / share
