"""`battwheels recount`: count every card anew from the ledger and say what differs."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from repair.counters import CounterDifference
from repair.counters import recount_cards as recounted
from web.settings import Settings
from web.wiring import counter_ports, open_runtime

Mend = Annotated[bool, typer.Option("--mend", help="Set right what differs.")]


def recount(mend: Mend = False) -> None:  # noqa: FBT002 - a flag
    """Count every card anew from the ledger; exit code 1 when something differs and stays so."""
    found = asyncio.run(_recount_now(mend=mend))
    console = Console()
    for one in found:
        console.print(f"{one.card}: counted {one.ledger}, found {one.node}", highlight=False)
    verb = "mended" if mend else "differ"
    console.print(f"{len(found)} cards {verb}." if found else "Every counter is right.")
    if found and not mend:
        raise typer.Exit(1)


async def _recount_now(*, mend: bool) -> list[CounterDifference]:
    async with open_runtime(Settings.read()) as runtime:
        return await recounted(counter_ports(runtime), datetime.now(UTC), mend=mend)
