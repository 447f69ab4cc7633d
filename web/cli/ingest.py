"""`battwheels ingest`: bring knowledge, recalls, cards and codes into the stores, and undo it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from domain.access import Actor, Role
from domain.errors import Refused
from domain.ids import CardId, OperationId, PersonId, person_id, uuid7
from graph.imports import ImportRecord, ImportStore, WrittenCard
from graph.vocabulary import VocabularyStore
from ingest import cards_file, code_lists, knowledge, recalls
from ingest.batch import ImportBatch
from ingest.column_names import ColumnMap
from ingest.embedder import Embedder
from ingest.import_undo import UndoReport, undo_import
from ingest.imports import (
    ImportPreview,
    ImportReport,
    LoggedImport,
    import_batch,
    new_record,
    preview_batch,
    unwritten,
)
from repair.cards import verify_card
from repair.operations import Operation
from web.cli import ingest_output
from web.local.progress import Report, StartProgress, progress_bars
from web.settings import Settings
from web.wiring import Runtime, open_runtime

app = typer.Typer(no_args_is_help=True, help="Bring in what is known; the same again is harmless.")

SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="Load the good lines even if others are refused.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would change, field by field; write nothing.")
]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map", help="theirs=ours: which column of theirs is ours; theirs= leaves it out."
    ),
]
MapFile = Annotated[
    Path | None, typer.Option("--map-file", help="A file of theirs=ours, one a line, or as YAML.")
]
Source = Annotated[Path, typer.Argument(help="A file, or a folder of them.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be brought in, and how far to go."""

    kind: str
    path: Path
    skip_bad: bool
    dry_run: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoHouse:
    """The opened stores, as taking an import back sees them."""

    imports: ImportStore
    vocabulary: VocabularyStore
    embedder: Embedder


@app.command("knowledge")
def knowledge_(
    path: Annotated[
        Path, typer.Argument(help="Folder of YAML files [default: the shipped knowledge].")
    ] = knowledge.SHIPPED,
    skip_bad: SkipBad = False,  # noqa: FBT002 - a flag
    dry_run: DryRun = False,  # noqa: FBT002 - a flag
) -> None:
    """Load the project's own knowledge base, or YAML files in its form."""
    wanted = Wanted(kind="knowledge", path=path, skip_bad=skip_bad, dry_run=dry_run)
    _run_import(wanted, knowledge.read_knowledge)


@app.command("recalls")
def recalls_(
    path: Source,
    skip_bad: SkipBad = False,  # noqa: FBT002 - a flag
    dry_run: DryRun = False,  # noqa: FBT002 - a flag
    map: Map = None,
    map_file: MapFile = None,
) -> None:
    """Load recalls of vehicles: NHTSA, DVSA, Safety Gate, Australia, or any list with --map."""
    columns = ColumnMap.parse(map or (), map_file)
    wanted = Wanted(kind="recalls", path=path, skip_bad=skip_bad, dry_run=dry_run)
    with progress_bars(Console(stderr=True)) as report:

        def told(file: str, line: int) -> None:
            report(StartProgress(store=file, doing=f"{line:,} lines read", done=line))

        batch = recalls.read_campaigns(path, columns, told)
    _run_import(wanted, lambda _: batch)


@app.command()
def cards(
    path: Source,
    skip_bad: SkipBad = False,  # noqa: FBT002 - a flag
    dry_run: DryRun = False,  # noqa: FBT002 - a flag
    map: Map = None,
    map_file: MapFile = None,
) -> None:
    """Load failure cards from a table or JSON; columns are listed in the documentation."""
    columns, today = ColumnMap.parse(map or (), map_file), datetime.now(UTC).date()
    wanted = Wanted(kind="cards", path=path, skip_bad=skip_bad, dry_run=dry_run)
    _run_import(wanted, lambda source: cards_file.read_cards(source, today, columns))


@app.command()
def codes(
    path: Source,
    skip_bad: SkipBad = False,  # noqa: FBT002 - a flag
    dry_run: DryRun = False,  # noqa: FBT002 - a flag
    map: Map = None,
    map_file: MapFile = None,
) -> None:
    """Load trouble codes from a table, JSON or an SQLite list."""
    columns = ColumnMap.parse(map or (), map_file)
    wanted = Wanted(kind="codes", path=path, skip_bad=skip_bad, dry_run=dry_run)
    _run_import(wanted, lambda source: code_lists.read_codes(source, columns))


