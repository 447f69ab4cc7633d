"""`battwheels audit`: prove that nobody touched books and deeds, and keep the proof elsewhere."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from access.checkpoints import AuditReader, read_checkpoints
from billing.ledger.verification import AuditResult, verify_books
from domain.deeds import Deed, DeedType
from domain.errors import NoBooks
from records.audit_trail import AuditTrail, DeedFilter
from records.database import Records
from records.verification import ChainResult, verify_chain
from web import audit, audit_export
from web.anchors import anchors_file, build_anchors
from web.local.home import StoreHome
from web.local.postgres import PostgresServer
from web.records import open_records
from web.settings import Settings
from web.vault import read_master_keys

app = typer.Typer(
    no_args_is_help=True,
    help="Verify that nobody touched books and deeds; keep proofs elsewhere; read who did what.",
)

T = TypeVar("T")

ResourceOption = Annotated[
    str | None, typer.Option("--entity", "--resource", help="Only deeds on this thing, `fc_…`.")
]
UserOption = Annotated[str | None, typer.Option("--user", help="Only what this person did.")]
GarageOption = Annotated[str | None, typer.Option("--garage", help="Only of this garage.")]
TypeOption = Annotated[DeedType | None, typer.Option("--type", help="Only of this type.")]
SinceOption = Annotated[datetime | None, typer.Option("--from", help="From this moment (UTC) on.")]
UntilOption = Annotated[datetime | None, typer.Option("--to", help="Before this moment (UTC).")]


@app.command("verify")
def verify_all(
    anchors: Annotated[
        Path | None, typer.Option(help="A copy of the anchors kept elsewhere [default: home].")
    ] = None,
    checkpoints: Annotated[
        Path | None, typer.Option(help="A copy of the checkpoints kept elsewhere [default: home].")
    ] = None,
) -> None:
    """Read books and deeds again, and the one chain over both; exit 1 naming what was touched."""
    settings = Settings.read()
    keys = read_master_keys(settings)
    anchored = build_anchors(settings, keys, anchors).read_anchors()
    signer = audit.build_signer(keys)
    kept = read_checkpoints(
        checkpoints or audit.checkpoints_file(settings), AuditReader(signer.public_key)
    )

    async def work(records: Records) -> tuple[AuditResult, ChainResult]:
        marks = audit.build_deed_vault(keys).sign
        return await verify_books(records, anchored), await verify_chain(records, marks, kept)

    books, chain = asyncio.run(_with_records(settings, work))
    found = [f"{one.where} {one.reason}" for one in chain.findings]
    if (money := books.touched) is not None:
        found.insert(0, f"{money.garage}, {money.where}: {money.reason}")
    for line in found:
        typer.echo(line, err=True)
    if chain.unnamed:
        typer.echo(f"{chain.unnamed} more are not named, or more than that.", err=True)
    if found:
        raise typer.Exit(1)
    where = "the database of POSTGRES_URL" if settings.postgres_url else settings.home.resolve()
    if not books.events and not books.rows and not chain.links and not chain.waiting:
        typer.echo(f"There are no books in {where} yet: nothing was billed, nothing is proved.")
        return
    if books.events or books.rows:
        typer.echo(
            f"{books.events} events and {books.rows} rows of {where} are as they were written; "
            f"{len(anchored)} anchors hold."
        )
    typer.echo(
        f"{chain.links} links of the one chain hold, and so do {len(kept)} checkpoints; "
        f"{chain.waiting} rows wait for their link."
    )


@app.command()
def anchor() -> None:
    """Write down where every chain of the books stands now; copy the file to another place."""
    settings = Settings.read()
    kept = build_anchors(settings, read_master_keys(settings))

    async def work(records: Records) -> int:
        return await kept.add_anchor(records, datetime.now(UTC))

    moved = asyncio.run(_with_records(settings, work))
    typer.echo(f"{moved} chains anchored in {anchors_file(settings)}.")


@app.command()
def checkpoint(
    file: Annotated[
        Path | None, typer.Option(help="Where it is written [default: the home's own file].")
    ] = None,
) -> None:
    """Sign where the one chain over books and deeds stands now; copy the file elsewhere."""
    settings = Settings.read()
    keys = read_master_keys(settings)

    async def work(records: Records) -> str:
        house = audit.open_audit(settings, records, keys, file)
        made = await house.add_checkpoint()
        if made is None:
            return f"Nothing was linked since the last checkpoint of {house.checkpoints.path}."
        return f"Link {made.n} is signed in {house.checkpoints.path}."

    typer.echo(asyncio.run(_with_records(settings, work)))


@app.command("key")
def show_key() -> None:
    """Print the public key (Ed25519, Base64) that checkpoints and exports are signed for."""
    typer.echo(audit.build_signer(read_master_keys(Settings.read())).public_key)


@app.command("export")
def export_deeds(  # noqa: PLR0913, PLR0917 - options of the command
    out: Annotated[Path, typer.Argument(help="The file to write, one deed a line.")],
    resource: ResourceOption = None,
    user: UserOption = None,
    garage: GarageOption = None,
    type: TypeOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
) -> None:
    """Write deeds as JSON Lines, the newest first; the last line is signed for all of them."""
    settings = Settings.read()
    signer = audit.build_signer(read_master_keys(settings))
    wanted = _filter(resource, user, garage, type, since, until)

    async def work(records: Records) -> int:
        trail = AuditTrail(records)
        return await audit_export.write_export(trail, wanted, signer, out, datetime.now(UTC))

    typer.echo(f"{asyncio.run(_with_records(settings, work))} deeds written to {out}.")


@app.command("check")
def check_export(
    file: Annotated[Path, typer.Argument(help="What `audit export` wrote.")],
    key: Annotated[str, typer.Option(help="The public key, as `audit key` prints it.")],
) -> None:
    """Say whether an export is whole and as it was signed; needs nothing but the public key."""
    count = audit_export.check_export(file, AuditReader(key))
    typer.echo(f"{count} deeds of {file} are as they were exported.")


@app.command("trail")
def show_trail(  # noqa: PLR0913, PLR0917 - options of the command
    resource: ResourceOption = None,
    user: UserOption = None,
    garage: GarageOption = None,
    type: TypeOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    first: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
) -> None:
    """Print who did what they answer for, the newest first."""
    wanted = _filter(resource, user, garage, type, since, until)

    async def work(records: Records) -> list[Deed]:
        return await AuditTrail(records).page(first, wanted)

    for deed in asyncio.run(_with_records(Settings.read(), work)):
        where = f" of {deed.garage_id}" if deed.garage_id else ""
        version = (deed.new_value or {}).get("version")
        typer.echo(
            f"{deed.timestamp:%Y-%m-%d %H:%M:%S} UTC  {deed.event_type}  {deed.resource_id or '-'}"
            f"{f' version {version}' if version else ''}  by {deed.user_id or 'nobody known'}"
            f"{where}  {deed.result}  from {deed.ip_address or '-'}"
        )


def _filter(  # noqa: PLR0913, PLR0917 - options of the commands
    resource: str | None,
    user: str | None,
    garage: str | None,
    type: DeedType | None,
    since: datetime | None,
    until: datetime | None,
) -> DeedFilter:
    return DeedFilter(
        resource=resource,
        user=user,
        garage=garage,
        type=type,
        since=None if since is None else since.replace(tzinfo=UTC),
        until=None if until is None else until.replace(tzinfo=UTC),
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
