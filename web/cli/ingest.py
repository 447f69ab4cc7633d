"""`battwheels ingest`: bring knowledge, recalls, cards and code lists into the stores."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ingest import cards_file, code_lists, knowledge, recalls
from ingest.batch import ImportBatch
from ingest.imports import ImportReport, import_batch
from web.local.progress import Report, StartProgress, progress_bars
from web.settings import Settings
from web.wiring import open_runtime

app = typer.Typer(no_args_is_help=True, help="Bring in what is known; the same again is harmless.")

REFUSALS_SHOWN = 50

SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="Load the good lines even if others are refused.")
]
Source = Annotated[Path, typer.Argument(help="A file, or a folder of them.")]


@app.command("knowledge")
def knowledge_(
    path: Annotated[
        Path, typer.Argument(help="Folder of YAML files [default: the shipped knowledge].")
    ] = knowledge.SHIPPED,
    skip_bad: SkipBad = False,  # noqa: FBT002 - a flag
) -> None:
    """Load the project's own knowledge base, or YAML files in its form."""
    _run_import(knowledge.read_knowledge, path, skip_bad=skip_bad)


@app.command("recalls")
def recalls_(path: Source, skip_bad: SkipBad = False) -> None:  # noqa: FBT002 - a flag
    """Load NHTSA recalls: the API's JSON, the same as CSV, or the agency's flat file."""
    _run_import(recalls.read_campaigns, path, skip_bad=skip_bad)


@app.command()
def cards(path: Source, skip_bad: SkipBad = False) -> None:  # noqa: FBT002 - a flag
    """Load failure cards from CSV or JSONL; columns are listed in the documentation."""
    today = datetime.now(UTC).date()
    _run_import(lambda source: cards_file.read_cards(source, today), path, skip_bad=skip_bad)


@app.command()
def codes(path: Source, skip_bad: SkipBad = False) -> None:  # noqa: FBT002 - a flag
    """Load trouble codes from CSV, JSONL or an SQLite list."""
    _run_import(code_lists.read_codes, path, skip_bad=skip_bad)


def _run_import(read: Callable[[Path], ImportBatch], path: Path, *, skip_bad: bool) -> None:
    """Read first, all of it, and only then open the stores: a bad file starts nothing."""
    batch = read(path)
    if batch.refused and not skip_bad:
        report = ImportReport(written=False, refused=batch.refused, skipped=batch.skipped)
    else:
        report = asyncio.run(_load_batch(batch, skip_bad=skip_bad))
    show_report(Console(), report)
    if not report.written:
        raise typer.Exit(1)


async def _load_batch(batch: ImportBatch, *, skip_bad: bool) -> ImportReport:
    with progress_bars(Console(stderr=True)) as report:
        async with open_runtime(Settings.read(), report=report) as runtime:
            return await import_batch(batch, runtime, skip_bad=skip_bad, told=_progress_bar(report))


def _progress_bar(report: Report) -> Callable[[str, int, int], None]:
    def tell(what: str, done: int, total: int) -> None:
        report(StartProgress(store=what, doing=f"{done} of {total}", done=done, total=total))

    return tell


def show_report(console: Console, report: ImportReport) -> None:
    """Print what was written, and every refused line with its reason."""
    if report.written:
        console.print(_counts_table(report))
    for refusal in report.refused[:REFUSALS_SHOWN]:
        console.print(str(refusal), style="yellow", markup=False, highlight=False)
    if len(report.refused) > REFUSALS_SHOWN:
        console.print(f"and {len(report.refused) - REFUSALS_SHOWN} more refused")
    for passed in report.skipped:
        console.print(f"passed over {passed}", style="dim", markup=False, highlight=False)
    if not report.written:
        reason = "Mend these lines, or repeat with --skip-bad." if report.refused else "Empty."
        console.print(f"Nothing was written. {reason}")


def _counts_table(report: ImportReport) -> Table:
    grid = Table(box=None, show_header=False)
    for what, count in report.vocabulary.items():
        grid.add_row(what, str(count))
    for outcome in ("created", "changed", "unchanged"):
        grid.add_row(f"cards {outcome}", str(getattr(report, outcome)))
    if report.refused:
        grid.add_row("lines refused", str(len(report.refused)))
    return grid
