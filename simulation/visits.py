"""Which vehicle comes with which cause, and when: drawn by vehicle, climate, season and plants."""

from dataclasses import dataclass, fields
from datetime import timedelta

import numpy as np

from simulation.causes import CauseKind, LatentCause
from simulation.fleet import Fleet, Floats, Ints
from simulation.plants import Plant, PlantKind, grown
from simulation.settings import DAYS_A_MONTH, WorldSettings
from simulation.trade import SoldModel
from simulation.worlds import World

MONSOON, SUMMER, WINTER = (6, 7, 8, 9), (4, 5, 6), (12, 1)
IN_MONTHS = {"rain": (MONSOON, 3.0), "heat": (SUMMER, 2.5), "cold": (WINTER, 2.5)}
IN_CLIMATE = {
    ("rain", "hot_humid"): 1.8,
    ("heat", "hot_dry"): 2.0,
    ("cold", "cool_hills"): 4.0,
    ("bumps", "cool_hills"): 1.5,
}
ELSEWHERE = 0.12
OPEN, CLOSE = 9.0, 19.0
MORNING = 2.2


@dataclass(frozen=True, slots=True)
class Visits:
    """Columns over visits [N]; `second` is a second failure's cause, `plant` a plant, or -1."""

    day: Floats
    vehicle: Ints
    cause: Ints
    second: Ints
    plant: Ints

    def __len__(self) -> int:
        return len(self.day)

    def take(self, rows: Ints) -> "Visits":
        return Visits(*(getattr(self, one.name)[rows] for one in fields(self)))


def joined(*visits: Visits) -> Visits:
    return Visits(
        *(np.concatenate([getattr(v, one.name) for v in visits]) for one in fields(Visits))
    )


def draw_visits(world: World) -> Visits:
    """Give the visits of the whole time, the earliest first."""
    settings, fleet, plants = world.settings, world.fleet, world.plants
    chance = settings.chance("visits")
    planted = [
        _planted_visits(world, n, chance)
        for n, plant in enumerate(plants)
        if plant.kind in {PlantKind.DEFECT, PlantKind.TRANSFER}
    ]
    count = max(0, settings.repairs - sum(map(len, planted)))
    vehicle = chance.integers(len(fleet.garage), size=count)
    day = _opening_days(count, settings, chance)
    likely = Likelihood(world)
    none = np.full(count, -1)
    drawn = joined(Visits(day, vehicle, likely.draw(vehicle, day, chance), none, none), *planted)
    drawn = _with_releases(drawn, fleet, plants)
    second = np.where(
        chance.random(len(drawn)) < settings.two_failures,
        likely.draw(drawn.vehicle, drawn.day, chance),
        -1,
    )
    drawn = Visits(drawn.day, drawn.vehicle, drawn.cause, second, drawn.plant)
    return drawn.take(np.argsort(drawn.day, kind="stable"))


def month_of(day: Floats, settings: WorldSettings) -> Ints:
    """Give the month (1 to 12) of each day."""
    last = int(settings.days) + 62
    months = [(settings.starts + timedelta(days=n)).month for n in range(last)]
    return np.array(months)[day.astype(int)]


def _opening_days(count: int, settings: WorldSettings, chance: np.random.Generator) -> Floats:
    """Give moments within working hours, more of them in the morning."""
    hour = OPEN + (CLOSE - OPEN) * chance.beta(1, MORNING, count)
    return np.floor(chance.uniform(0, settings.days, count)) + hour / 24


def _planted_visits(world: World, n: int, chance: np.random.Generator) -> Visits:
    """Draw what a plant adds to its background, thinned by growth and by the firmware run."""
    settings, fleet, plant = world.settings, world.fleet, world.plants[n]
    members = plant.members(fleet)
    left = settings.days - plant.starts
    more = plant.ratio - 1 if plant.kind is PlantKind.DEFECT else 1.0
    per_day = settings.repairs * len(members) / len(fleet.garage) / settings.days
    count = int(chance.poisson(max(0.0, more * plant.share * per_day * left)))
    vehicle = (
        members[chance.integers(max(1, len(members)), size=count)] if len(members) else members
    )
    day = np.floor(chance.uniform(plant.starts, settings.days, len(vehicle)))
    day += chance.uniform(OPEN / 24, CLOSE / 24, len(vehicle))
    grows = chance.random(len(vehicle)) < grown(plant, day, settings.defect_ramp)
    runs = (plant.release < 0) | (fleet.release(vehicle, day) == plant.release)
    kept = np.flatnonzero(grows & runs)
    same = np.ones(len(kept), dtype=np.int64)
    return Visits(day[kept], vehicle[kept], same * plant.cause, -same, same * n)


def _with_releases(visits: Visits, fleet: Fleet, plants: tuple[Plant, ...]) -> Visits:
    """Turn causes whose fix has lapsed into those that a release has brought."""
    cause, planted = visits.cause.copy(), visits.plant.copy()
    for n, plant in enumerate(plants):
        if plant.kind is PlantKind.LAPSED_FIX:
            rows = np.flatnonzero(
                (visits.cause == plant.before) & (fleet.make[visits.vehicle] == plant.make)
            )
            runs = fleet.release(visits.vehicle[rows], visits.day[rows]) >= plant.release
            cause[rows[runs]] = plant.cause
            planted[rows[runs]] = n
    return Visits(visits.day, visits.vehicle, cause, visits.second, planted)


