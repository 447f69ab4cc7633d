"""A simulated year in the order in which its repairs were opened, with the names of everything."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.fleet import Floats, Ints
from simulation.year import SimulatedYear

DAY = 86_400_000_000


class Journal:
    """Joins what was drawn and what came back, in the order of opening, and names everything."""

    def __init__(self, year: SimulatedYear) -> None:
        self.year = year
        self.mark = f"{year.world.settings.world}-{year.world.settings.seed}"
        first, again = year.first.visits, year.again.visits
        days = np.concatenate([first.day, again.day])
        self.order = np.argsort(days, kind="stable")
        place = np.empty(len(days), dtype=np.int64)
        place[self.order] = np.arange(len(days))
        self.tickets = [f"tkt_sim_{self.mark}_{n:08d}" for n in range(len(days))]
        self.founders = [
            self.tickets[int(place[row])] if row >= 0 else None for row in year.deck.founder
        ]
        self.cards = [
            str(year.world.trade.cards[shipped].id)
            if shipped >= 0
            else f"fc_sim_{self.mark}_{n:05d}"
            for n, shipped in enumerate(year.deck.shipped.tolist())
        ]

    def whole(self, part: str, name: str) -> NDArray[Any]:
        """Give one column of both courses, in the order of opening."""
        courses = (self.year.first, self.year.again)
        return np.concatenate([getattr(getattr(c, part), name) for c in courses])[self.order]

    def listed(self, name: str) -> list[object]:
        """Give one list of the reports of both courses, in the order of opening."""
        both = [*getattr(self.year.first.reports, name), *getattr(self.year.again.reports, name)]
        return [both[at] for at in self.order.tolist()]

    def moments(self, day: Floats) -> Ints:
        """Give microseconds since 1970."""
        begin = int(self.year.world.settings.starts.timestamp()) * 1_000_000
        return begin + (day * DAY).astype(np.int64)


def people(count: int) -> list[str]:
    """Give the ids of the technicians, by their numbers."""
    return [f"sim_technician_{n:04d}" for n in range(count)]
