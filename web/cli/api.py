"""`battwheels serve`, `schema`, `migrate`: the service, its printed schema, its stores' schemas."""

import asyncio
import os
from typing import Annotated

import typer
from rich.console import Console

from resolvers.api import build
from schema.sdl import sdl
from web import interrupts, journal, serving
from web.local.progress import bars
from web.management import managed
from web.settings import Settings
from web.wiring import SERVING, opened, speaking

NICENESS = 5


def serve(
    work: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option(help="Also relay and handle events; else `battwheels work` does.")
    ] = True,
) -> None:
    """Serve the API and its live push (BATTWHEELS_HOST, BATTWHEELS_PORT)."""
    journal.start()
    interrupts.run(_serve(Settings.read(), work=work))


def work() -> None:
    """Relay and handle events without serving, until ended."""
    journal.start()
    # Searching for cards can wait a second; whoever reports beside it on this machine cannot.
    os.nice(NICENESS)
    interrupts.run(_work(Settings.read()))


def schema() -> None:
    """Print the GraphQL schema (SDL)."""
    typer.echo(sdl(build(introspection=False).types), nl=False)


def migrate() -> None:
    """Bring the schemas of both stores up to date."""
    asyncio.run(_migrate(Settings.read()))


async def _serve(settings: Settings, *, work: bool) -> None:
    async with opened(settings, patience=SERVING) as house:
        await serving.serve(speaking(house), work=work)


async def _work(settings: Settings) -> None:
    async with opened(settings) as house:
        house.parts.started = house.parts.matches = False
        asked = managed(settings, serving.probes(house), house.parts, house.metrics)
        async with asked, serving.beside(house):
            await asyncio.Event().wait()


async def _migrate(settings: Settings) -> None:
    with bars(Console(stderr=True)) as report:
        async with opened(settings, report=report):
            typer.echo("Neo4j and PostgreSQL are up to date.")