@app.command("list")
def list_() -> None:
    """List the imports, the latest first: each can be undone by its id."""
    ingest_output.show_imports(Console(), asyncio.run(_latest_imports()))


@app.command()
def undo(
    id: Annotated[
        str, typer.Argument(help="Id of an import (see `ingest list`); else the latest.")
    ] = "",
) -> None:
    """Take an import back: cards and vocabulary as they were before it."""
    ingest_output.show_undo(Console(), asyncio.run(_undo(id)))


@app.command()
def verify(
    id: Annotated[str, typer.Argument(help="Id of an import (see `ingest list`).")],
    by: Annotated[str, typer.Option("--by", help="Id of the person who has read the cards.")],
) -> None:
    """Verify the provisional cards of an import, as a second person: they are matched from then."""
    ingest_output.show_verified(Console(), asyncio.run(_verify(id, person_id(by))))


def _run_import(wanted: Wanted, read: Callable[[Path], ImportBatch]) -> None:
    """Read first, all of it, and only then open the stores: a bad file starts nothing."""
    batch = read(wanted.path)
    console = Console()
    if wanted.dry_run:
        if batch.empty or (batch.refused and not wanted.skip_bad):
            ingest_output.show_report(console, unwritten(batch))
            raise typer.Exit(1)
        preview = asyncio.run(_look_ahead(batch, wanted))
        ingest_output.show_preview(console, preview, batch)
        return
    if batch.refused and not wanted.skip_bad:
        report = unwritten(batch)
    else:
        report = asyncio.run(_load_batch(batch, wanted))
    ingest_output.show_report(console, report, batch.cards)
    if not report.written:
        raise typer.Exit(1)


async def _look_ahead(batch: ImportBatch, wanted: Wanted) -> ImportPreview:
    async with open_runtime(Settings.read()) as runtime:
        return await preview_batch(batch, runtime, kind=wanted.kind)


async def _load_batch(batch: ImportBatch, wanted: Wanted) -> ImportReport:
    record = new_record(wanted.kind, wanted.path.name, datetime.now(UTC))
    with progress_bars(Console(stderr=True)) as report:
        async with open_runtime(Settings.read(), report=report) as runtime:
            return await import_batch(
                batch,
                runtime,
                skip_bad=wanted.skip_bad,
                told=_progress_bar(report),
                logged=LoggedImport(record=record, log=ImportStore(runtime.graph)),
            )


async def _latest_imports() -> list[ImportRecord]:
    async with open_runtime(Settings.read()) as runtime:
        return await ImportStore(runtime.graph).latest()


async def _undo(id: str) -> UndoReport:
    async with open_runtime(Settings.read()) as runtime:
        house = _undo_house(runtime)
        wanted = id or await _latest_id(house.imports)
        return await undo_import(wanted, house, datetime.now(UTC))


def _undo_house(runtime: Runtime) -> UndoHouse:
    return UndoHouse(
        imports=ImportStore(runtime.graph),
        vocabulary=runtime.vocabulary,
        embedder=runtime.embedder,
    )


async def _verify(id: str, by: PersonId) -> list[tuple[CardId, str]]:
    """Give each card with why it could not be verified, if it could not."""
    actor, now = Actor(id=by, role=Role.ADMIN), datetime.now(UTC)
    found = list[tuple[CardId, str]]()
    async with open_runtime(Settings.read()) as runtime:
        imports = ImportStore(runtime.graph)
        await imports.get(id)
        for one in await imports.cards_of(id):
            operation = Operation(id=OperationId(str(_operation(by, one))), actor=actor, at=now)
            try:
                await verify_card(runtime.cards, one.id, one.version, operation)
            except Refused as error:
                found.append((one.id, str(error)))
            else:
                found.append((one.id, ""))
    return found


def _operation(by: PersonId, one: WrittenCard) -> UUID:
    """The same person verifying the same version does it once, however often it is typed."""
    digest = sha256(f"verify {by} {one.id} {one.version}".encode()).digest()
    return uuid7(datetime.now(UTC), int.from_bytes(digest))


async def _latest_id(imports: ImportStore) -> str:
    standing = [one.id for one in await imports.latest() if one.state != "undone"]
    return standing[0] if standing else "the latest"


def _progress_bar(report: Report) -> Callable[[str, int, int], None]:
    def tell(what: str, done: int, total: int) -> None:
        report(StartProgress(store=what, doing=f"{done} of {total}", done=done, total=total))

    return tell
