"""`battwheels documents`: register what partners' programs ask, and check it against the schema."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from graphql import build_schema

from domain.api_keys import partner_name
from domain.errors import ImportRefused, InvalidInput
from domain.trusted_documents import ManifestEntry, TrustedDocument, parse_document_ids
from records.audit_trail import DeedWriter
from records.trusted_documents import TrustedDocumentStore
from resolvers.api import build_api
from resolvers.documents import Documents
from resolvers.manifests import ManifestReader
from schema.sdl import PRINTED
from web.audit import build_deed_vault, operators_change
from web.cli.manifest_file import print_manifest, read_manifest
from web.records import open_records
from web.settings import Settings
from web.vault import read_master_keys

app = typer.Typer(
    no_args_is_help=True,
    help="Registered documents: register, list and check them (docs/partners.md).",
)
T = TypeVar("T")

File = Annotated[Path, typer.Argument(help="A manifest (JSON), or a file of documents (.graphql).")]
Partner = Annotated[str, typer.Option(help="Whose; `battwheels` for our own front ends.")]


@app.command()
def register(file: File, partner: Partner) -> None:
    """Register all documents of a manifest, or none: the one that cannot be is named."""
    settings, whose = Settings.read(), partner_name(partner)
    entries = read_manifest(file)
    kept = asyncio.run(_register_entries(settings, file, whose, entries))
    for document in kept:
        typer.echo(
            f"{document.id}  {document.kind}  {document.name}  up to {document.objects} objects  "
            f"needs {', '.join(document.scopes)}"
        )
        for use in document.deprecated:
            typer.echo(f"  asks {use}, which is deprecated", err=True)


@app.command("list")
def show_list(
    partner: Partner,
    first: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
) -> None:
    """Print the documents of a partner."""
    whose = partner_name(partner)
    for document in asyncio.run(_with_store(lambda store: store.page(whose, first=first))):
        typer.echo(f"{document.id}  {document.kind}  {document.name}")


@app.command()
def remove(
    partner: Partner,
    ids: Annotated[list[str], typer.Argument(help="The ids of the documents.")],
) -> None:
    """Have documents registered no longer: whoever asks them is refused within a second."""
    whose, named = partner_name(partner), parse_document_ids(ids)
    done = operators_change(datetime.now(UTC))
    gone = asyncio.run(_with_store(lambda store: store.remove(whose, named, done)))
    typer.echo(f"{gone} documents of {whose} are registered no longer.")


@app.command()
def check(
    file: File,
    schema: Annotated[
        Path, typer.Option(help="The schema (SDL) that they have to run on.")
    ] = PRINTED,
) -> None:
    """Name each document that does not run on a schema; exit 1 if there is one. Asks no store."""
    entries = read_manifest(file)
    types = build_schema(schema.read_text(encoding="utf-8"))
    reader = ManifestReader(types, Documents(types, introspection=True))
    broken = asyncio.run(reader.broken(entries))
    for entry, why in broken:
        typer.echo(f"{entry.name} ({entry.id}): {why}", err=True)
    if broken:
        raise typer.Exit(1)
    typer.echo(f"{len(entries)} documents run on {schema.name}.")


@app.command()
def manifest(file: File) -> None:
    """Print the manifest of a file: each operation with its fragments, and its id."""
    typer.echo(print_manifest(read_manifest(file)), nl=False)


async def _register_entries(
    settings: Settings, file: Path, partner: str, entries: list[ManifestEntry]
) -> list[TrustedDocument]:
    api = build_api(introspection=False, limits=settings.caps.documents)
    try:
        done = operators_change(datetime.now(UTC))
        found = await api.manifests.read(partner, entries, done.who, done.at)
    except InvalidInput as wrong:
        raise ImportRefused(str(file), f"{wrong.reason}.") from wrong
    return await _with_store(lambda store: store.register(partner, found, done))


async def _with_store(work: Callable[[TrustedDocumentStore], Awaitable[T]]) -> T:
    settings = Settings.read()
    writer = DeedWriter(build_deed_vault(read_master_keys(settings)).sign)
    async with open_records(settings) as records:
        return await work(TrustedDocumentStore(records, writer))
