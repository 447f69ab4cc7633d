"""`battwheels audit`: prove that nobody touched the books, and keep their heads elsewhere."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from billing.ledger.verification import AuditResult
from billing.ledger.verification import verify_books as verify
from domain.errors import NoBooks, Tampered
from records.audit_trail import AuditedAct, AuditTrail
from records.database import Records
from web import billing
from web.local.home import StoreHome
from web.local.postgres import PostgresServer
from web.settings import Settings
from web.wiring import open_records

app = typer.Typer(
    no_args_is_help=True,
    help="Verify that nobody touched the books; anchor them; read who did what they answer for.",
)

T = TypeVar("T")


@app.command("verify")
def verify_books(
    anchors: Annotated[
        Path | None, typer.Option(help="A copy of the anchors kept elsewhere [default: home].")
    ] = None,
) -> None:
    """Read the whole audit again; exit 1 naming the first row that was touched."""
    settings = Settings.read()
    kept = billing.build_anchors(
        settings, billing.read_master_keys(settings), anchors
    ).read_anchors()

    async def work(records: Records) -> AuditResult:
        return await verify(records, kept)

    verdict = asyncio.run(_with_records(settings, work))
    if verdict.touched is not None:
        found = verdict.touched
        raise Tampered(f"{found.garage}, {found.where}", found.reason)
    where = "the database of POSTGRES_URL" if settings.postgres_url else settings.home.resolve()
    if not verdict.events and not verdict.rows:
        typer.echo(f"There are no books in {where} yet: nothing was billed, nothing is proved.")
        return
    typer.echo(
        f"{verdict.events} events and {verdict.rows} rows of {where} are as they were written; "
        f"{len(kept)} anchors hold."
    )


@app.command()
def anchor() -> None:
    """Write down where every chain stands now; copy the file to another place."""
    settings = Settings.read()
    kept = billing.build_anchors(settings, billing.read_master_keys(settings))

    async def work(records: Records) -> int:
        return await kept.add_anchor(records, datetime.now(UTC))

    moved = asyncio.run(_with_records(settings, work))
    typer.echo(f"{moved} chains anchored in {billing.anchors_file(settings)}.")


@app.command("trail")
def show_trail(
    entity: Annotated[str | None, typer.Option(help="Only acts on this thing, `fc_…`.")] = None,
    first: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
) -> None:
    """Print who did what they answer for, the newest first: today, who verified which card."""

    async def work(records: Records) -> list[AuditedAct]:
        return await AuditTrail(records).page(first, entity)

    for act in asyncio.run(_with_records(Settings.read(), work)):
        where = f" of {act.garage}" if act.garage else ""
        typer.echo(
            f"{act.at:%Y-%m-%d %H:%M:%S} UTC  {act.type}  {act.entity} version {act.version}  "
            f"by {act.actor}{where}  {act.result}  trace {act.trace or '-'}"
        )


async def _with_records(settings: Settings, work: Callable[[Records], Awaitable[T]]) -> T:
    """Work on the records alone: the audit needs no graph and no model.

    Raises:
        NoBooks: there is no home here, nor the address of a database: an empty one proves nothing.
    """
    if (
        settings.postgres_url is None
        and not PostgresServer(StoreHome.at(settings.home)).data.exists()
    ):
        raise NoBooks(str(settings.home.resolve()))
    async with open_records(settings) as records:
        return await work(records)
