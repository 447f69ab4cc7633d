"""`battwheels match`: find the cards for one report, or for a file of reports."""

from typing import Annotated

import orjson
import typer

from domain.matches import Understood
from domain.vehicles import VehicleContext
from matching.answers import Answer
from web.cli import shown
from web.cli.asking import (
    OPERATOR,
    Codes,
    File,
    Form,
    Format,
    Make,
    Model,
    Text,
    Year,
    answered,
    asked,
    headed,
)
from web.cli.report_file import Asked
from web.wiring import Opened


def match(  # noqa: PLR0913, PLR0917 - one argument an option of the command
    text: Text = "",
    file: File = None,
    code: Codes = None,
    make: Make = None,
    model: Model = None,
    year: Year = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Cards at most.")] = 5,
    form: Format = Form.TABLE,
) -> None:
    """Find the fix: the best known cards for a failure, ranked, with reasons."""
    reports = asked(text, file, code, VehicleContext(make=make, model=model, year=year))

    async def answer(house: Opened, understood: Understood) -> Answer:
        return await house.matcher.match(understood, OPERATOR, limit)

    def tell(one: Asked, found: Answer) -> None:
        if form is Form.JSONL:
            typer.echo(orjson.dumps(shown.record(one.id, found)))
        else:
            shown.table(headed(one), found)

    answered(reports, "matching", answer, tell)
