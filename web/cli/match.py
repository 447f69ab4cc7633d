"""`battwheels match`: find the cards for one report, or for a file of reports."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Iterable, Sequence
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
from web import understanding
from web.cli import shown
from web.cli.report_file import Asked, read
from web.local.progress import bars
from web.settings import Settings
from web.wiring import Opened, opened

# The local operator stands outside all garages and sees every card.
OPERATOR = Viewer(sees_all=True)


class Form(StrEnum):
    TABLE = "table"
    JSONL = "jsonl"


def match(
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
    form: Annotated[Form, typer.Option(help="A table to read, or a line of JSON a report.")] = (
        Form.TABLE
    ),
) -> None:
    """Find the fix: the best known cards for a failure, ranked, with reasons."""
    if file is not None:
        asked: Sequence[Asked] = read(file)
    else:
        vehicle = VehicleContext(make=make, model=model, year=year)
        asked = [Asked("1", FailureReport.parsed(text, tuple(code or ()), vehicle))]
    asyncio.run(_match_all(asked, limit, form))


async def _match_all(asked: Sequence[Asked], limit: int, form: Form) -> None:
    console = Console(stderr=True)
    with bars(console) as report:
        async with opened(Settings.read(), report=report) as house:
            tell = report("matching", len(asked)) if len(asked) > 1 else None
            async for one, answer in _answers(house, asked, limit):
                _print(one, answer, form)
                if tell:
                    tell(1)
