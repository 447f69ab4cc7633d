"""`battwheels demo`: from an empty folder to a failure that finds its fix."""

import asyncio
import http.client
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from domain.access import Actor, Role, Viewer
from domain.errors import LocalServiceError
from domain.ids import GarageId, PersonId
from domain.reports import FailureReport
from domain.vehicles import VehicleContext
from ingest import knowledge
from ingest.imports import ImportReport, ProgressReport, import_batch
from web import interrupts, server
from web.cli import match_output
from web.local.progress import Report, StartProgress, progress_bars
from web.settings import Settings
from web.ui.assets import install_assets
from web.wiring import (
    DEMO,
    WORK,
    Runtime,
    count_words,
    open_runtime,
    with_language_model,
    with_patience,
)

SAMPLE = FailureReport(
    text="Ather 450X: charging stops near 80 percent and the range has dropped. "
    "Gaadi poori charge nahi hoti. App shows P0A7F.",
    vehicle=VehicleContext(make="Ather", model="450X", year=2022),
)
QUERY = """query Demo($report: ReportInput!) {
  match(report: $report) {
    ... on Matches { level matches { rank standing sentence card { title } } }
  }
}"""
TECHNICIAN = Actor(
    id=PersonId("tech_demo"), role=Role.TECHNICIAN, garage=GarageId("garage_demo"), region="south"
)
TOKEN_TIME = timedelta(hours=8)
HTTP_SECONDS = 20
PATIENT_TRIES = 5


@dataclass(frozen=True, slots=True)
class DemoConsole:
    """The screen, and since when the demo runs."""

    console: Console
    began: float

    def say(self, text: str) -> None:
        self.console.print(Text(f"[{perf_counter() - self.began:5.1f} s] {text}", style="bold"))


def demo(
    once: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--once", help="Stop after the answer over GraphQL.")
    ] = False,
) -> None:
    """Start everything, load the knowledge base, match a sample report, serve the API."""
    interrupts.run(_run_demo(Settings.read(), DemoConsole(Console(), perf_counter()), once=once))


async def _run_demo(settings: Settings, console: DemoConsole, *, once: bool) -> None:
    console.say("Starting Neo4j, PostgreSQL and Redis as local processes")
    async with AsyncExitStack() as stack:
        with progress_bars(console.console) as report:
            runtime = await stack.enter_async_context(
                open_runtime(settings, report=report, patience=WORK)
            )
            console.say("Loading the knowledge base")
            _show_loaded(
                console,
                await import_batch(
                    knowledge.read_knowledge(knowledge.SHIPPED), runtime, told=_progress_of(report)
                ),
            )
            explorer = await _prepare_runtime(runtime, report)
        await _show_match(console, runtime)
        await _serve_demo(console, with_language_model(runtime), explorer=explorer, once=once)


async def _prepare_runtime(runtime: Runtime, report: Report) -> bool:
    """Learn the vocabulary, warm what is cold; say whether there is an explorer."""
    report(StartProgress("reading", "learning the vocabulary"))
    await runtime.reader.refresh(runtime.vocabulary)
    await runtime.reader.learn()
    await count_words(runtime)
    report(StartProgress("matching", "warming up"))
    await server.rehearse_match(runtime)
    report(StartProgress("explorer", "installing GraphiQL"))
    return await asyncio.to_thread(_install_explorer, runtime.settings)


async def _serve_demo(
    console: DemoConsole, runtime: Runtime, *, explorer: bool, once: bool
) -> None:
    async def started(end: server.End) -> None:
        await _ask_over_api(console, runtime, end if once else None, explorer=explorer)

    await server.serve_application(with_patience(runtime, DEMO), started)


def _show_loaded(console: DemoConsole, done: ImportReport) -> None:
    words = ", ".join(f"{n} {what}" for what, n in done.vocabulary.items())
    total = done.created + done.changed + done.unchanged
    console.say(f"Knowledge: {total} failure cards ({done.created} new), {words}")


async def _show_match(console: DemoConsole, runtime: Runtime) -> None:
    console.console.print(Panel(SAMPLE.text, title="A technician reports", title_align="left"))
    understood = await runtime.reader.understand(SAMPLE)
    began = perf_counter()
    answer = await runtime.matcher.match(understood, Viewer(garage=TECHNICIAN.garage))
    took = (perf_counter() - began) * 1000
    console.say(f"The {len(answer.matches)} best cards, found in {took:.0f} ms")
    match_output.print_safety(console.console, understood.safety)
    match_output.print_matches(console.console, answer)


async def _ask_over_api(
    console: DemoConsole, runtime: Runtime, end: server.End | None, *, explorer: bool
) -> None:
    token = runtime.tokens.mint(TECHNICIAN, datetime.now(UTC), TOKEN_TIME)
    answer = await asyncio.to_thread(_post_query, runtime.settings, token)
    for _ in range(PATIENT_TRIES):
        # The port opened this moment: a busy machine may still owe the graph its first answers.
        if "extensions" not in answer:
            break
        answer = await asyncio.to_thread(_post_query, runtime.settings, token)
    address = f"http://{runtime.settings.host}:{runtime.settings.port}/v1/graphql"
    console.say(f"The same over GraphQL at {address}")
    console.console.print_json(orjson.dumps(answer).decode())
    if end is not None:
        end()
        return
    page = f"Open {address}#token={token}" if explorer else f"No explorer; ask {address}"
    console.console.print(
        Panel(
            f"{page}\n\nOther clients send the token as the header `Authorization: Bearer TOKEN`.\n"
            "More tokens: battwheels token --role manager. Stop with Ctrl-C; "
            "the stores keep running until `battwheels local stop`.",
            title="Your turn",
            title_align="left",
        )
    )


def _post_query(settings: Settings, token: str) -> Any:  # noqa: ANN401 - the API's own JSON
    variables = {
        "report": {
            "text": SAMPLE.text,
            "vehicle": {"make": "Ather", "model": "450X", "year": 2022},
        }
    }
    connection = http.client.HTTPConnection(settings.host, settings.port, timeout=HTTP_SECONDS)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = orjson.dumps({"query": QUERY, "variables": variables})
    connection.request("POST", "/v1/graphql", body, headers)
    return orjson.loads(connection.getresponse().read())


def _install_explorer(settings: Settings) -> bool:
    try:
        install_assets(settings.home / "ui")
    except LocalServiceError as error:
        Console(stderr=True).print(f"The explorer is left out. {error}")
        return False
    return True


def _progress_of(report: Report) -> ProgressReport:
    def tell(what: str, done: int, total: int) -> None:
        report(StartProgress(what, f"{done} of {total}", done, total))

    return tell
