"""`battwheels recount`: count every card anew from the ledger and say what differs."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from repair.tallying import Difference
from repair.tallying import recount as recounted
from web.settings import Settings
from web.wiring import opened, tallying

Mend = Annotated[bool, typer.Option("--mend", help="Set right what differs.")]


def recount(mend: Mend = False) -> None:  # noqa: FBT002 - a flag
    """Count every card anew from the ledger; exit code 1 when something differs and stays so."""
    found = asyncio.run(_recounted(mend=mend))
    console = Console()
    for one in found:
        console.print(f"{one.card}: counted {one.ledger}, found {one.node}", highlight=False)
    verb = "mended" if mend else "differ"
    console.print(f"{len(found)} cards {verb}." if found else "Every counter is right.")
    if found and not mend:
        raise typer.Exit(1)


async def _recounted(*, mend: bool) -> list[Difference]:
    async with opened(Settings.read()) as house:
        return await recounted(tallying(house), datetime.now(UTC), mend=mend)
