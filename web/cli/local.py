"""`battwheels local`: start, stop and look at the stores of this machine."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from domain.errors import BattwheelsError
from web.local import stores
from web.local.home import StoreHome
from web.local.neo4j import Neo4jTuning
from web.local.progress import progress_bars
from web.local.stores import GivenUrls, StoreStatus
from web.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The stores as processes of this machine.")

HomeFolder = Annotated[
    Path | None, typer.Option("--home", help="Folder of the stores [default: .battwheels].")
]


@app.command()
def start(
    home: HomeFolder = None,
    java_home: Annotated[Path | None, typer.Option(help="A Java to try first.")] = None,
    heap: Annotated[int, typer.Option(min=256, help="Neo4j's heap, in MiB.")] = 512,
    page_cache: Annotated[int, typer.Option(min=8, help="Neo4j's page cache, in MiB.")] = 128,
) -> None:
    """Start what does not run yet, and wait until all three answer."""
    tuning = Neo4jTuning(heap_mb=heap, page_cache_mb=page_cache, java_home=java_home)
    with _plain_errors():
        settings = Settings.read()
        folder, given = _home_of(home, settings), GivenUrls.of(settings)
        with progress_bars(Console(stderr=True)) as report:
            stores.start_stores(folder, given, report, tuning)
        _show_status(stores.store_statuses(folder, given))


@app.command()
def stop(home: HomeFolder = None) -> None:
    """Stop the stores; what they hold stays."""
    with _plain_errors():
        stores.stop_stores(_home_of(home, Settings.read()))


@app.command()
def status(
    home: HomeFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Which stores run, where, and how much memory they take."""
    with _plain_errors():
        settings = Settings.read()
        found = stores.store_statuses(_home_of(home, settings), GivenUrls.of(settings))
    if as_json:
        typer.echo(orjson.dumps([asdict(store) for store in found]))
    else:
        _show_status(found)


def _home_of(folder: Path | None, settings: Settings) -> StoreHome:
    return StoreHome.at(folder or settings.home)


def _show_status(found: tuple[StoreStatus, ...]) -> None:
    table = Table("store", "state", "process", "port", "memory", box=None)
    for store in found:
        memory = None if store.memory_mb is None else f"{store.memory_mb} MiB"
        cells = (store.store, store.state.value, store.pid, store.port, memory)
        table.add_row(*("" if cell is None else str(cell) for cell in cells))
    Console().print(table)


@contextmanager
def _plain_errors() -> Generator[None]:
    try:
        yield
    except BattwheelsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
