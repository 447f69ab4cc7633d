"""`battwheels match`: find the cards for one report, or for a file of reports."""

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console

from domain.access import Viewer
from domain.errors import InvalidInput
from domain.reports import FailureReport
from domain.vehicles import VehicleContext
from matching.answers import Answer
from web.cli import shown
from web.cli.report_file import Asked, read
from web.local.progress import Report, Step, bars
from web.settings import Settings
from web.wiring import Opened, opened

# The local operator stands outside all garages and sees every card.
OPERATOR = Viewer(sees_all=True)


class Form(StrEnum):
    TABLE = "table"
    JSONL = "jsonl"


def match(  # noqa: PLR0913, PLR0917 - one argument an option of the command
    text: Annotated[str, typer.Argument(help="What is wrong, in the reporter's words.")] = "",
    file: Annotated[
        Path | None,
        typer.Option(help="JSONL of reports: {id, text, codes?, make?, model?, year?} a line."),
    ] = None,
    code: Annotated[list[str] | None, typer.Option(help="A trouble code; repeatable.")] = None,
    make: Annotated[str | None, typer.Option(help="Make of the vehicle.")] = None,
    model: Annotated[str | None, typer.Option(help="Model of the vehicle.")] = None,
    year: Annotated[int | None, typer.Option(help="Model year.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Cards at most.")] = 5,
    form: Annotated[
        Form, typer.Option("--format", help="A table to read, or a line of JSON a report.")
    ] = Form.TABLE,
) -> None:
    """Find the fix: the best known cards for a failure, ranked, with reasons."""
    if file is None:
        vehicle = VehicleContext(make=make, model=model, year=year)
        asked = [Asked("1", FailureReport.parsed(text, tuple(code or ()), vehicle))]
    elif text:
        raise InvalidInput("text", "give a report or --file, not both")
    else:
        asked = read(file)
    asyncio.run(_match_all(asked, limit, form))


async def _match_all(asked: Sequence[Asked], limit: int, form: Form) -> None:
    with bars(Console(stderr=True)) as report:
        async with opened(Settings.read(), report=report) as house:
            await house.reader.learn()
            for number, one in enumerate(asked, start=1):
                answer = await _answer(house, one, limit)
                _print(one, answer, form)
                _tell(report, number, len(asked))


async def _answer(house: Opened, one: Asked, limit: int) -> Answer:
    understood = await house.reader.understand(one.report)
    return await house.matcher.match(understood, OPERATOR, limit)


def _print(one: Asked, answer: Answer, form: Form) -> None:
    if form is Form.JSONL:
        typer.echo(orjson.dumps(shown.record(one.id, answer)))
        return
    console = Console()
    console.print(f"[bold]Report {one.id}[/bold] {one.report.text[:200]}", markup=one.id == "1")
    shown.table(console, answer)


def _tell(report: Report, number: int, total: int) -> None:
    if total > 1:
        report(Step("matching", f"{number} of {total} reports", number, total))
