"""What is known of each card at a moment: a fold over repairs and cards, in the order of time.

One definition serves both sides (row ML-3): a table that was folded up to now is what the service
reads, and one that was folded up to the moment of an old report is what a model learns from. So
nothing of the future is in it. That a vehicle came back is told thirty days after its repair, when
it is surely known; until then the repair counts as one that held.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import exp, log, nan

from domain.cards import Severity
from domain.codes import CodeKey
from domain.ids import CardId
from domain.repair_history import CardRecord, RepairHistory, RepairRecord
from domain.revisits import WITHIN
from domain.vehicles import VehicleContext, name_key

PRIOR_USES = 2.0
# A card that worked once never stands before one that worked 178 times of 189 (ML-33).
MOST_PRIOR = 0.9
NO_PRIOR = 0.5
LIFE_DAYS = 365.0
# How many reports of a kind have to be known before its own shares outweigh everybody's.
KIND_PRIOR = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFeatures:
    """A card as the ranker knows it.

    Attributes:
        uses, held: tries with it, and those that worked and were not heard of again.
        solved: repairs that it ended, by what their reports said (`report_kinds`).
        prior: how often cards of its component hold.
        parts: what its repair needs.
    """

    card: CardId
    created_at: datetime
    severity: int
    reference: bool = False
    verified: bool = False
    component: str | None = None
    uses: int = 0
    held: int = 0
    wins: int = 0
    last_held: datetime | None = None
    prior: float = NO_PRIOR
    solved: Mapping[str, int] = field(default_factory=dict[str, int])
    parts: tuple[str, ...] = ()

    @property
    def success(self) -> float:
        """How often it holds, drawn to what its component's cards do while it was used little.

        (held + 2 × prior) / (uses + 2), the prior at most .9.
        """
        prior = min(self.prior, MOST_PRIOR)
        return (self.held + PRIOR_USES * prior) / (self.uses + PRIOR_USES)

    @property
    def raw_success(self) -> float | None:
        """The share as it was counted, to be shown; None where nobody used it."""
        return self.held / self.uses if self.uses else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureTable:
    """Cards as they were known at `at`: all of them, or those that were asked for.

    Attributes:
        size: how many cards there were in all; wins: how many repairs they ended.
        kinds: how many solved reports said each thing, whatever card ended them.
    """

    at: datetime
    cards: Mapping[CardId, CardFeatures]
    kinds: Mapping[str, int]
    wins: int
    size: int

    def share(self, card: CardFeatures) -> float:
        """Give the share of all repairs that this card ends, 0 < share < 1."""
        return (card.wins + 1) / (self.wins + self.size + 1)

    def lift(self, card: CardFeatures, kind: str) -> float:
        """Give ln of how much likelier this card is where a report says so than anywhere.

        0 where nothing is known of the kind.
        """
        usual = self.share(card)
        seen = card.solved.get(kind, 0) + KIND_PRIOR * usual
        return log(seen / (self.kinds.get(kind, 0) + KIND_PRIOR) / usual)


class FeatureFold:
    """Takes repairs and cards in, in the order of time, and gives the table of any moment of it."""

    def __init__(self, history: RepairHistory) -> None:
        """Begin before the first event of a history."""
        self._events = _events_of(history)
        self._next = next(self._events, None)
        self._known: dict[CardId, _Tally] = {}
        self._kinds = Counter[str]()
        self._wins = 0
        self._components: dict[str | None, list[int]] = defaultdict(lambda: [0, 0])

    def until(self, moment: datetime) -> FeatureTable:
        """Give what was known before a moment; moments may only grow.

        The table is a view: the next call moves it on.
        """
        while self._next is not None and self._next[0] < moment:
            self._take(self._next)
            self._next = next(self._events, None)
        cards = _Cards(self._known, self._components, moment)
        return FeatureTable(
            at=moment, cards=cards, kinds=self._kinds, wins=self._wins, size=len(self._known)
        )

    def _take(self, event: "_Event") -> None:
        _, what, came_back = event
        if isinstance(what, CardRecord):
            self._known[what.card] = _Tally(what)
        elif came_back:
            self._returned(what)
        else:
            self._repaired(what)

    def _repaired(self, repair: RepairRecord) -> None:
        for tried in repair.tries:
            if tally := self._known.get(tried.card) if tried.card else None:
                tally.uses += 1
                self._hold(tally, 1 if tried.worked else 0, used=1)
        if tally := self._known.get(repair.resolved_by) if repair.resolved_by else None:
            tally.wins += 1
            tally.last_held = repair.closed_at
            self._wins += 1
            kinds = kinds_of(repair)
            tally.solved.update(kinds)
            self._kinds.update(kinds)

    def _returned(self, repair: RepairRecord) -> None:
        tally = self._known.get(repair.resolved_by) if repair.resolved_by else None
        if tally is not None and tally.held > 0:
            self._hold(tally, -1, used=0)

    def _hold(self, tally: "_Tally", held: int, used: int) -> None:
        tally.held += held
        sums = self._components[tally.record.component]
        sums[0] += held
        sums[1] += used


def report_kinds(
    codes: Sequence[CodeKey], symptoms: Sequence[str], vehicle: VehicleContext
) -> tuple[str, ...]:
    """Name what a report says, as it is counted: its vehicle, firmware, codes and symptoms."""
    make, model = name_key(vehicle.make or ""), name_key(vehicle.model or "")
    return (
        *([f"make:{make}"] if make else []),
        *([f"model:{make}:{model}"] if model else []),
        *([f"firmware:{make}:{model}:{vehicle.firmware}"] if vehicle.firmware else []),
        *(f"code:{code}" for code in codes),
        *(f"symptom:{code}" for code in symptoms),
    )


def kinds_of(repair: RepairRecord) -> tuple[str, ...]:
    """Name what a repair's report said."""
    vehicle = VehicleContext(make=repair.make, model=repair.model, firmware=repair.firmware)
    return report_kinds(repair.codes, repair.symptoms, vehicle)


