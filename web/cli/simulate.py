"""`battwheels simulate`: a year of garages whose truth is known, as a table for training."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console

from ingest import knowledge
from simulation.history_tables import write_tables
from simulation.journal import Journal
from simulation.settings import PLAINS, WORLDS
from simulation.trade import Trade
from simulation.truth import write_truth
from simulation.year import simulate_year

# So many a garage and month, where `--repairs` says nothing.
REPAIRS_A_MONTH = 85


class WorldName(StrEnum):
    PLAINS = "plains"
    HILLS = "hills"


def simulate(  # noqa: PLR0913, PLR0917 - one argument an option of the command
    out: Annotated[Path, typer.Option(help="Folder for repairs, cards and, apart, the truth.")],
    garages: Annotated[int, typer.Option(min=1, max=2_000, help="How many garages.")] = 20,
    months: Annotated[int, typer.Option(min=1, max=60, help="How many months.")] = 12,
    seed: Annotated[int, typer.Option(min=0, max=2**31, help="1 to 5 tune, 11 to 15 report.")] = 1,
    world: Annotated[WorldName, typer.Option(help="Which world's settings.")] = WorldName.PLAINS,
    repairs: Annotated[
        int | None,
        typer.Option(
            min=10, max=20_000_000, help="Visits in all; 85 a garage and month if unsaid."
        ),
    ] = None,
    defect_ratio: Annotated[
        float, typer.Option(min=1, max=50, help="Planted cohorts fail so often, × background.")
    ] = PLAINS.defect_ratio,
) -> None:
    """Make a year of simulated garages, all of it marked synthetic."""
    console = Console(stderr=True)
    began = perf_counter()

    def told(what: str) -> None:
        console.print(f"[{perf_counter() - began:6.1f} s] {what}", markup=False, highlight=False)

    settings = replace(
        WORLDS[world],
        garages=garages,
        months=months,
        seed=seed,
        repairs=repairs or garages * months * REPAIRS_A_MONTH,
        defect_ratio=defect_ratio,
    )
    journal = Journal(simulate_year(shipped_trade(), settings, told))
    told("repairs.parquet and cards.parquet")
    write_tables(out, journal)
    told("truth.parquet and truth.json")
    write_truth(out / "truth", journal)
    told("done")
    typer.echo(f"{len(journal.tickets)} synthetic repairs and {len(journal.cards)} cards in {out}")


def shipped_trade() -> Trade:
    """Give the shipped vocabulary and cards as a world takes them."""
    shipped = knowledge.read_knowledge()
    return Trade(
        cards=shipped.cards,
        symptoms=shipped.symptoms,
        codes=shipped.codes,
        components=shipped.components,
        parts=shipped.parts,
        vehicles=shipped.vehicles,
    )
