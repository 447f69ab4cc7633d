"""Simulated worlds for the benchmarks, made once and kept in `.bench/worlds`."""

from dataclasses import replace
from pathlib import Path

from simulation.history_tables import write_tables
from simulation.journal import Journal
from simulation.settings import WORLDS
from simulation.truth import write_truth
from simulation.year import simulate_year
from web.cli.simulate import shipped_trade

KEPT = Path(".bench/worlds")
REPORTED = (11, 12, 13, 14, 15)
DONE = "done"


def world_folder(
    seed: int, ratio: float = 4.0, name: str = "plains", visits: int | None = None
) -> Path:
    """Give the folder of a world's tables, with its truth under `truth`; None: a whole year's."""
    folder = KEPT / f"{name}-{seed}-{ratio:g}{'' if visits is None else f'-{visits}'}"
    if not (folder / DONE).exists():
        settings = replace(WORLDS[name], seed=seed, defect_ratio=ratio)
        settings = settings if visits is None else replace(settings, repairs=visits)
        journal = Journal(simulate_year(shipped_trade(), settings, lambda _: None))
        write_tables(folder, journal)
        write_truth(folder / "truth", journal)
        (folder / DONE).touch()
    return folder
