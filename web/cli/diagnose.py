"""`battwheels diagnose`: what most likely causes a failure, and what to check first."""

from functools import partial

import orjson
import typer
from rich.console import Console
from rich.text import Text as Styled

from domain.access import SEES_ALL
from domain.hazards import SafetyAdvice
from domain.vehicles import VehicleContext
from matching.diagnosis.answers import Diagnosis, PossibleCause
from web.cli import report_options
from web.cli.match_output import rounded_chance
from web.cli.report_file import NamedReport
from web.cli.report_options import OutputFormat
from web.wiring import Runtime, with_language_model

DIGITS = 4


def diagnose(  # noqa: PLR0913, PLR0917 - one argument an option of the command
    text: report_options.Text = "",
    file: report_options.File = None,
    code: report_options.Codes = None,
    make: report_options.Make = None,
    model: report_options.Model = None,
    year: report_options.Year = None,
    form: report_options.Format = OutputFormat.TABLE,
    map: report_options.Map = None,
) -> None:
    """Say what most likely causes a failure, how sure that is, and what to check first."""
    reports = report_options.chosen_reports(
        text, file, code, VehicleContext(make=make, model=model, year=year), map
    )

    def answering(runtime: Runtime) -> report_options.Answering[Diagnosis]:
        return partial(with_language_model(runtime).diagnoser.diagnose, viewer=SEES_ALL)

    def tell(one: NamedReport, safety: SafetyAdvice | None, found: Diagnosis) -> None:
        if form is OutputFormat.JSONL:
            first = report_options.first_fields(one, safety)
            typer.echo(orjson.dumps(first | diagnosis_record(found)))
        else:
            print_diagnosis(report_options.print_heading(one, safety), found)

    teller = report_options.AnswerTeller(doing="diagnosing", tell=tell, form=form)
    report_options.answer_reports(reports, answering, teller)


def print_diagnosis(console: Console, found: Diagnosis) -> None:
    """Print a diagnosis for who stands at the vehicle, then those of the other failures."""
    if found.text is not None:
        console.print(Styled(f"Failure: {found.text}", style="bold cyan"))
    if found.cause is None:
        console.print(Styled("Cause unknown", style="bold yellow"))
    else:
        console.print(
            Styled(f"Likeliest cause: {_confidence_text(found.cause)}", style="bold green")
        )
    for cause in found.suspects:
        console.print(Styled(f"  possible: {_confidence_text(cause)}"))
    console.print(Styled(found.reasoning))
    for question in found.questions:
        console.print(Styled(f"  ? {question.text}", style="yellow"))
    for number, check in enumerate(found.checks, start=1):
        style = "bold red" if check.safety else ""
        console.print(Styled(f"  {number}. {check.action}", style=style))
    if found.chance is not None:
        console.print(Styled(f"A known fix is among the past failures: {found.chance:.0%}"))
    ranker = f", ranker {found.ranker}" if found.ranker else ""
    told = f"level {found.level.value}, reasoner {found.reasoner}{ranker}"
    if found.truncated:
        told += ", cut short"
    console.print(Styled("; ".join(filter(None, (told, found.degraded))), style="dim"))
    for other in found.others:
        print_diagnosis(console, other)


def diagnosis_record(found: Diagnosis) -> dict[str, object]:
    """Give a diagnosis as JSON values."""
    return {
        "cause": None if found.cause is None else _cause_record(found.cause),
        "suspects": [_cause_record(cause) for cause in found.suspects],
        "checks": [
            {"action": check.action, "safety": check.safety, "card": check.card}
            for check in found.checks
        ],
        "questions": [{"kind": one.kind.value, "text": one.text} for one in found.questions],
        "reasoning": found.reasoning,
        "reasoner": found.reasoner,
        "ranker": found.ranker,
        "chance": rounded_chance(found.chance),
        "precedents": [
            {"card": one.id, "similarity": round(one.similarity, DIGITS)}
            for one in found.precedents
        ],
        "level": found.level.value,
        "degraded": found.degraded,
        "truncated": found.truncated,
        "text": found.text,
        "others": [diagnosis_record(other) for other in found.others],
    }


def _confidence_text(cause: PossibleCause) -> str:
    rests = f", {', '.join(cause.cites)}" if cause.cites else ", no card tells it"
    return f"{cause.text} ({cause.confidence:.0%}{rests})"


def _cause_record(cause: PossibleCause) -> dict[str, object]:
    return {
        "text": cause.text,
        "confidence": round(cause.confidence, DIGITS),
        "cites": list(cause.cites),
    }
