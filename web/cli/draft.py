"""`battwheels draft`: the card that a technician's free report tells, for a person to check."""

import orjson
import typer
from rich.console import Console
from rich.text import Text as Styled

from domain.card_drafts import WHY, CardDraft
from domain.hazards import SafetyAdvice
from domain.matches import UnderstoodReport
from domain.vehicles import UNKNOWN
from web.cli import report_options
from web.cli.match_output import safety_record
from web.cli.report_file import NamedReport
from web.cli.report_options import OutputFormat
from web.wiring import Runtime, with_language_model


def draft(
    text: report_options.Text = "",
    file: report_options.File = None,
    form: report_options.Format = OutputFormat.TABLE,
) -> None:
    """Read a card out of a free report: what is told, where, and what is missing."""
    reports = report_options.chosen_reports(text, file, None, UNKNOWN)

    def answering(runtime: Runtime) -> report_options.Answering[CardDraft]:
        drafter = with_language_model(runtime).drafter

        async def answer(understood: UnderstoodReport) -> CardDraft:
            return await drafter.draft(understood.report.text)

        return answer

    def tell(one: NamedReport, safety: SafetyAdvice | None, found: CardDraft) -> None:
        if form is OutputFormat.JSONL:
            first = {"id": one.id, "safety": safety_record(safety)}
            typer.echo(orjson.dumps(first | draft_record(found)))
        else:
            print_draft(report_options.print_heading(one, safety), found)

    report_options.answer_reports(reports, "drafting", answering, tell)


def print_draft(console: Console, found: CardDraft) -> None:
    """Print a draft: each field with the words that it was read in, then what is missing."""
    for one in found.fields:
        words = " ".join(found.text[one.start : one.end].split())
        console.print(
            Styled.assemble(
                (f"  {one.path}: ", "bold"),
                str(one.value),
                ("" if str(one.value) == words else f"  “{words}”", "dim"),
            )
        )
    for path in found.missing:
        console.print(Styled(f"  missing {path}: {WHY[path]}", style="bold yellow"))
    said = "nothing is missing: check it, then send it with createCard" if found.valid else None
    console.print(Styled("; ".join(filter(None, (said, found.degraded))), style="dim"))


def draft_record(found: CardDraft) -> dict[str, object]:
    """Give a draft as JSON values; `card` is what `createCard` takes once nothing is missing."""
    return {
        "text": found.text,
        "card": found.content(),
        "fields": [
            {
                "path": one.path,
                "value": one.value,
                "start": one.start,
                "end": one.end,
                "origin": one.origin.value,
            }
            for one in found.fields
        ],
        "missing": [{"path": path, "reason": WHY[path]} for path in found.missing],
        "valid": found.valid,
        "degraded": found.degraded,
    }
