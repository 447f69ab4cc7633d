"""Simulated years that several tests ask."""

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simulation.history_tables import write_tables
from simulation.journal import Journal
from simulation.settings import PLAINS, WorldSettings
from simulation.trade import Trade
from simulation.truth import write_truth
from simulation.year import SimulatedYear, simulate_year
from web.cli.simulate import shipped_trade

SMALL = replace(PLAINS, repairs=600, garages=6, invented=80, unknown=10)


@dataclass(frozen=True, slots=True)
class WrittenYear:
    """A year with its files."""

    year: SimulatedYear
    folder: Path
    repairs: pa.Table
    cards: pa.Table
    truth: pa.Table
    told: dict[str, Any]


@cache
def trade() -> Trade:
    return shipped_trade()


def written(settings: WorldSettings, folder: Path) -> WrittenYear:
    journal = Journal(simulate_year(trade(), settings))
    write_tables(folder, journal)
    write_truth(folder / "truth", journal)
    return WrittenYear(
        journal.year,
        folder,
        pq.read_table(folder / "repairs.parquet"),
        pq.read_table(folder / "cards.parquet"),
        pq.read_table(folder / "truth" / "truth.parquet"),
        json.loads((folder / "truth" / "truth.json").read_text()),
    )


@pytest.fixture(scope="session")
def plains(tmp_path_factory: pytest.TempPathFactory) -> WrittenYear:
    """A year of twenty garages: some three seconds, shared by all who ask what happened in it."""
    return written(PLAINS, tmp_path_factory.mktemp("plains"))
