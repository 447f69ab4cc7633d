"""`battwheels draft`: the card that a technician's free report tells, for a person to check."""

import asyncio
from collections.abc import Sequence

import orjson
import typer
from rich.console import Console
from rich.text import Text as Styled

from domain.card_drafts import WHY, CardDraft
from domain.hazards import SafetyAdvice
from domain.vehicles import UNKNOWN
from web.cli import report_options
from web.cli.match_output import safety_record
from web.cli.report_file import NamedReport, RefusedReport, ReportEntry
from web.cli.report_options import OutputFormat
from web.local.progress import progress_bars
from web.settings import Settings
from web.wiring import open_runtime, with_language_model


def draft(
    text: report_options.Text = "",
    file: report_options.File = None,
    form: report_options.Format = OutputFormat.TABLE,
) -> None:
    """Read a card out of a free report: what is told, where, and what is missing."""
    reports = report_options.chosen_reports(text, file, None, UNKNOWN)

    def tell(one: NamedReport, safety: SafetyAdvice | None, found: CardDraft) -> None:
        if form is OutputFormat.JSONL:
            first = {"id": one.id, "safety": safety_record(safety)}
            typer.echo(orjson.dumps(first | draft_record(found)))
        else:
            print_draft(report_options.print_heading(one, safety), found)

    teller = report_options.AnswerTeller(doing="drafting", tell=tell, form=form)
    asyncio.run(_draft_each(reports, teller))
    if any(isinstance(one, RefusedReport) for one in reports):
        raise typer.Exit(1)


async def _draft_each(
    reports: Sequence[ReportEntry], teller: report_options.AnswerTeller[CardDraft]
) -> None:
    """Draft each report in an opened house; no model of meanings is loaded for it."""
    with progress_bars(Console(stderr=True)) as report:
        async with open_runtime(Settings.read(), report=report) as runtime:
            drafter = with_language_model(runtime).drafter
            for one in reports:
                if isinstance(one, RefusedReport):
                    teller.refuse(one)
                    continue
                drafted = await drafter.draft(one.report.text)
                teller.tell(one, await runtime.reader.safety(one.report.text), drafted)


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
