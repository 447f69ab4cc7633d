"""A whole simulated time: everything that happened, as columns, and the truth beside it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulation.field_cards import Deck, make_deck
from simulation.plants import PlantKind
from simulation.repairs import Repairs, repair
from simulation.reports import ToldReports, codes_seen, report
from simulation.settings import WorldSettings
from simulation.suggestions import SuggestedOrder, Suggestions
from simulation.trade import Trade
from simulation.visits import Visits, draw_visits
from simulation.worlds import World, make_world

RETURNS, SOONEST, LATEST = 0.85, 2.0, 28.0

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Course:
    """Visits with what was shown, done and said at each; rows of all four belong together."""

    visits: Visits
    shown: Suggestions
    repairs: Repairs
    reports: ToldReports


@dataclass(frozen=True, slots=True)
class SimulatedYear:
    """A world's time. `first` are drawn visits, `again` those that came back with the same."""

    world: World
    deck: Deck
    first: Course
    again: Course


def simulate_year(
    trade: Trade, settings: WorldSettings, told: Told = lambda _: None
) -> SimulatedYear:
    """Draw a world and its time; the same settings and trade give the same.

    Args:
        trade: what the world's people know from the start.
        settings: how the world is made.
        told: is told what comes next.
    """
    told("vehicles and causes")
    world = make_world(trade, settings)
    told("visits")
    visits = draw_visits(world)
    deck = make_deck(world, visits)
    order = SuggestedOrder(world, deck)

    def run(visits: Visits, purpose: str) -> Course:
        told(f"repairs ({purpose})")
        coded = codes_seen(world, visits, purpose)
        shown = order.suggest(visits, coded, purpose)
        repairs = repair(world, deck, visits, shown, purpose)
        told(f"reports ({purpose})")
        return Course(visits, shown, repairs, report(world, visits, repairs, coded, purpose))

    first = run(visits, "first")
    return SimulatedYear(world, deck, first, run(_returns(world, first), "again"))


def _returns(world: World, first: Course) -> Visits:
    """Give the visits of vehicles that came back with the same within thirty days."""
    settings = world.settings
    chance = settings.chance("returns")
    back = first.repairs.came_back & (chance.random(len(first.visits)) < RETURNS)
    rows = np.flatnonzero(back)
    day = np.floor(first.repairs.closed[rows] + chance.uniform(SOONEST, LATEST, len(rows)))
    day += chance.uniform(9.5 / 24, 18 / 24, len(rows))
    rows, day = rows[day < settings.days], day[day < settings.days]
    lapsed = {n for n, plant in enumerate(world.plants) if plant.kind is PlantKind.LAPSED_FIX}
    kept = first.visits.take(rows)
    # Who comes back with a planted defect is no new case of it.
    plant = np.where(np.isin(kept.plant, sorted(lapsed)), kept.plant, -1)
    visits = Visits(day, kept.vehicle, kept.cause, np.full(len(rows), -1), plant)
    return visits.take(np.argsort(day, kind="stable"))
