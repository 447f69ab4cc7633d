"""Emerging defects: a cohort of vehicles whose component begins to fail more often than it did.

For each cohort and component an e-detector (Shin, Ramdas, Rinaldo 2023) bets with every failure of
the cohort that the component now has `RATIOS` times its share of what is expected:

    S(n) = (S(n-1) + w(n)) × (ratio × p / p   where the component failed,
                              (1 - ratio × p) / (1 - p)   where another one did)
    w(n) = 1 + EARLY × exp(-n / EARLY_FAILURES)

w is what is staked on the defect that begins with the cohort's n-th failure: a batch, or a release
of firmware, that is spoilt is so from its first days. The mean over the ratios is weighed by p to
the `RARITY`-th power: what is rare matters less, and there are more such components to be mistaken
in. A batch is one of batteries: what belongs to none, nor charges one, needs `FOREIGN` more.
If nothing has changed, the mean of S after n failures is at most the sum of w up to n, so that by
then S has come to exp(BAR) with a chance of that sum / exp(BAR) at most, if p is known; what is
measured is far below that bound.

p is the component's share among failures of the make outside the cohort, raised where it rises
everywhere else as well: in other cohorts of the make, or at other makes in that climate. So a
season, or a release that spoils a whole make, is no defect of a batch. What an alarm was raised of
is counted no longer: others are not held against it. (Shares by the vehicle's model beside these
gave no fewer false alarms on the worlds to tune on.)
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from math import exp, log

from domain.ids import DefectAlarmId, TicketId

RATIOS = (2.0, 4.0)
EARLY, EARLY_FAILURES = 9.0, 30.0
RARITY = 2.0
FOREIGN = 4.0
# ln of the evidence from which on an alarm is raised, for a component of a tenth of all failures.
# On the simulated worlds 1 to 5, with 14,700 failures a year, it gave about .9 false alarms a year,
# on the worlds 1 to 5 of `hills` about 1.6; a network with n times as many raises it by ln n.
BAR = 8.3
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
    """Vehicles that have this in common; None: of those of which it is not known."""

    make: str
    supplier: str | None
    battery_batch: str | None
    firmware: str | None
    climate: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentFailure:
    """A repair that found a component to have failed.

    Attributes:
        of_battery: the component belongs to what stores and takes charge.
        synthetic: it is the simulator's.
    """

    ticket: TicketId
    vehicle: str
    cohort: Cohort
    component: str
    at: datetime
    of_battery: bool = False
    synthetic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergingDefect:
    """An alarm, raised once for a cohort and component.

    Attributes:
        since: the first failure of the run that led to it: about when it began.
        tickets: the repairs of that run, the newest of them last.
        failures: of the component in the cohort, of `visits` failures of any.
        expected: the share that it would have.
        evidence: ln of the weighed bet; the bar is `BAR`.
        synthetic: one of its repairs is the simulator's.
    """

    cohort: Cohort
    component: str
    since: datetime
    at: datetime
    tickets: tuple[TicketId, ...]
    failures: int
    visits: int
    expected: float
    evidence: float
    synthetic: bool = False

    @property
    def id(self) -> DefectAlarmId:
        """The same for the same cohort and component, so that it is raised once."""
        own = self.cohort
        named = (
            own.make,
            own.supplier,
            own.battery_batch,
            own.firmware,
            own.climate,
            self.component,
        )
        return DefectAlarmId(f"dfa_{sha256(repr(named).encode()).hexdigest()[:32]}")


class DefectWatch:
    """Sees failures in the order of time and gives the alarms that each raises."""

    def __init__(self, bar: float = BAR) -> None:
        self._bar = bar
        self._seen: dict[tuple[str, str], datetime] = {}
        self._tallies: dict[object, _FailureTally] = defaultdict(_FailureTally)
        self._bets: dict[Cohort, dict[str, _Bet]] = defaultdict(dict)
        self._raised: set[tuple[Cohort, str]] = set()

    def see(self, failure: ComponentFailure) -> list[EmergingDefect]:
        """Take a failure in; one of a time before the last one is taken as of that time."""
        key = (failure.vehicle, failure.component)
        before, self._seen[key] = self._seen.get(key), failure.at
        if before is not None and failure.at - before < AGAIN:
            return []
        if (failure.cohort, failure.component) in self._raised:
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
        if failure.component not in bets:
            bets[failure.component] = _Bet.of(around.expected(failure.component), own.total)
        for component, bet in bets.items():
            share = around.expected(component)
            bet.move(share, own.total, failure if component == failure.component else None)
        yield from self._judge(failure, own, around.expected(failure.component))

    def _judge(
        self, failure: ComponentFailure, own: "_FailureTally", share: float
    ) -> Iterator[EmergingDefect]:
        cohort, run = failure.cohort, self._bets[failure.cohort][failure.component]
        evidence = log(run.value) + RARITY * log(min(1.0, share / USUAL_SHARE))
        if not failure.of_battery:
            evidence -= FOREIGN
        if evidence < self._bar:
            return
        self._raised.add((cohort, failure.component))
        yield EmergingDefect(
            cohort=cohort,
            component=failure.component,
            since=run.failures[0].at,
            at=failure.at,
            tickets=tuple(one.ticket for one in run.failures),
            failures=round(own.counts.get(failure.component, 0.0)) + 1,
            visits=round(own.total) + 1,
            expected=share,
            evidence=evidence,
            synthetic=any(one.synthetic for one in run.failures),
        )


@dataclass(slots=True)
class _Bet:
    """What is staked on one component of a cohort: S for each ratio.

    Attributes:
        run: ln of the best bet on a start so far (CUSUM, the highest ratio); at 0 a new run begins.
        failures: those of the component in the run.
    """

    held: list[float]
    run: float = 0.0
    failures: list[ComponentFailure] = field(default_factory=list[ComponentFailure])

    @classmethod
    def of(cls, share: float, failures: float) -> "_Bet":
        """Give what S has come to after so many failures of others, had the share been this."""
        return cls([_staked(_miss(ratio, share), failures) for ratio in RATIOS])

    @property
    def value(self) -> float:
        return sum(self.held) / len(self.held)

    def move(self, share: float, n: float, hit: ComponentFailure | None) -> None:
        """Take in the failure behind `n` others; `hit`: it was the component's."""
        stake, gains = _stake(n), list[float]()
        for ratio in RATIOS:
            gains.append(_miss(ratio, share) if hit is None else _bet_of(ratio, share) / share)
        self.held = [(s + stake) * gain for s, gain in zip(self.held, gains, strict=True)]
        self.run = max(0.0, self.run + log(gains[-1]))
        if not self.run:
            self.failures.clear()
        elif hit is not None:
            self.failures.append(hit)


def _bet_of(ratio: float, share: float) -> float:
    return min(ratio * share, HIGHEST_BET)


def _miss(ratio: float, share: float) -> float:
    return (1 - _bet_of(ratio, share)) / (1 - share)


def _stake(n: float) -> float:
    return 1 + EARLY * exp(-n / EARLY_FAILURES)


def _staked(miss: float, failures: float) -> float:
    """Give what stakes on each failure since the third have come to: all bets were lost."""
    total = 0.0
    for k in range(FEWEST_OF_COHORT, round(failures)):
        total = (total + _stake(k)) * miss
    return total


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
