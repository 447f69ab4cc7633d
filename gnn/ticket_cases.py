"""What the network learns from and is measured on: solved reports whose card was there to be found.

The repair that a card was written from is no case: the card holds its words. Sides are cut by the
time at which repairs ended, and a vehicle stays on the side of its first case, so that no test case
is a vehicle's second visit with what the first was solved by.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.errors import InvalidInput
from domain.repair_history import RepairRecord
from gnn.repair_graph import RepairGraph, seconds

# Ends of the sides train, validation, calibration; what is left is the test. A ranker that reads
# the network's scores learns from what came after the second.
CUTS = (0.5, 0.6, 0.9)
WARM, PLACES = 5, 5
LEAST_WEIGHT, MOST_WEIGHT = 0.2, 5.0
HALF_LIFE = 365 * 86_400
CAME_BACK_WEIGHT = 0.3
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TicketCase:
    """A report, the place of the card that ended it, and the places of those that failed."""

    repair: RepairRecord
    card: int
    failed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """Cases by time; `ends` (seconds) is when the training side's last repair had ended.

    `until` is when the validation side's had: the network knows no later one.
    """

    train: tuple[TicketCase, ...]
    valid: tuple[TicketCase, ...]
    calibration: tuple[TicketCase, ...]
    test: tuple[TicketCase, ...]
    ends: int
    until: int = 0


def cases_of(graph: RepairGraph) -> tuple[TicketCase, ...]:
    """Give the cases of a graph by the time at which they came in."""
    return tuple(case for repair in graph.tickets if (case := _case(graph, repair)) is not None)


def _case(graph: RepairGraph, repair: RepairRecord) -> TicketCase | None:
    if repair.resolved_by is None or repair.resolved_by not in graph.card_places:
        return None
    place = graph.card_places[repair.resolved_by]
    card = graph.cards[place]
    if card.created_at >= repair.opened_at or card.founded_on == repair.ticket:
        return None
    tried = {one.card for one in repair.tries if not one.worked and one.card is not None}
    failed = [graph.card_places[one] for one in sorted(tried) if one in graph.card_places]
    return TicketCase(repair, place, tuple(one for one in failed if one != place))


def split(cases: Sequence[TicketCase]) -> Sides:
    """Cut the cases by time, 50 / 10 / 30 / 10.

    Raises:
        InvalidInput: there are too few to learn from.
    """
    ended = sorted(seconds(case.repair.closed_at) for case in cases)
    if len(ended) < 10:  # noqa: PLR2004 - a case for each tenth
        raise InvalidInput("history", f"{len(ended)} solved repairs with a card; 10 are needed")
    cuts = [ended[int(len(ended) * cut)] for cut in CUTS]
    sides: list[list[TicketCase]] = [[] for _ in range(4)]
    home: dict[str, int] = {}
    for case in sorted(cases, key=lambda one: (one.repair.closed_at, one.repair.ticket)):
        side = int(np.searchsorted(cuts, seconds(case.repair.closed_at), side="right"))
        vehicle = case.repair.vehicle or case.repair.ticket
        if home.setdefault(vehicle, side) == side:
            sides[side].append(case)
    in_time = [tuple(sorted(one, key=_opened)) for one in sides]
    return Sides(in_time[0], in_time[1], in_time[2], in_time[3], cuts[0], cuts[1])


def weights(cases: Sequence[TicketCase]) -> Floats:
    """Give the weight of each case: fresh, rare and lasting ones count more; the mean is 1."""
    often = np.bincount([case.card for case in cases])
    rarity = np.array([often[case.card] ** -0.5 for case in cases])
    when = np.array([seconds(case.repair.closed_at) for case in cases])
    recency = 2.0 ** ((when - when.max()) / HALF_LIFE)
    held = np.array([CAME_BACK_WEIGHT if case.repair.came_back else 1.0 for case in cases])
    found = np.clip(recency * rarity / rarity.mean() * held, LEAST_WEIGHT, MOST_WEIGHT)
    return found / found.mean()


def gain(scores: Floats, card: int) -> float:
    """Give nDCG@5 of one right card; a tie takes the middle place."""
    above = (scores > scores[card]).sum()
    rank = 1 + above + ((scores == scores[card]).sum() - 1) / 2
    return float(1 / np.log2(1 + rank)) if rank <= PLACES else 0.0


def _opened(case: TicketCase) -> tuple[int, str]:
    return seconds(case.repair.opened_at), case.repair.ticket
