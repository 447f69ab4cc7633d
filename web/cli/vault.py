"""`battwheels vault`: the keys that people are sealed with, and a new one in an old one's place."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from access.rotation import KeyRotation, RotationStep
from records.data_keys import DataKeyStore
from records.database import Records
from web.records import open_records
from web.settings import Settings
from web.vault import open_vault

app = typer.Typer(
    no_args_is_help=True,
    help="Keys that people are sealed with: list them, rotate them, clear the old ones away.",
)
# Longer than any process may still seal with a key that was retired.
REST_MINUTES = 60

T = TypeVar("T")


@app.command("keys")
def list_keys() -> None:
    """List the data keys: what each seals, how many values, and which master key wraps it."""

    async def work(rotation: KeyRotation) -> None:
        for key, values in await rotation.keys.kept_keys():
            said = "seals" if key.primary else "opens"
            table = key.table or "everything of before"
            typer.echo(f"{key.name}  {said} {table}  {values} values  wrapped by {key.master}")

    asyncio.run(_with_rotation(work))


@app.command("rotate")
def rotate_keys() -> None:
    """Make new data keys, seal anew what old ones sealed, wrap all with the current master key.

    Everybody may go on reading and writing. Cut off, it is run again.
    """
    asyncio.run(_with_rotation(_rotate))


@app.command("clear")
def clear_keys(
    minutes: Annotated[
        int, typer.Option(min=0, help="Retired so long ago, so that no process seals with it.")
    ] = REST_MINUTES,
) -> None:
    """Remove the data keys that nothing is sealed with any more."""

    async def work(rotation: KeyRotation) -> list[str]:
        return await rotation.keys.remove_unused(minutes * 60.0)

    gone = asyncio.run(_with_rotation(work))
    typer.echo(f"Removed: {', '.join(gone)}." if gone else "No key is without a value yet.")


async def _rotate(rotation: KeyRotation) -> None:
    with Progress(console=Console(stderr=True)) as progress:
        bars: dict[str, TaskID] = {}
        async for step in rotation.run():
            _show(progress, bars, step)


def _show(progress: Progress, bars: dict[str, TaskID], step: RotationStep) -> None:
    if step.total == 0:
        progress.console.print(step.said)
        return
    if step.said not in bars:
        bars[step.said] = progress.add_task(step.said, total=step.total)
    progress.update(bars[step.said], completed=step.done, total=step.total)


async def _with_rotation(work: Callable[[KeyRotation], Awaitable[T]]) -> T:
    """Work on the keys of the records: neither graph nor model is needed."""
    settings = Settings.read()
    async with open_records(settings) as records:
        return await work(build_rotation(settings, records))


def build_rotation(
    settings: Settings,
    records: Records,
    wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> KeyRotation:
    sealing = open_vault(settings, records)
    return KeyRotation(
        keys=sealing.data_keys,
        vault=sealing.vault,
        store=DataKeyStore(records),
        wait=wait,
    )
