"""A simulated year: whole repairs through the doors of a service, and a million as a table.

The service has stores of its own and the shipped knowledge. 500 repairs are played, each a report
and the rest of its offline queue, with events, counters and cards behind them; the bar extrapolates
to 20,000 by the seconds of a repair. The table is drawn and written whole.
"""

import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from bench.bars import Bar, Better
from bench.push import JARS
from gnn.history_files import read_history
from ingest import knowledge
from ingest.imports import import_batch
from simulation.history_tables import write_tables
from simulation.journal import Journal
from simulation.playback import Playback
from simulation.settings import PLAINS, WorldSettings
from simulation.truth import write_truth
from simulation.year import simulate_year
from web.cli.simulate import shipped_trade
from web.local import stores
from web.local.home import StoreHome
from web.playback import open_door, unhurried
from web.settings import Settings
from web.wiring import WORK, open_runtime

PLAYED, WHOLE, MILLION = 500, 20_000, 1_000_000
GOAL_PLAYED, GOAL_TABLE = 30.0, 5.0


async def run() -> list[Bar]:
    """Play repairs into an empty service, then write a million as Parquet; print the figures."""
    played = await _played_minutes()
    table = _table_minutes()
    return [
        Bar(name="simulate_minutes_20k", measured=played, goal=GOAL_PLAYED, better=Better.LOWER),
        Bar(name="simulate_million_minutes", measured=table, goal=GOAL_TABLE, better=Better.LOWER),
    ]


async def _played_minutes() -> float:
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        try:
            settings = unhurried(Settings(home=home.root))
            async with open_runtime(settings, patience=WORK) as house:
                await import_batch(knowledge.read_knowledge(), house)
                await house.reader.refresh(house.vocabulary)
                await house.reader.learn()
                async with open_door(house) as door:
                    year = replace(PLAINS, repairs=PLAYED)
                    history = read_history(_written(year, Path(folder) / "year"))
                    began = perf_counter()
                    count = await Playback(door, history, _nothing).run()
                    took = perf_counter() - began
        finally:
            stores.stop_stores(home)
    print(f"{count.repairs} repairs, {count.cards} cards in {took:.1f} s; refused {count.refused}")
    return took / count.repairs * WHOLE / 60


def _table_minutes() -> float:
    with tempfile.TemporaryDirectory() as folder:
        began = perf_counter()
        _written(replace(PLAINS, repairs=MILLION), Path(folder))
        return (perf_counter() - began) / 60


def _written(settings: WorldSettings, folder: Path) -> Path:
    journal = Journal(simulate_year(shipped_trade(), settings))
    write_tables(folder, journal)
    write_truth(folder / "truth", journal)
    return folder


def _nothing(_: int) -> None:
    """Nobody watches."""
