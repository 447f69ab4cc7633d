"""Emerging defects on simulated worlds: how soon they are found, and how often nothing is there.

The worlds 11 to 15 have five planted cohorts each (make, supplier, batch, firmware, climate), whose
component grows within thirty days to four times its background; those of twice it are told beside
them. The delay counts the cohort's repairs that found the component, from the start of the defect
to the alarm; what is never found counts as not found within the year. An alarm is false where
nothing that was planted touches that make and component by then. The watch was tuned on the worlds
1 to 5 of `plains` and `hills`; `hills` 11 and 12, which it had not seen, are told beside them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from statistics import median
from typing import Any

from bench.bars import Bar, Better
from bench.worlds import REPORTED, world_folder
from domain.defects import Cohort, ComponentFailure, DefectWatch, EmergingDefect
from gnn.defect_failures import TradeComponents, component_failures
from gnn.history_files import read_history
from ingest import knowledge
from simulation.settings import PLAINS

DELAY_GOAL, FALSE_GOAL = 10, 1
RATIO, WEAK_RATIO = 4.0, 2.0
HILLS = (11, 12)
PICTURED = 12
COHORT = ("make", "supplier", "battery_batch", "firmware", "climate")


@dataclass(frozen=True, slots=True)
class WorldResult:
    delays: Sequence[float]
    false: int


async def run() -> list[Bar]:
    """Watch every world; print each."""
    strong = [_watched(seed, RATIO) for seed in REPORTED]
    weak = [_watched(seed, WEAK_RATIO) for seed in REPORTED]
    hills = [_watched(seed, RATIO, "hills") for seed in HILLS]
    late = [delay for world in hills for delay in world.delays]
    print(
        f"hills: {sum(delay < inf for delay in late)} of {len(late)} found, "
        f"median {median(late):g}, "
        f"{sum(w.false for w in hills) / len(hills):g} false alarms a year"
    )
    delays = [delay for world in strong for delay in world.delays]
    found = sum(delay < inf for world in weak for delay in world.delays)
    told = sum(len(world.delays) for world in weak)
    print(f"planted at 2 x: {found} of {told} found, {sum(w.false for w in weak)} false alarms")
    return [
        Bar(
            name="defect_delay_repairs",
            measured=median(delays),
            goal=DELAY_GOAL,
            better=Better.LOWER,
        ),
        Bar(
            name="defect_false_alarms_year",
            measured=sum(world.false for world in strong) / len(strong),
            goal=FALSE_GOAL,
            better=Better.LOWER,
        ),
    ]


def _watched(seed: int, ratio: float, world: str = "plains") -> WorldResult:
    folder, known = world_folder(seed, ratio, world), knowledge.read_knowledge()
    truth = json.loads((folder / "truth" / "truth.json").read_text(encoding="utf-8"))
    trade = TradeComponents.of(known.components, known.symptoms)
    failures = list(component_failures(read_history(folder), trade))
    watch = DefectWatch()
    alarms = [alarm for failure in failures for alarm in watch.see(failure)]
    plants: list[dict[str, Any]] = truth["plants"]
    delays = [_delay(one, alarms, failures) for one in plants if one["kind"] == "defect"]
    false = [one for one in alarms if not any(_touches(plant, one) for plant in plants)]
    if seed == REPORTED[0] and ratio == RATIO and world == "plains":
        told = next(one for one in alarms if any(_is_found(plant, one) for plant in plants))
        print("\n".join(_picture(told, failures)))
    print(f"{world} {seed}, {ratio:g} x: delays {delays}, {len(alarms)} alarms, {len(false)} false")
    return WorldResult(delays, len(false))


def _picture(alarm: EmergingDefect, failures: Sequence[ComponentFailure]) -> list[str]:
    """Draw the cohort's repairs week by week: # found the component, . another one."""
    own = [one for one in failures if one.cohort == alarm.cohort]
    weeks = max(PICTURED, (alarm.at - alarm.since).days // 7 + 3)
    start, lines = alarm.at - timedelta(weeks=weeks), [f"{alarm.component}, {alarm.cohort}"]
    for n in range(weeks + 3):
        begin, end = start + timedelta(weeks=n), start + timedelta(weeks=n + 1)
        seen = "".join(
            "#" if one.component == alarm.component else "." for one in own if begin < one.at <= end
        )
        mark = "  <- the run begins" if begin < alarm.since <= end else ""
        mark += "  <- alarm" if begin < alarm.at <= end else ""
        lines.append(f"{begin:%d %b}  {seen}{mark}")
    return lines


def _is_found(plant: dict[str, Any], alarm: EmergingDefect) -> bool:
    if plant["kind"] != "defect" or plant["component"] != alarm.component:
        return False
    cohort = Cohort(**{name: plant[name] for name in COHORT})
    return alarm.cohort == cohort and alarm.at >= _moment(plant["starts_day"])


def _delay(
    plant: dict[str, Any], alarms: Sequence[EmergingDefect], failures: Sequence[ComponentFailure]
) -> float:
    cohort = Cohort(**{name: plant[name] for name in COHORT})
    begin = _moment(plant["starts_day"])
    for alarm in alarms:
        if _is_found(plant, alarm):
            return sum(
                one.cohort == cohort
                and one.component == alarm.component
                and begin <= one.at <= alarm.at
                for one in failures
            )
    return inf


def _touches(plant: dict[str, Any], alarm: EmergingDefect) -> bool:
    """Say whether something that was planted may show as this alarm, be it in a cohort beside."""
    same_make = plant.get("make") in {None, alarm.cohort.make}
    begun = _moment(plant.get("starts_day", 0.0)) <= alarm.at
    return plant.get("component") == alarm.component and same_make and begun


def _moment(day: float) -> datetime:
    return PLAINS.starts + timedelta(days=day)
