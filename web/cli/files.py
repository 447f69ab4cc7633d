"""`battwheels files`: whether all bytes are there, and how one comes back."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from domain.errors import InvalidInput, NotFound
from domain.ids import file_id
from repair.file_inventory import FileFindings
from web.files import open_bucket
from web.settings import Settings
from web.wiring import open_runtime

app = typer.Typer(no_args_is_help=True, help="Photos, videos and logs (docs/files.md).")
SHOWN = 1_000


@app.command("check")
def check_files(
    clear: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--clear", help="Let go of bytes that no record speaks of.")
    ] = False,
) -> None:
    """Hold every record against its bytes; exit code 1 when some are missing."""
    found = asyncio.run(_checked(clear=clear))
    typer.echo(f"{found.files} files and {found.objects} objects were looked at.")
    told = {
        "missing": found.missing,
        "shown by a card, not kept": found.unshown,
        "let go of" if clear else "without a record": found.orphaned,
    }
    for said, keys in told.items():
        for key in keys[:SHOWN]:
            typer.echo(f"{key}: {said}")
        if len(keys) > SHOWN:
            typer.echo(f"and {len(keys) - SHOWN} more are {said}")
    if found.sentence is not None:
        raise typer.Exit(1)


@app.command("restore")
def restore_file(
    file: Annotated[str, typer.Argument(help="Its id, fil_….")],
) -> None:
    """Bring back a file that was removed, or whose bytes were; one that was erased stays so."""

    async def work() -> None:
        async with open_runtime(Settings.read()) as runtime:
            found = await runtime.files.inventory.restore(file_id(file))
            typer.echo(f"{found.id} is kept again.")

    try:
        asyncio.run(work())
    except (NotFound, InvalidInput) as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from refused


@app.command("prepare")
def prepare_bucket() -> None:
    """Make the bucket of BATTWHEELS_FILES_URL, and have it keep versions; again is harmless."""
    bucket = open_bucket(Settings.read())
    if bucket is None:
        typer.echo("No bucket is named: files are kept in a folder of the home.")
        return
    asyncio.run(bucket.prepare())
    typer.echo(f"The bucket {bucket.account.bucket} is there and keeps versions.")


async def _checked(*, clear: bool) -> FileFindings:
    async with open_runtime(Settings.read()) as runtime:
        inventory = runtime.files.inventory
        found = await inventory.check(datetime.now(UTC))
        if clear:
            await inventory.clear_unrecorded(found.orphaned)
        return found
