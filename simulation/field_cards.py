"""The cards of a world: the shipped ones, those known before, and those founded on its tickets."""

from dataclasses import dataclass

import numpy as np

from simulation.causes import CauseKind
from simulation.fleet import Bools, Floats, Ints
from simulation.plants import PlantKind
from simulation.visits import Visits
from simulation.worlds import World

# A second card on the same cause, written by somebody who did not find the first.
WRITTEN_TWICE = 0.02
MOST_TWINS = 2
KNOWN_TWICE = 0.002
PUBLISHED = -60.0
SOLVED_IN = 0.3


@dataclass(frozen=True, slots=True)
class Deck:
    """Columns over cards [C]: what they claim, and whether they are right.

    Attributes:
        claims: the cause that the card says it mends.
        right: its fix mends that cause.
        created, verified: days; before the world's begin they are negative.
        founder: the row of the visit that it was written from; -1: none.
        shipped: index of the shipped card; -1: a card of the field.
    """

    claims: Ints
    right: Bools
    created: Floats
    verified: Floats
    founder: Ints
    shipped: Ints

    def __len__(self) -> int:
        return len(self.claims)


def make_deck(world: World, visits: Visits) -> Deck:
    """Give every card that there is at the end, in the order: shipped, known before, founded."""
    settings, causes, plants = world.settings, world.causes, world.plants
    chance = settings.chance("cards")
    claimed = _Claims(
        wrong=frozenset(p.cause for p in plants if p.kind is PlantKind.WRONG_CARD),
        carried=frozenset(p.cause for p in plants if p.kind is PlantKind.TRANSFER),
        kinds=tuple(cause.kind for cause in causes),
        new=frozenset(n for n, cause in enumerate(causes) if cause.begins > 0),
    )
    shipped = [n for n, kind in enumerate(claimed.kinds) if kind is CauseKind.SHIPPED]
    before = claimed.known_before(settings.known_before, chance)
    founders = _founders(visits, claimed, frozenset(before), settings.founds, chance)
    rows = np.array([row for row, _ in founders], dtype=np.int64)
    created = visits.day[rows] + SOLVED_IN + chance.uniform(0, 0.5, len(rows))
    wait = chance.exponential(settings.verified_after, len(rows)) + 1
    old, new = len(shipped) + len(before), len(before) + len(rows)
    long_ago = -chance.uniform(20, 300, len(before))
    return Deck(
        claims=np.concatenate([np.array(shipped + before, dtype=np.int64), visits.cause[rows]]),
        right=np.array([True] * old + [right for _, right in founders]),
        created=np.concatenate([np.full(len(shipped), PUBLISHED), long_ago, created]),
        verified=np.concatenate([np.full(old, -10.0), created + wait]),
        founder=np.concatenate([np.full(old, -1), rows]),
        shipped=np.concatenate([np.arange(len(shipped)), np.full(new, -1)]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claims:
    """Causes whose first card is wrong, those a supplier carries, kinds, and those that are new."""

    wrong: frozenset[int]
    carried: frozenset[int]
    kinds: tuple[CauseKind, ...]
    new: frozenset[int]

    def known_before(self, share: float, chance: np.random.Generator) -> list[int]:
        """Give the invented causes that have a card when the world begins."""
        return [
            n
            for n, kind in enumerate(self.kinds)
            if kind is CauseKind.INVENTED
            and n not in self.wrong | self.new
            and (chance.random() < share or n in self.carried)
        ]


def _founders(
    visits: Visits,
    claims: _Claims,
    before: frozenset[int],
    founds: float,
    chance: np.random.Generator,
) -> list[tuple[int, bool]]:
    """Give the rows that found a card, and whether that card is right."""
    order = np.argsort(visits.cause, kind="stable")
    ends = np.searchsorted(visits.cause[order], np.arange(len(claims.kinds) + 1))
    u = chance.random(len(visits))
    found: list[tuple[int, bool]] = []
    for cause, kind in enumerate(claims.kinds):
        rows = order[ends[cause] : ends[cause + 1]]
        if kind is CauseKind.SHIPPED or cause in before:
            found += [(int(row), True) for row in rows[u[rows] < KNOWN_TWICE][:1]]
        elif kind is not CauseKind.UNKNOWN:
            found += _founded(rows, u[rows], founds, wrong=cause in claims.wrong)
    return sorted(found)


def _founded(rows: Ints, u: Floats, founds: float, *, wrong: bool) -> list[tuple[int, bool]]:
    first = np.flatnonzero(u < founds)
    if not len(first):
        return []
    at = int(first[0])
    later = rows[at + 1 :][u[at + 1 :] < WRITTEN_TWICE][:MOST_TWINS]
    found = [(int(rows[at]), not wrong)]
    if wrong and len(first) > 1:
        found.append((int(rows[int(first[1])]), True))
    taken = {row for row, _ in found}
    return found + [(int(row), True) for row in later if int(row) not in taken]
