"""What is planted for the product to find, and told in `truth.json` alone.

A defect that grows in one cohort, a fix that a release has made useless, a failure that a supplier
carries to a second make, a season, a wrong card, a garage that rates everything 5.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from simulation.causes import CauseKind, LatentCause, after_release
from simulation.fleet import RELEASES, SUPPLIERS, Fleet, Floats, Ints
from simulation.settings import WorldSettings

# Parts of the battery, its management and charging: what a supplier's batch may spoil.
BATTERY_SYMPTOMS = ("SYM_BATT", "SYM_BMS", "SYM_CHRG")
SEASON_MONTHS = 2
COMMON = 0.012
LARGEST = 60
LATE_START = 20.0
# A fix lapses where many vehicles have it.
WELL_KNOWN = 30


class PlantKind(StrEnum):
    DEFECT = "defect"
    LAPSED_FIX = "lapsed_fix"
    TRANSFER = "transfer"
    SEASON = "season"
    WRONG_CARD = "wrong_card"
    GENEROUS_GARAGE = "generous_garage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """One planted thing; `starts` and `ends` are days, numbers point into fleet and causes.

    Attributes:
        cause: what the cohort suffers from; of a lapsed fix, what it is since the release.
        before: of a lapsed fix, the cause whose fix held until then.
        share: of the visits of the make, or of the models that have it, those with the cause
            without the plant.
        ratio: how often the cohort fails, as a multiple of that.
    """

    kind: PlantKind
    cause: int = -1
    before: int = -1
    make: int = -1
    known_make: int = -1
    supplier: int = -1
    batch: int = -1
    release: int = -1
    climate: int = -1
    starts: float = 0.0
    ends: float = np.inf
    share: float = 0.0
    ratio: float = 1.0
    months: tuple[int, ...] = ()
    garage: int = -1

    def members(self, fleet: Fleet) -> Ints:
        """Give the vehicles of the cohort, whatever firmware they run."""
        mine = fleet.make == self.make
        for wanted, column in (
            (self.supplier, fleet.supplier),
            (self.batch, fleet.batch),
            (self.climate, fleet.climate),
        ):
            if wanted >= 0:
                mine &= column == wanted
        return np.flatnonzero(mine)

    def told(self, fleet: Fleet, causes: tuple[LatentCause, ...]) -> dict[str, Any]:
        """Give it in words, for `truth.json`."""
        named = {
            "cause": causes[self.cause].id if self.cause >= 0 else None,
            "component": causes[self.cause].failure if self.cause >= 0 else None,
            "before": causes[self.before].id if self.before >= 0 else None,
            "make": fleet.makes[self.make] if self.make >= 0 else None,
            "known_make": fleet.makes[self.known_make] if self.known_make >= 0 else None,
            "supplier": SUPPLIERS[self.supplier] if self.supplier >= 0 else None,
            "battery_batch": fleet.batches[self.batch] if self.batch >= 0 else None,
            "firmware": fleet.firmwares[self.make][self.release] if self.release >= 0 else None,
            "climate": fleet.climates[self.climate] if self.climate >= 0 else None,
            "starts_day": round(self.starts, 3) or None,
            "share": round(self.share, 6) or None,
            "ratio": self.ratio if self.ratio != 1 else None,
            "months": list(self.months) or None,
            "garage": self.garage if self.garage >= 0 else None,
        }
        return {"kind": str(self.kind)} | {k: v for k, v in named.items() if v is not None}


def plant_all(
    fleet: Fleet, causes: tuple[LatentCause, ...], settings: WorldSettings
) -> tuple[tuple[Plant, ...], tuple[LatentCause, ...]]:
    """Give what is planted, and the causes with those that releases have brought."""
    chance = settings.chance("plants")
    free = [int(at) for at in chance.permutation(len(causes))]
    battery = [at for at in free if _is_of_battery(causes[at])]
    plants = _defects(battery, fleet, settings, chance)
    plants += [_transfer(battery.pop(), fleet, settings, chance) for _ in range(settings.transfers)]
    taken = {plant.cause for plant in plants}
    rest = [at for at in free if at not in taken and causes[at].kind is CauseKind.SHIPPED]
    rest.sort(key=lambda at: _most_sold(causes[at], fleet)[1])
    lapses = [int(at) for at in chance.choice(rest[-WELL_KNOWN:], settings.lapses, replace=False)]
    rest = [int(at) for at in chance.permutation([at for at in rest if at not in lapses])]
    brought = tuple(after_release(causes[at]) for at in lapses)
    plants += [_lapsed(at, len(causes) + n, causes[at], fleet) for n, at in enumerate(lapses)]
    plants += [_season(rest.pop(), settings, chance) for _ in range(settings.seasons)]
    invented = [
        at
        for at in free
        if at not in taken and causes[at].kind is CauseKind.INVENTED and causes[at].begins == 0
    ]
    plants += [
        Plant(kind=PlantKind.WRONG_CARD, cause=at, share=COMMON / 2)
        for at in invented[: settings.wrong_cards]
    ]
    plants.append(Plant(kind=PlantKind.GENEROUS_GARAGE, garage=fleet.generous_garage))
    return tuple(plants), causes + brought


def _is_of_battery(cause: LatentCause) -> bool:
    known = cause.kind in {CauseKind.SHIPPED, CauseKind.INVENTED} and cause.begins == 0
    return known and any(code.startswith(BATTERY_SYMPTOMS) for code in cause.symptoms)


def _defects(
    battery: list[int], fleet: Fleet, settings: WorldSettings, chance: np.random.Generator
) -> list[Plant]:
    """Give defects of the largest cohorts, each of another make and climate."""
    found: dict[tuple[int, int], Plant] = {}
    for plant in _cohorts(fleet, settings):
        if len(found) < settings.defects and (plant.make, plant.climate) not in found:
            grows = replace(
                plant,
                cause=battery.pop(),
                starts=plant.starts + float(chance.uniform(0, LATE_START)),
                share=settings.defect_background,
                ratio=settings.defect_ratio,
            )
            found[plant.make, plant.climate] = grows
    return list(found.values())


def _cohorts(fleet: Fleet, settings: WorldSettings) -> list[Plant]:
    """Give cohorts of make, supplier, batch, climate and release, the longest on the road first."""
    keys = np.stack([fleet.make, fleet.supplier, fleet.batch, fleet.climate], axis=1)
    cohorts, counts = np.unique(keys, axis=0, return_counts=True)
    sized: list[tuple[float, Plant]] = []
    for make, supplier, batch, climate in cohorts[np.argsort(-counts)[:LARGEST]].tolist():
        for release in range(1, RELEASES):
            plant = Plant(
                kind=PlantKind.DEFECT,
                make=make,
                supplier=supplier,
                batch=batch,
                climate=climate,
                release=release,
                starts=float(fleet.released[make, release - 1]),
            )
            runs = fleet.runs(plant.members(fleet), release, plant.starts, settings.days)
            sized.append((float(runs.sum()), plant))
    return [plant for _, plant in sorted(sized, key=lambda pair: -pair[0])]


def _transfer(
    cause: int, fleet: Fleet, settings: WorldSettings, chance: np.random.Generator
) -> Plant:
    """Give a failure of one make that a second make gets with the same supplier's packs."""
    counts = np.zeros((len(fleet.makes), len(SUPPLIERS)))
    np.add.at(counts, (fleet.make, fleet.supplier), 1)
    supplier = int(chance.choice(len(SUPPLIERS), p=counts.sum(0) / counts.sum()))
    most = np.argsort(-counts[:, supplier], kind="stable")[:4]
    known, second = (int(make) for make in chance.permutation(most)[:2])
    return Plant(
        kind=PlantKind.TRANSFER,
        cause=cause,
        make=second,
        known_make=known,
        supplier=supplier,
        starts=float(chance.uniform(0.4, 0.7) * settings.days),
        share=settings.transfer_share,
    )