def recency(created_at: datetime, now: datetime) -> float:
    """Give e^(−days since creation / 365): a card of a year ago has .3679 (ML-34)."""
    days = max((now - created_at).total_seconds(), 0.0) / 86_400
    return exp(-days / LIFE_DAYS)


def complexity_gap(reported: Severity | None, on_card: int) -> float:
    """Give how far two severities lie apart, 0 to 3; no number where the report tells none."""
    return nan if reported is None else float(abs(reported.level - on_card))


def parts_availability(parts: Sequence[str], on_hand: Mapping[str, int] | None) -> float:
    """Give the share of a card's parts that are on hand; no number where nobody can say (ML-36).

    A card that needs no part lacks none.
    """
    if on_hand is None:
        return nan
    wanted = set(parts)
    return sum(on_hand.get(part, 0) > 0 for part in wanted) / len(wanted) if wanted else 1.0


@dataclass(slots=True)
class _Tally:
    """What was counted of a card so far."""

    record: CardRecord
    uses: int = 0
    held: int = 0
    wins: int = 0
    last_held: datetime | None = None
    solved: Counter[str] = field(default_factory=Counter[str])


class _Cards(Mapping[CardId, CardFeatures]):
    """The cards of a fold as features, each made when it is asked for."""

    def __init__(
        self,
        known: Mapping[CardId, _Tally],
        components: Mapping[str | None, list[int]],
        at: datetime,
    ) -> None:
        self._known = known
        self._components = components
        self._at = at

    def __len__(self) -> int:
        return len(self._known)

    def __iter__(self) -> Iterator[CardId]:
        return iter(self._known)

    def __getitem__(self, card: CardId) -> CardFeatures:
        tally = self._known[card]
        record = tally.record
        held, used = self._components.get(record.component, (0, 0))
        return CardFeatures(
            card=card,
            created_at=record.created_at,
            severity=Severity(record.severity).level,
            reference=record.reference,
            verified=record.verified_at is not None and record.verified_at < self._at,
            component=record.component,
            uses=tally.uses,
            held=tally.held,
            wins=tally.wins,
            last_held=tally.last_held,
            prior=(held + 1) / (used + 2),
            solved=tally.solved,
            parts=record.parts,
        )


_Event = tuple[datetime, RepairRecord | CardRecord, bool]


def _events_of(history: RepairHistory) -> Iterator[_Event]:
    told: list[_Event] = [(card.created_at, card, False) for card in history.cards]
    told += [(repair.closed_at, repair, False) for repair in history.repairs]
    told += [(r.closed_at + WITHIN, r, True) for r in history.repairs if r.came_back]
    return iter(sorted(told, key=lambda event: event[0]))
