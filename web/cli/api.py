"""`battwheels serve`, `schema`, `migrate`: the service, its printed schema, its stores' schemas."""

import asyncio
import os
from typing import Annotated

import typer
from rich.console import Console

from resolvers.api import build_api
from resolvers.sign_in import build_sign_in_api
from schema.sdl import print_sdl
from web import interrupts, json_logs, server
from web.app.start import build_pages_here
from web.local.progress import progress_bars
from web.settings import Settings
from web.wiring import SERVING, WORK, open_runtime, with_language_model

NICENESS = 5


def serve(
    work: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option(help="Also relay and handle events; else `battwheels work` does.")
    ] = True,
) -> None:
    """Serve the API and its live push (BATTWHEELS_HOST, BATTWHEELS_PORT)."""
    json_logs.start_logging()
    interrupts.run(_serve_until_ended(Settings.read(), work=work))


def work() -> None:
    """Relay and handle events without serving, until ended."""
    json_logs.start_logging()
    # Searching for cards can wait a second; whoever reports beside it on this machine cannot.
    os.nice(NICENESS)
    interrupts.run(_work_until_ended(Settings.read()))


def schema(
    sign_in: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--sign-in", help="That of the door for who is not signed in yet.")
    ] = False,
) -> None:
    """Print the GraphQL schema (SDL)."""
    build = build_sign_in_api if sign_in else build_api
    typer.echo(print_sdl(build(introspection=False).types), nl=False)


def migrate() -> None:
    """Bring the schemas of both stores up to date."""
    asyncio.run(_migrate_stores(Settings.read()))


async def _serve_until_ended(settings: Settings, *, work: bool) -> None:
    # Beside the stores' start: both take seconds, and neither needs the other.
    building = asyncio.create_task(build_pages_here(settings))
    async with open_runtime(settings, patience=SERVING) as runtime:
        await building
        await server.serve_application(with_language_model(runtime), work=work)


async def _work_until_ended(settings: Settings) -> None:
    async with open_runtime(settings, patience=WORK) as runtime:
        runtime.parts.started = runtime.parts.matches = False
        async with server.run_management(runtime), server.run_background(runtime):
            await asyncio.Event().wait()


async def _migrate_stores(settings: Settings) -> None:
    with progress_bars(Console(stderr=True)) as report:
        async with open_runtime(settings, report=report):
            typer.echo("Neo4j and PostgreSQL are up to date.")