def _lapsed(before: int, cause: int, words: LatentCause, fleet: Fleet) -> Plant:
    """Give the make that has the cause most, and the release that brought another."""
    make = _most_sold(words, fleet)[0]
    return Plant(
        kind=PlantKind.LAPSED_FIX,
        cause=cause,
        before=before,
        make=make,
        release=1,
        starts=float(fleet.released[make, 0]),
        share=COMMON * 3,
    )


def _most_sold(words: LatentCause, fleet: Fleet) -> tuple[int, int]:
    """Give the make of which most vehicles are of the cause's models, and how many."""
    mine = np.array([model.id in words.models for model in fleet.models])[fleet.model]
    counts = np.bincount(fleet.make[mine], minlength=len(fleet.makes))
    return int(counts.argmax()), int(counts.max())


def _season(cause: int, settings: WorldSettings, chance: np.random.Generator) -> Plant:
    first = int(chance.integers(12))
    return Plant(
        kind=PlantKind.SEASON,
        cause=cause,
        ratio=settings.season_ratio,
        share=COMMON,
        months=tuple(sorted((first + n) % 12 + 1 for n in range(SEASON_MONTHS))),
    )


def grown(plant: Plant, day: Floats, ramp: float) -> Floats:
    """Give how far a plant has grown on a day: 0 before its start, 1 from its ramp's end."""
    return np.clip((day - plant.starts) / max(ramp, 1e-9), 0, 1)
