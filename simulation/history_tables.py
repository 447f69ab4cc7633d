"""A simulated year as the tables that learning reads: `repairs.parquet` and `cards.parquet`."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gnn.history_files import (
    CARD_COLUMNS,
    CARDS_FILE,
    MOMENT,
    REPAIR_COLUMNS,
    REPAIRS_FILE,
    TEXTS,
)
from simulation.card_records import card_records
from simulation.columns import named
from simulation.fleet import SUPPLIERS, Bools, Ints
from simulation.journal import Journal, people
from simulation.try_columns import repair_tries, shown_places

FOUND, FOUND_WRONG, CAUSE_TOLD, SEVERITY_UNTOLD = 0.78, 0.04, 0.3, 0.15


def write_tables(folder: Path, journal: Journal) -> None:
    """Write both files; the same world gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(repair_table(journal), folder / REPAIRS_FILE)
    cards = pa.Table.from_pylist([asdict(c) for c in card_records(journal)], schema=CARD_COLUMNS)
    pq.write_table(cards, folder / CARDS_FILE)


def repair_table(journal: Journal) -> pa.Table:
    """Give all repairs, each row as `domain.repair_history.RepairRecord` says."""
    year = journal.year
    fleet, settings = year.world.fleet, year.world.settings
    chance = settings.chance("history")
    vehicle = journal.whole("visits", "vehicle")
    cause = journal.whole("visits", "cause")
    day = journal.whole("visits", "day")
    solved = journal.whole("repairs", "solved")
    closed = journal.moments(journal.whole("repairs", "closed"))
    rating = journal.whole("repairs", "rating")
    minutes = journal.whole("repairs", "minutes").sum(axis=1)
    count = len(vehicle)
    release = fleet.release(vehicle, day)
    firmware = [
        fleet.firmwares[m][r]
        for m, r in zip(fleet.make[vehicle].tolist(), release.tolist(), strict=True)
    ]
    untold = chance.random(count) < settings.batch_missing
    opened = journal.moments(day)
    columns = {
        "ticket": pa.array(journal.tickets, pa.string()),
        "garage": named(
            [f"garage_sim_{n:03d}" for n in range(settings.garages)], fleet.garage[vehicle]
        ),
        "technician": named(
            people(settings.garages * settings.technicians),
            journal.whole("repairs", "technician"),
        ),
        "vehicle": named(
            [f"veh_sim_{journal.mark}_{n:07d}" for n in range(len(fleet.garage))], vehicle
        ),
        "make": named([m.make for m in fleet.models], fleet.model[vehicle]),
        "model": named([m.model for m in fleet.models], fleet.model[vehicle]),
        "opened_at": pa.array(opened, MOMENT),
        "closed_at": pa.array(closed, MOMENT),
        "text": pa.array(journal.listed("text"), pa.string()),
        "worked": pa.array(solved, pa.bool_()),
        "variant": pa.nulls(count, pa.string()),
        "year": pa.array(fleet.year[vehicle].astype(np.int32), pa.int32()),
        "firmware": pa.array(firmware, pa.string()),
        "battery_batch": named(fleet.batches, fleet.batch[vehicle], untold),
        "supplier": named(SUPPLIERS, fleet.supplier[vehicle], untold),
        "climate": named(fleet.climates, fleet.climate[vehicle]),
        "odometer_km": pa.array(
            (fleet.km[vehicle] + day * fleet.km_a_day[vehicle]).astype(np.int32), pa.int32()
        ),
        "severity": named(
            [c.severity for c in year.world.causes], cause, chance.random(count) < SEVERITY_UNTOLD
        ),
        "symptoms": pa.array(journal.listed("symptoms"), TEXTS),
        "codes": pa.array(journal.listed("codes"), TEXTS),
        "component": _components(journal, cause, solved, chance),
        "cause": named(
            [c.words for c in year.world.causes],
            cause,
            ~solved | (chance.random(count) >= CAUSE_TOLD),
        ),
        "shown": shown_places(journal, opened),
        "tries": repair_tries(journal, chance),
        "resolved_by": named(journal.cards, journal.whole("repairs", "solved_by")),
        "minutes": pa.array(minutes.astype(np.int32), pa.int32()),
        "rating": pa.array(rating.astype(np.int32), pa.int32(), mask=rating == 0),
        "came_back": pa.array(journal.whole("repairs", "came_back"), pa.bool_()),
        "synthetic": pa.array(np.ones(count, dtype=bool), pa.bool_()),
    }
    return pa.table([columns[name] for name in REPAIR_COLUMNS.names], schema=REPAIR_COLUMNS)


def _components(
    journal: Journal, cause: Ints, solved: Bools, chance: np.random.Generator
) -> pa.Array:
    """Give what was said to have failed: mostly the truth where it was solved."""
    names = sorted({c.failure for c in journal.year.world.causes})
    true = np.array([names.index(c.failure) for c in journal.year.world.causes])[cause]
    u = chance.random(len(cause))
    wrong = chance.integers(len(names), size=len(cause))
    found = np.where(u < FOUND_WRONG, wrong, true)
    return named(names, found, u > np.where(solved, FOUND, FOUND / 3))
