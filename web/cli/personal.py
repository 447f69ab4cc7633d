"""`battwheels personal`: what is kept of people, for how long, and what is over."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from domain.personal_records import RETENTION, RecordKind
from records.retention import TABLES, Retention
from web.settings import Settings
from web.wiring import open_records

app = typer.Typer(
    no_args_is_help=True,
    help="What is kept of people: for how long, and what is over (docs/personal-data.md).",
)


@app.command("kinds")
def list_kinds() -> None:
    """List every kind of record that tells of somebody: what for, and for how long it is kept."""
    for kind in RecordKind:
        rule = RETENTION[kind]
        typer.echo(f"{kind.value}: kept {rule.purpose.value}. {_rest(kind)}")


@app.command("due")
def clear_due(
    clear: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--clear", help="Remove it now; whoever works does so every hour.")
    ] = False,
) -> None:
    """Show how many records of each kind have been kept long enough; nothing goes without --clear.

    So nobody has to stop anything to look.
    """
    found = asyncio.run(_over(datetime.now(UTC), clear=clear))
    said = "gone" if clear else "would go"
    for kind, count in found.items():
        typer.echo(f"{kind.value}: {count} {said}. {_rest(kind)}")


async def _over(now: datetime, *, clear: bool) -> dict[RecordKind, int]:
    async with open_records(Settings.read()) as records:
        retention = Retention(records)
        return await (retention.clear(now) if clear else retention.due(now))


def _rest(kind: RecordKind) -> str:
    by_itself = "" if kind in TABLES else " Nothing of it goes by itself."
    return f"{str(RETENTION[kind]).capitalize().rstrip('.')}.{by_itself}"