class Likelihood:
    """How likely each cause is for a vehicle's model, supplier, climate and month.

    What is new in the year is there from the first month on that begins behind its day.
    """

    def __init__(self, world: World) -> None:
        settings, fleet, causes = world.settings, world.fleet, world.causes
        chance = settings.chance("likelihood")
        self._fleet = fleet
        self._settings = settings
        self._by_model = _by_model(fleet, causes, settings, chance)
        self._by_supplier = chance.lognormal(0, 0.5, (len(causes), 8))
        self._by_climate = np.array(
            [
                [
                    float(np.prod([IN_CLIMATE.get((c, climate), 1.0) for c in cause.circumstances]))
                    for climate in fleet.climates
                ]
                for cause in causes
            ]
        )
        self._by_month = np.array([[_in_month(c, m) for m in range(1, 13)] for c in causes])
        self._begins = np.array([cause.begins for cause in causes])
        self._planted = [p for p in world.plants if p.kind is not PlantKind.GENEROUS_GARAGE]
        self._at = np.array([_background_cause(p) for p in self._planted], dtype=np.int64)
        self._shares = np.array([self._shares_of(p) for p in self._planted])
        self._by_model[self._at] = 0

    def _shares_of(self, plant: Plant) -> Floats:
        """Give which share of the visits a planted cause has [models, months] without its plant."""
        makes, models = self._fleet.makes, self._fleet.models
        sold = np.array([makes.index(model.make) for model in models])
        mine = self._by_model[_background_cause(plant)] > 0
        if plant.kind is PlantKind.TRANSFER:
            mine = sold == plant.known_make
        elif plant.kind in {PlantKind.DEFECT, PlantKind.LAPSED_FIX}:
            mine = sold == plant.make
        share = np.outer(mine * plant.share, np.ones(12))
        share[:, [month - 1 for month in plant.months]] *= plant.ratio
        return share

    def draw(self, vehicle: Ints, day: Floats, chance: np.random.Generator) -> Ints:
        """Draw a cause for each visit."""
        fleet = self._fleet
        month = month_of(day, self._settings) - 1
        turn = (day / DAYS_A_MONTH).astype(np.int64)
        parts = (fleet.model[vehicle], fleet.supplier[vehicle], fleet.climate[vehicle], month, turn)
        sizes = (len(fleet.models), 8, len(fleet.climates), 12, int(turn.max(initial=0)) + 1)
        key = np.ravel_multi_index(parts, sizes)
        order = np.argsort(key, kind="stable")
        starts = np.flatnonzero(np.diff(key[order], prepend=-1))
        drawn = np.empty(len(vehicle), dtype=np.int64)
        u = chance.random(len(vehicle))
        for rows in np.split(order, starts[1:]):
            if len(rows):
                model, supplier, climate, at, turn_at = (part[rows[0]] for part in parts)
                there = self._begins <= turn_at * DAYS_A_MONTH
                weights = self._by_model[:, model] * self._by_supplier[:, supplier] * there
                weights = weights * self._by_climate[:, climate] * self._by_month[:, at]
                shares = self._shares[:, model, at]
                weights[self._at] = shares * weights.sum() / max(0.05, 1 - shares.sum())
                heaped = np.cumsum(weights)
                drawn[rows] = np.searchsorted(heaped, u[rows] * heaped[-1], side="right")
        return drawn


def _background_cause(plant: Plant) -> int:
    return plant.before if plant.kind is PlantKind.LAPSED_FIX else plant.cause


def _in_month(cause: LatentCause, month: int) -> float:
    factors = [
        IN_MONTHS[c][1] for c in cause.circumstances if month in IN_MONTHS.get(c, ((), 1))[0]
    ]
    return max(factors, default=1.0)


def _by_model(
    fleet: Fleet,
    causes: tuple[LatentCause, ...],
    settings: WorldSettings,
    chance: np.random.Generator,
) -> Floats:
    """Give the weights [causes, models]: some causes are common, each has models that have it."""
    weights = 1 / (chance.permutation(len(causes)) + 8.0) ** 0.8
    shares = {
        CauseKind.SHIPPED: 1 - settings.invented_share - settings.unknown_share,
        CauseKind.INVENTED: settings.invented_share,
        CauseKind.UNKNOWN: settings.unknown_share,
        CauseKind.AFTER_RELEASE: 0.0,
    }
    for kind, share in shares.items():
        mine = np.array([cause.kind is kind for cause in causes])
        weights[mine] *= share / max(weights[mine].sum(), 1e-12)
    fits = np.array([[_fit(cause, model, fleet) for model in fleet.models] for cause in causes])
    return weights[:, None] * fits


def _fit(cause: LatentCause, model: SoldModel, fleet: Fleet) -> float:
    if model.id in cause.models:
        return 1.0
    categories = {one.category for one in fleet.models if one.id in cause.models}
    return ELSEWHERE if model.category in categories else 0.0
