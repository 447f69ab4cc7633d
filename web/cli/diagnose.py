"""`battwheels diagnose`: what most likely causes a failure, and what to check first."""

from functools import partial

import orjson
import typer
from rich.console import Console
from rich.text import Text as Styled

from domain.access import SEES_ALL
from domain.vehicles import VehicleContext
from matching.diagnosis.answers import Cause, Diagnosis
from web.cli import asking
from web.cli.asking import Form
from web.cli.report_file import Asked
from web.wiring import Opened, speaking

DIGITS = 4


def diagnose(  # noqa: PLR0913, PLR0917 - one argument an option of the command
    text: asking.Text = "",
    file: asking.File = None,
    code: asking.Codes = None,
    make: asking.Make = None,
    model: asking.Model = None,
    year: asking.Year = None,
    form: asking.Format = Form.TABLE,
) -> None:
    """Say what most likely causes a failure, how sure that is, and what to check first."""
    reports = asking.asked(text, file, code, VehicleContext(make=make, model=model, year=year))

    def answering(house: Opened) -> asking.Answering[Diagnosis]:
        return partial(speaking(house).diagnoser.diagnose, viewer=SEES_ALL)

    def tell(one: Asked, found: Diagnosis) -> None:
        if form is Form.JSONL:
            typer.echo(orjson.dumps({"id": one.id} | record(found)))
        else:
            sheet(asking.headed(one), found)

    asking.answered(reports, "diagnosing", answering, tell)


def sheet(console: Console, found: Diagnosis) -> None:
    """Print a diagnosis for who stands at the vehicle."""
    if found.cause is None:
        console.print(Styled("Cause unknown", style="bold yellow"))
    else:
        console.print(Styled(f"Likeliest cause: {_worth(found.cause)}", style="bold green"))
    for cause in found.suspects:
        console.print(Styled(f"  possible: {_worth(cause)}"))
    console.print(Styled(found.reasoning))
    for number, check in enumerate(found.checks, start=1):
        style = "bold red" if check.safety else ""
        console.print(Styled(f"  {number}. {check.action}", style=style))
    told = f"level {found.level.value}, reasoner {found.reasoner}"
    if found.truncated:
        told += ", cut short"
    console.print(Styled("; ".join(filter(None, (told, found.degraded))), style="dim"))


def record(found: Diagnosis) -> dict[str, object]:
    """Give a diagnosis as JSON values."""
    return {
        "cause": None if found.cause is None else _cause(found.cause),
        "suspects": [_cause(cause) for cause in found.suspects],
        "checks": [
            {"action": check.action, "safety": check.safety, "card": check.card}
            for check in found.checks
        ],
        "reasoning": found.reasoning,
        "reasoner": found.reasoner,
        "precedents": [
            {"card": one.id, "similarity": round(one.similarity, DIGITS)}
            for one in found.precedents
        ],
        "level": found.level.value,
        "degraded": found.degraded,
        "truncated": found.truncated,
    }


def _worth(cause: Cause) -> str:
    rests = f", {', '.join(cause.cites)}" if cause.cites else ", no card tells it"
    return f"{cause.text} ({cause.confidence:.0%}{rests})"


def _cause(cause: Cause) -> dict[str, object]:
    return {
        "text": cause.text,
        "confidence": round(cause.confidence, DIGITS),
        "cites": list(cause.cites),
    }
