"""The vehicles and people of a world: where they stand, what they are made of, what they run."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.settings import WorldSettings
from simulation.trade import SoldModel, Trade

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Illustrative firms that sell traction batteries to several makes.
SUPPLIERS = ("deccan-cells", "tapti-cells", "indus-packs", "sone-energy", "betwa-cells")
CATEGORY_SHARES = {
    "two_wheeler_electric": 0.55,
    "three_wheeler_electric": 0.17,
    "four_wheeler_electric": 0.25,
    "bus_electric": 0.03,
}
BATCHES = 6
# The first batch of a supplier's year is the large one: 55 of 100 packs.
BATCH_SHARES = np.array([0.55, 0.09, 0.09, 0.09, 0.09, 0.09])
RELEASES = 3
SECOND_SUPPLIER = 0.35
LATE_UPDATE = 40.0
NEVER_UPDATED = 0.12
KM_A_DAY = 32.0


@dataclass(frozen=True, slots=True)
class Fleet:
    """Columns over vehicles [V], technicians [T] and makes; numbers point into the lists."""

    makes: tuple[str, ...]
    models: tuple[SoldModel, ...]
    climates: tuple[str, ...]
    batches: tuple[str, ...]
    firmwares: tuple[tuple[str, ...], ...]
    released: Floats
    garage_climate: Ints
    generous_garage: int
    garage: Ints
    model: Ints
    make: Ints
    year: Ints
    supplier: Ints
    batch: Ints
    late: Floats
    km: Floats
    km_a_day: Floats
    technician_skill: Floats
    technician_bias: Floats
    technician_language: Ints
    technician_typos: Floats

    def release(self, vehicle: Ints, day: Floats) -> Ints:
        """Give which release of its make each vehicle ran on a day: 0 is what it came with."""
        since = self.released[self.make[vehicle]] + self.late[vehicle][:, None]
        return (day[:, None] >= since).sum(axis=1)

    def runs(self, vehicle: Ints, release: int, since: float, until: float) -> Floats:
        """Give for how many days of a time each vehicle runs a release of its make."""
        begins = np.maximum(
            since, self.released[self.make[vehicle], release - 1] + self.late[vehicle]
        )
        ends = np.full(len(vehicle), until)
        if release < RELEASES - 1:
            later = self.released[self.make[vehicle], release] + self.late[vehicle]
            ends = np.minimum(until, later)
        return np.maximum(0, ends - begins)

    @property
    def climate(self) -> Ints:
        return self.garage_climate[self.garage]


def make_fleet(trade: Trade, settings: WorldSettings) -> Fleet:
    """Draw the vehicles and people of a world."""
    chance = settings.chance("fleet")
    models = trade.models
    makes = tuple(sorted({model.make for model in models}))
    count = max(30, round(settings.repairs / settings.visits_a_vehicle))
    garage = chance.choice(settings.garages, count, p=_garage_shares(settings, chance))
    model = chance.choice(len(models), count, p=_model_shares(models, chance))
    make = np.array([makes.index(one.make) for one in models])[model]
    sold = np.array([(one.first, one.last) for one in models])[model]
    last = np.minimum(sold[:, 1], settings.starts.year)
    year = last - np.minimum(chance.geometric(0.5, count) - 1, np.maximum(last - sold[:, 0], 0))
    supplier = _suppliers(len(makes), make, chance)
    batches, batch = _batches(supplier, year, chance)
    firmwares, released = _releases(settings, len(makes), chance)
    people = settings.garages * settings.technicians
    return Fleet(
        makes=makes,
        models=models,
        climates=tuple(name for name, _ in settings.climates),
        batches=batches,
        firmwares=firmwares,
        released=released,
        garage_climate=_garage_climates(settings, chance),
        generous_garage=int(chance.integers(settings.garages)),
        garage=garage,
        model=model,
        make=make,
        year=year,
        supplier=supplier,
        batch=batch,
        late=np.where(
            chance.random(count) < NEVER_UPDATED, np.inf, chance.exponential(LATE_UPDATE, count)
        ),
        km=(settings.starts.year + 1 - year) * 365 * KM_A_DAY * chance.uniform(0.3, 1.6, count),
        km_a_day=KM_A_DAY * chance.lognormal(0, 0.5, count),
        technician_skill=np.clip(chance.normal(settings.skill, 0.12, people), 0.3, 0.97),
        technician_bias=chance.gamma(4, 0.2, people),
        technician_language=chance.choice(3, people, p=settings.languages),
        technician_typos=np.clip(chance.exponential(settings.typos, people), 0, 0.9),
    )


def _garage_shares(settings: WorldSettings, chance: np.random.Generator) -> Floats:
    sizes = chance.lognormal(0, 0.4, settings.garages)
    return sizes / sizes.sum()


def _garage_climates(settings: WorldSettings, chance: np.random.Generator) -> Ints:
    """Give each climate its share of the garages, also where there are few."""
    shares = np.cumsum([share for _, share in settings.climates])
    places = (np.arange(settings.garages) + 0.5) / settings.garages * shares[-1]
    return chance.permutation(np.searchsorted(shares, places))


def _model_shares(models: tuple[SoldModel, ...], chance: np.random.Generator) -> Floats:
    order = chance.permutation(len(models))
    shares = 1 / (order + 1.5) ** 1.1
    for category, share in CATEGORY_SHARES.items():
        mine = np.array([model.category == category for model in models])
        shares[mine] *= share / max(shares[mine].sum(), 1e-12)
    return shares / shares.sum()


def _suppliers(makes: int, make: Ints, chance: np.random.Generator) -> Ints:
    """Give each make a first and a second supplier, and each vehicle one of the two."""
    two = np.array([chance.permutation(len(SUPPLIERS))[:2] for _ in range(makes)])
    second = (chance.random(len(make)) < SECOND_SUPPLIER).astype(int)
    return two[make, second]


def _batches(
    supplier: Ints, year: Ints, chance: np.random.Generator
) -> tuple[tuple[str, ...], Ints]:
    within = chance.choice(BATCHES, len(year), p=BATCH_SHARES)
    weeks = chance.integers(1, 53, (len(SUPPLIERS), 100, BATCHES))
    named = np.array(
        [
            f"{y % 100:02d}-W{weeks[s, y % 100, b]:02d}"
            for s, y, b in zip(supplier, year, within, strict=True)
        ]
    )
    names, batch = np.unique(named, return_inverse=True)
    return tuple(str(name) for name in names), batch


def _releases(
    settings: WorldSettings, makes: int, chance: np.random.Generator
) -> tuple[tuple[tuple[str, ...], ...], Floats]:
    """Give the names of each make's releases, and the days of those after the first [makes, 2]."""
    firmwares: list[tuple[str, ...]] = []
    for _ in range(makes):
        major = int(chance.integers(2, 9))
        minors = np.cumsum(chance.integers(1, 4, RELEASES))
        firmwares.append(tuple(f"{major}.{minor}" for minor in minors))
    days = np.sort(chance.uniform(0.1, 0.6, (makes, RELEASES - 1)), axis=1) * settings.days
    return tuple(firmwares), days
