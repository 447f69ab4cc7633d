"""A world before anything happens in it: its vehicles and people, causes, and what is planted."""

from dataclasses import dataclass

from simulation.causes import LatentCause, make_causes
from simulation.fleet import Fleet, make_fleet
from simulation.plants import Plant, plant_all
from simulation.settings import WorldSettings
from simulation.trade import Trade


@dataclass(frozen=True, slots=True)
class World:
    """What a world is made of; the same settings and trade give the same."""

    settings: WorldSettings
    trade: Trade
    fleet: Fleet
    causes: tuple[LatentCause, ...]
    plants: tuple[Plant, ...]


def make_world(trade: Trade, settings: WorldSettings) -> World:
    """Draw a world."""
    fleet = make_fleet(trade, settings)
    plants, causes = plant_all(fleet, make_causes(trade, settings), settings)
    return World(settings, trade, fleet, causes, plants)
