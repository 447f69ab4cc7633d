"""`battwheels simulate`: a year of garages whose truth is known, as a table or in the service."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from domain.errors import InvalidInput
from gnn.history_files import read_history
from ingest import knowledge
from simulation.history_tables import write_tables
from simulation.journal import Journal
from simulation.playback import Playback
from simulation.settings import PLAINS, WORLDS, WorldSettings
from simulation.trade import Trade
from simulation.truth import write_truth
from simulation.year import simulate_year
from web import interrupts
from web.playback import HouseDoor, clear_synthetic, open_door, unhurried
from web.settings import Settings
from web.wiring import WORK, Runtime, count_words, open_runtime

# So many a garage and month, where `--repairs` says nothing.
REPAIRS_A_MONTH = 85
# What is played into a service where `--repairs` says nothing: a look, in minutes.
PLAYED = 250
TOLD_REASONS = 10

console = Console(stderr=True)


class WorldName(StrEnum):
    PLAINS = "plains"
    HILLS = "hills"


def simulate(  # noqa: PLR0913, PLR0917 - one argument an option of the command
    out: Annotated[
        Path | None, typer.Option(help="Folder for repairs, cards and, apart, the truth.")
    ] = None,
    into_service: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--into-service", help="Play it into the service by its own doors.")
    ] = False,
    clear: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--clear", help="Take out of the service what was played into it.")
    ] = False,
    garages: Annotated[int, typer.Option(min=1, max=2_000, help="How many garages.")] = 20,
    months: Annotated[int, typer.Option(min=1, max=60, help="How many months.")] = 12,
    seed: Annotated[int, typer.Option(min=0, max=2**31, help="1 to 5 tune, 11 to 15 report.")] = 1,
    world: Annotated[WorldName, typer.Option(help="Which world's settings.")] = WorldName.PLAINS,
    repairs: Annotated[
        int | None,
        typer.Option(
            min=10,
            max=20_000_000,
            help="Visits in all; unsaid: 85 a garage and month, 250 into a service.",
        ),
    ] = None,
    defect_ratio: Annotated[
        float, typer.Option(min=1, max=50, help="Planted cohorts fail so often, × background.")
    ] = PLAINS.defect_ratio,
) -> None:
    """Make a year of simulated garages, all of it marked synthetic."""
    if [out is not None, into_service, clear].count(True) != 1:
        raise InvalidInput("simulate", "say one of --out FOLDER, --into-service and --clear")
    if clear:
        interrupts.run(_clear())
        return
    usual = PLAYED if into_service else garages * months * REPAIRS_A_MONTH
    settings = replace(
        WORLDS[world],
        garages=garages,
        months=months,
        seed=seed,
        repairs=repairs or usual,
        defect_ratio=defect_ratio,
    )
    if out is not None:
        _write(settings, out)
    else:
        interrupts.run(_play(settings))


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


def _write(settings: WorldSettings, out: Path) -> None:
    told = _teller()
    journal = Journal(simulate_year(shipped_trade(), settings, told))
    told("repairs.parquet and cards.parquet")
    write_tables(out, journal)
    told("truth.parquet and truth.json")
    write_truth(out / "truth", journal)
    told("done")
    typer.echo(f"{len(journal.tickets)} synthetic repairs and {len(journal.cards)} cards in {out}")


def _teller() -> Callable[[str], None]:
    began = perf_counter()

    def told(what: str) -> None:
        console.print(f"[{perf_counter() - began:6.1f} s] {what}", markup=False, highlight=False)

    return told


async def _play(settings: WorldSettings) -> None:
    told = _teller()
    journal = Journal(simulate_year(shipped_trade(), settings, told))
    with TemporaryDirectory() as folder:
        write_tables(Path(folder), journal)
        history = read_history(Path(folder))
    async with _opened() as (_, door):
        told(f"{len(history.repairs)} repairs by {settings.garages} garages")
        began = perf_counter()
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task("playing", total=len(history.repairs))
            playback = Playback(door, history, lambda done: progress.update(task, completed=done))
            count = await playback.run()
        took = perf_counter() - began
    for reason, times in sorted(count.refused.items(), key=lambda one: -one[1])[:TOLD_REASONS]:
        console.print(f"refused {times} times: {reason}", markup=False, highlight=False)
    typer.echo(
        f"{count.repairs} synthetic repairs and {count.cards} cards played in {took:.0f} s; "
        "`battwheels simulate --clear` takes them out"
    )


async def _clear() -> None:
    async with _opened() as (house, door):
        count = await clear_synthetic(house, door)
    for thing, reason in list(count.kept.items())[:TOLD_REASONS]:
        console.print(f"{thing} stays: {reason}", markup=False, highlight=False)
    typer.echo(f"{count.tickets} synthetic tickets and {count.cards} cards taken out")


@asynccontextmanager
async def _opened() -> AsyncGenerator[tuple[Runtime, HouseDoor]]:
    async with open_runtime(unhurried(Settings.read()), patience=WORK) as house:
        await house.reader.refresh(house.vocabulary)
        await house.reader.learn()
        await count_words(house)
        async with open_door(house) as door:
            yield house, door
