"""`battwheels match`: find the cards for one report, or for a file of reports."""

from functools import partial
from typing import Annotated

import orjson
import typer

from domain.access import SEES_ALL
from domain.hazards import SafetyAdvice
from domain.languages import Language
from domain.vehicles import VehicleContext
from matching.answers import MatchAnswer
from web.cli import match_output, report_options
from web.cli.report_file import NamedReport
from web.cli.report_options import OutputFormat
from web.wiring import Runtime


def match(  # noqa: PLR0913, PLR0917 - one argument an option of the command
    text: report_options.Text = "",
    file: report_options.File = None,
    code: report_options.Codes = None,
    make: report_options.Make = None,
    model: report_options.Model = None,
    year: report_options.Year = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Cards at most.")] = 5,
    form: report_options.Format = OutputFormat.TABLE,
    map: report_options.Map = None,
    language: Annotated[
        Language, typer.Option(help="Of the reasons: English or Hindi.")
    ] = Language.ENGLISH,
) -> None:
    """Find the fix: the best known cards for a failure, ranked, with reasons."""
    reports = report_options.chosen_reports(
        text, file, code, VehicleContext(make=make, model=model, year=year), map
    )

    def answering(runtime: Runtime) -> report_options.Answering[MatchAnswer]:
        return partial(runtime.matcher.match, viewer=SEES_ALL, limit=limit)

    def tell(one: NamedReport, safety: SafetyAdvice | None, found: MatchAnswer) -> None:
        if form is OutputFormat.JSONL:
            first = report_options.first_fields(one, safety)
            typer.echo(orjson.dumps(first | match_output.match_record(one.id, found, language)))
        else:
            heading = report_options.print_heading(one, safety)
            match_output.print_matches(heading, found, language)

    teller = report_options.AnswerTeller(doing="matching", tell=tell, form=form)
    report_options.answer_reports(reports, answering, teller)
