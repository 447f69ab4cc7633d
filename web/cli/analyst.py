"""`battwheels analyst`: the read-only copy for notebooks."""

from datetime import UTC, datetime

import typer
from rich.console import Console

from graph.analyst_copy import GraphSource
from web import interrupts
from web.analyst.copies import AnalystCopy, CopyShelf
from web.analyst.refresh import CopyOrigin, refresh_copy, serve_copy, told_counts
from web.analyst.server import is_running, stop_copy
from web.analyst.tables import RecordsSource
from web.local.home import StoreHome
from web.local.neo4j import USER
from web.local.progress import progress_bars
from web.settings import Settings
from web.wiring import WORK, open_runtime

app = typer.Typer(no_args_is_help=True, help="A read-only copy of graph and tables for analysts.")
console = Console(stderr=True)


@app.command()
def refresh() -> None:
    """Copy graph and tables anew, without personal data; the service goes on meanwhile."""
    interrupts.run(_refresh(Settings.read()))


@app.command()
def serve() -> None:
    """Start the copy's server, which refuses every write, and say where it answers."""
    interrupts.run(_serve(Settings.read()))


@app.command()
def stop() -> None:
    """Stop the copy's server; the copy stays."""
    stop_copy(_shelf(Settings.read()).demand_current())


@app.command()
def status() -> None:
    """Say how old the copy is, what is in it, and whether it is served."""
    copy = _shelf(Settings.read()).demand_current()
    typer.echo(_told(copy))
    typer.echo("served" if is_running(copy) else "not served")


def _shelf(settings: Settings) -> CopyShelf:
    return CopyShelf.of(StoreHome.at(settings.home))


async def _refresh(settings: Settings) -> None:
    with progress_bars(console) as report:
        async with open_runtime(settings, report=report, patience=WORK) as runtime:
            origin = CopyOrigin(
                graph=GraphSource(runtime.graph), tables=RecordsSource(runtime.records)
            )
            copy = await refresh_copy(_shelf(settings), origin, datetime.now(UTC), report)
    typer.echo(_told(copy))


async def _serve(settings: Settings) -> None:
    copy = _shelf(settings).demand_current()
    with progress_bars(console) as report:
        uri = await serve_copy(copy, report)
    typer.echo(_told(copy))
    typer.echo(f"ANALYST_URI={uri}")
    typer.echo(f"ANALYST_USER={USER}")
    typer.echo(f"ANALYST_PASSWORD_FILE={copy.home.secret('neo4j')}")
    typer.echo(f"ANALYST_TABLES={copy.tables}")


def _told(copy: AnalystCopy) -> str:
    record = copy.record
    if record is None:
        return f"{copy.folder} is not whole"
    minutes = record.age(datetime.now(UTC)).total_seconds() / 60
    said = f"copy of {record.at:%Y-%m-%d %H:%M} UTC, {minutes:,.0f} minutes old"
    return f"{said}: {told_counts(record.graph)}; tables: {told_counts(record.tables) or 'none'}"
