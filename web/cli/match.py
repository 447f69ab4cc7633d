"""`battwheels match`: find the cards for one report, or for a file of reports."""

from functools import partial
from typing import Annotated

import orjson
import typer

from domain.access import SEES_ALL
from domain.vehicles import VehicleContext
from matching.answers import Answer
from web.cli import asking, shown
from web.cli.asking import Form
from web.cli.report_file import Asked
from web.wiring import Opened


def match(  # noqa: PLR0913, PLR0917 - one argument an option of the command
    text: asking.Text = "",
    file: asking.File = None,
    code: asking.Codes = None,
    make: asking.Make = None,
    model: asking.Model = None,
    year: asking.Year = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Cards at most.")] = 5,
    form: asking.Format = Form.TABLE,
) -> None:
    """Find the fix: the best known cards for a failure, ranked, with reasons."""
    reports = asking.asked(text, file, code, VehicleContext(make=make, model=model, year=year))

    def answering(house: Opened) -> asking.Answering[Answer]:
        return partial(house.matcher.match, viewer=SEES_ALL, limit=limit)

    def tell(one: Asked, found: Answer) -> None:
        if form is Form.JSONL:
            typer.echo(orjson.dumps(shown.record(one.id, found)))
        else:
            shown.table(asking.headed(one), found)

    asking.answered(reports, "matching", answering, tell)
