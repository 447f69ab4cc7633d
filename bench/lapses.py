"""Fixes that stop working on simulated worlds: how many are found by their repairs alone.

The worlds 11 to 15 have three planted each: since a release of firmware a card's fix no longer
holds. One is found where the card is marked for the make at some time of the year. A mark on
another card is false. The watch was set on the worlds 1 to 5 of `plains` and 1 and 2 of `hills`.
"""

import json
from typing import Any

from bench.bars import Bar, Better
from bench.worlds import REPORTED, world_folder
from domain.lapses import LapsedFix, lapsed_fixes
from gnn.history_files import read_history

FOUND_GOAL = 0.8


async def run() -> list[Bar]:
    """Watch every world; print each."""
    planted, found, false, after = 0, 0, 0, list[int]()
    for seed in REPORTED:
        folder = world_folder(seed)
        truth = json.loads((folder / "truth" / "truth.json").read_text(encoding="utf-8"))
        lapses = lapsed_fixes(read_history(folder))
        plants = [one for one in truth["plants"] if one["kind"] == "lapsed_fix"]
        right = [[one for one in lapses if _shows(plant, one, truth)] for plant in plants]
        known = [one for many in right for one in many]
        planted, found = planted + len(plants), found + sum(map(bool, right))
        false += len(lapses) - len(known)
        after += [many[0].uses_since for many in right if many]
        print(f"world {seed}: {sum(map(bool, right))} of {len(plants)}, {len(lapses)} marks")
    print(f"{false / len(REPORTED):g} false marks a year; found after {sorted(after)} uses")
    return [
        Bar(
            name="lapsed_fix_found",
            measured=found / planted,
            goal=FOUND_GOAL,
            better=Better.HIGHER,
        )
    ]


def _shows(plant: dict[str, Any], lapse: LapsedFix, truth: dict[str, Any]) -> bool:
    return (truth["cards"].get(lapse.card), lapse.change.make) == (plant["before"], plant["make"])
