"""What the commands that answer reports have in common: how a report is given, how it is told."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.text import Text as Styled

from domain.errors import InvalidInput
from domain.hazards import SafetyAdvice
from domain.matches import UnderstoodReport
from domain.reports import FailureReport
from domain.vehicles import UNKNOWN, VehicleContext
from web.cli.match_output import print_safety
from web.cli.report_file import NamedReport, read_reports
from web.local.progress import Report, StartProgress, progress_bars
from web.settings import Settings
from web.wiring import Runtime, count_words, open_runtime

# The local operator stands outside all garages and sees every card.
# Of a long report its start is enough to know it by.
SHOWN = 200

Answer = TypeVar("Answer")
Answering = Callable[[UnderstoodReport], Awaitable[Answer]]
Text = Annotated[str, typer.Argument(help="What is wrong, in the reporter's words.")]
File = Annotated[
    Path | None,
    typer.Option(help="JSONL of reports: {id, text, codes?, make?, model?, year?} a line."),
]
Codes = Annotated[list[str] | None, typer.Option("--code", help="A trouble code; repeatable.")]
Make = Annotated[str | None, typer.Option(help="Make of the vehicle.")]
Model = Annotated[str | None, typer.Option(help="Model of the vehicle.")]
Year = Annotated[int | None, typer.Option(help="Model year.")]


class OutputFormat(StrEnum):
    TABLE = "table"
    JSONL = "jsonl"


Format = Annotated[
    OutputFormat, typer.Option("--format", help="A text to read, or a line of JSON a report.")
]


def chosen_reports(
    text: str, file: Path | None, codes: list[str] | None, vehicle: VehicleContext
) -> Sequence[NamedReport]:
    """Give the reports that the command line names.

    Raises:
        InvalidInput: a report and a file, a report of nothing, or a line that is no report.
    """
    if file is None:
        return [NamedReport("1", FailureReport.parse(text, tuple(codes or ()), vehicle))]
    if text or codes or vehicle != UNKNOWN:
        raise InvalidInput("text", "give a report with its codes and vehicle, or --file, not both")
    return read_reports(file)


def answer_reports(
    reports: Sequence[NamedReport],
    doing: str,
    answering: Callable[[Runtime], Answering[Answer]],
    tell: Callable[[NamedReport, SafetyAdvice | None, Answer], None],
) -> None:
    """Answer each report in an opened house, tell each answer as it comes, with a bar for many.

    `answering` is asked once, for what then answers every report.
    """
    asyncio.run(_answer_each(reports, doing, answering, tell))


async def _answer_each(
    reports: Sequence[NamedReport],
    doing: str,
    answering: Callable[[Runtime], Answering[Answer]],
    tell: Callable[[NamedReport, SafetyAdvice | None, Answer], None],
) -> None:
    with progress_bars(Console(stderr=True)) as report:
        async with open_runtime(Settings.read(), report=report) as runtime:
            answer = answering(runtime)
            await runtime.reader.learn()
            await count_words(runtime)
            for number, one in enumerate(reports, start=1):
                understood = await runtime.reader.understand(one.report)
                tell(one, understood.safety, await answer(understood))
                _show_count(report, doing, number, len(reports))


def _show_count(report: Report, doing: str, number: int, total: int) -> None:
    if total > 1:
        report(StartProgress(doing, f"{number} of {total} reports", number, total))


def print_heading(one: NamedReport, safety: SafetyAdvice | None) -> Console:
    """Print which report is answered and what keeps people safe; give where the answer goes."""
    console = Console()
    console.print(Styled.assemble((f"Report {one.id}", "bold"), " ", one.report.text[:SHOWN]))
    print_safety(console, safety)
    return console
