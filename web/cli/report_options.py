"""What the commands that answer reports have in common: how a report is given, how it is told."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Generic, TypeVar

import orjson
import typer
from rich.console import Console
from rich.text import Text as Styled

from domain.errors import InvalidInput, Refused
from domain.hazards import SafetyAdvice
from domain.matches import UnderstoodReport
from domain.reports import FailureReport
from domain.vehicles import UNKNOWN, VehicleContext
from ingest.column_names import ColumnMap
from web.cli.match_output import print_safety, safety_record
from web.cli.report_file import NamedReport, RefusedReport, ReportEntry, read_reports
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
    typer.Option(
        help="Reports as JSON lines or a table: id, text and, if known, codes, make, model, year."
    ),
]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", help="theirs=ours: which column of the file is id, text, codes …"),
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
    text: str,
    file: Path | None,
    codes: list[str] | None,
    vehicle: VehicleContext,
    map: list[str] | None = None,
) -> Sequence[ReportEntry]:
    """Give the reports that the command line names, and the lines of a file that are none.

    Raises:
        InvalidInput: a report and a file, or a report of nothing.
        ImportRefused: the file cannot be read, or has no column with a text.
    """
    if file is None:
        return [NamedReport("1", FailureReport.parse(text, tuple(codes or ()), vehicle))]
    if text or codes or vehicle != UNKNOWN:
        raise InvalidInput("text", "give a report with its codes and vehicle, or --file, not both")
    return read_reports(file, ColumnMap.parse(map or ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTeller(Generic[Answer]):
    """How answers are told: the word for what is done, each answer, and why a line has none."""

    doing: str
    tell: Callable[[NamedReport, SafetyAdvice | None, Answer], None]
    form: OutputFormat

    def refuse(self, one: RefusedReport) -> None:
        """Tell why a line has no answer, where its answer would stand."""
        if self.form is OutputFormat.JSONL:
            typer.echo(orjson.dumps({"id": one.id, "line": one.line, "error": one.reason}))
        else:
            said = f"Report {one.id} (line {one.line}) is not answered: {one.reason}"
            Console().print(Styled(said, style="yellow"), soft_wrap=True)


def answer_reports(
    reports: Sequence[ReportEntry],
    answering: Callable[[Runtime], Answering[Answer]],
    teller: AnswerTeller[Answer],
) -> None:
    """Answer each report in an opened house, tell each answer as it comes, with a bar for many.

    `answering` is asked once, for what then answers every report. A report that cannot be answered
    stops none of the others; the command then ends with exit code 1.
    """
    if any(isinstance(one, NamedReport) for one in reports):
        failed = asyncio.run(_answer_each(reports, answering, teller))
    else:
        failed = [one for one in reports if isinstance(one, RefusedReport)]
        for one in failed:
            teller.refuse(one)
    if failed:
        sys.stderr.write(f"{len(failed)} of {len(reports)} reports could not be answered.\n")
        raise typer.Exit(1)


async def _answer_each(
    reports: Sequence[ReportEntry],
    answering: Callable[[Runtime], Answering[Answer]],
    teller: AnswerTeller[Answer],
) -> list[RefusedReport]:
    failed = list[RefusedReport]()
    with progress_bars(Console(stderr=True)) as report:
        async with open_runtime(Settings.read(), report=report) as runtime:
            answer = answering(runtime)
            await runtime.reader.learn()
            await runtime.models.refresh()
            if runtime.network is not None:
                await runtime.network.refresh()
            await count_words(runtime)
            for number, one in enumerate(reports, start=1):
                refused = await _answer_one(one, runtime, answer, teller)
                if refused is not None:
                    teller.refuse(refused)
                    failed.append(refused)
                _show_count(report, teller.doing, number, len(reports))
    return failed


async def _answer_one(
    one: ReportEntry, runtime: Runtime, answer: Answering[Answer], teller: AnswerTeller[Answer]
) -> RefusedReport | None:
    """Tell the answer to one report, or give why there is none."""
    if isinstance(one, RefusedReport):
        return one
    try:
        understood = await runtime.reader.understand(one.report)
        found = await answer(understood)
    except Refused as error:
        return RefusedReport(one.id, one.line, str(error))
    teller.tell(one, understood.safety, found)
    return None


def _show_count(report: Report, doing: str, number: int, total: int) -> None:
    if total > 1:
        report(StartProgress(doing, f"{number} of {total} reports", number, total))


def first_fields(one: NamedReport, safety: SafetyAdvice | None) -> dict[str, object]:
    """Give what an answer as JSON begins with: whose it is, what was cut, what keeps them safe."""
    note = {"note": one.report.note} if one.report.note else {}
    return {"id": one.id, **note, "safety": safety_record(safety)}


def print_heading(one: NamedReport, safety: SafetyAdvice | None) -> Console:
    """Print which report is answered and what keeps people safe; give where the answer goes."""
    console = Console()
    console.print(Styled.assemble((f"Report {one.id}", "bold"), " ", one.report.text[:SHOWN]))
    if one.report.note:
        console.print(Styled(one.report.note, style="yellow"))
    print_safety(console, safety)
    return console
