"""Fixes that stop working: a card that held until a release of firmware, or another part, came.

A change is a firmware, or a part that the card's use fitted, that this card met on a make for the
first time after `FEWEST` of its uses there. With every later use of the card on what has changed
one bets that it fails `RATIO` times as often as it did without it on that make, at least half of
the time and `HIGHEST` at most:

    S(n) = max(1, S(n-1) × (bet / q where it did not hold, (1 - bet) / (1 - q) where it held))

q is the share of those other uses that did not hold, by the Laplace rule; the card is marked when S
comes to exp(BAR). As S never falls below 1 (a CUSUM), a bet that is lost costs nothing later, and a
card whose change has done nothing is marked sooner or later too, if it is used often enough. Were q
known, that took it exp(BAR), some 1,100, uses in the mean at least (Lorden 1971). It is a guess out
of the other uses, and so it takes fewer. Drawn for a card that goes on holding in eight of ten,
marked are: .10 of them with 8 other uses and 200 since, .22 with 30 and 1,000, .13 with q known and
1,000.

A use held when it ended the repair and the vehicle did not come back with the same.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from math import log

from domain.ids import CardId
from domain.repair_history import RepairHistory, RepairRecord, RepairTry, in_order

RATIO, LEAST_BET, HIGHEST = 3.0, 0.5, 0.9
# Some six failures in a row of a card that holds in eight of ten.
BAR = 7.0
# Before so many other uses nothing is known of how often a card holds.
FEWEST = 5


class ChangeKind(StrEnum):
    FIRMWARE = "firmware"
    PART = "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeChange:
    """What came new on the vehicles of a make: a firmware, or a part."""

    kind: ChangeKind
    value: str
    make: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LapsedFix:
    """A card that stopped working with a change, told once.

    Attributes:
        held, uses: of its uses on the make without the change.
        held_since, uses_since: of those on what has changed, up to `at`.
    """

    card: CardId
    change: TradeChange
    at: datetime
    held: int
    uses: int
    held_since: int
    uses_since: int

    @property
    def sentence(self) -> str:
        """Say it with its figures, for whoever looks at the card."""
        return (
            f"On {self.change.make} it held in {self.held} of {self.uses} repairs without "
            f"{self.change.kind} {self.change.value}, and in {self.held_since} of "
            f"{self.uses_since} with it."
        )


def lapsed_fixes(history: RepairHistory) -> list[LapsedFix]:
    """Give each fix that stopped working, in the order in which the history shows it."""
    watch = _LapseWatch()
    return [
        lapse
        for repair in in_order(history.repairs)
        for tried in repair.tries
        if tried.card is not None
        for lapse in watch.see(repair, tried)
    ]


def _held(repair: RepairRecord, tried: RepairTry) -> bool:
    ended = repair.resolved_by == tried.card and repair.worked and not repair.came_back
    return tried.worked and ended


def _changes(make: str, repair: RepairRecord, tried: RepairTry) -> Iterator[TradeChange]:
    if repair.firmware is not None:
        yield TradeChange(kind=ChangeKind.FIRMWARE, value=repair.firmware, make=make)
    for part in sorted(set(tried.parts)):
        yield TradeChange(kind=ChangeKind.PART, value=part, make=make)


@dataclass(slots=True)
class _UseCount:
    """How often a card was used and held, and ln of S."""

    held: int = 0
    uses: int = 0
    evidence: float = 0.0
    told: bool = False

    def add(self, *, held: bool) -> None:
        self.held += held
        self.uses += 1

    def bet(self, other: "_UseCount", *, held: bool) -> bool:
        """Take a use in, and say whether it is the one too many."""
        if other.uses >= FEWEST:
            self.evidence = max(0.0, self.evidence + log(_gain(other, held=held)))
        self.add(held=held)
        if self.told or self.evidence < BAR:
            return False
        self.told = True
        return True


@dataclass(slots=True)
class _CardUses:
    """Uses of a card on a make: all, by change, and which changes it met in its first uses."""

    all: _UseCount = field(default_factory=_UseCount)
    since: dict[TradeChange, _UseCount] = field(default_factory=dict[TradeChange, _UseCount])
    old: set[TradeChange] = field(default_factory=set[TradeChange])

    def counted(self, change: TradeChange) -> _UseCount | None:
        """Give the uses with a change; None: the card met it before it was known."""
        if change not in self.since and self.all.uses < FEWEST:
            self.old.add(change)
        return None if change in self.old else self.since.setdefault(change, _UseCount())

    def without(self, since: _UseCount) -> _UseCount:
        return _UseCount(self.all.held - since.held, self.all.uses - since.uses)


class _LapseWatch:
    def __init__(self) -> None:
        self._uses: dict[tuple[CardId, str], _CardUses] = defaultdict(_CardUses)

    def see(self, repair: RepairRecord, tried: RepairTry) -> Iterator[LapsedFix]:
        if tried.card is None or repair.make is None:
            return
        uses, held = self._uses[tried.card, repair.make], _held(repair, tried)
        for change in _changes(repair.make, repair, tried):
            since = uses.counted(change)
            if since is not None:
                other = uses.without(since)
                if since.bet(other, held=held):
                    yield _lapse(tried.card, change, repair.closed_at, (other, since))
        uses.all.add(held=held)


def _lapse(
    card: CardId, change: TradeChange, at: datetime, counts: tuple[_UseCount, _UseCount]
) -> LapsedFix:
    other, since = counts
    return LapsedFix(
        card=card,
        change=change,
        at=at,
        held=other.held,
        uses=other.uses,
        held_since=since.held,
        uses_since=since.uses,
    )


def _gain(other: _UseCount, *, held: bool) -> float:
    failing = (other.uses - other.held + 1) / (other.uses + 2)
    bet = min(HIGHEST, max(LEAST_BET, RATIO * failing))
    return (1 - bet) / (1 - failing) if held else bet / failing
