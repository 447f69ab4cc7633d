"""`battwheels demo`: from an empty folder to a failure that finds its fix."""

import asyncio
import http.client
from contextlib import AsyncExitStack
from dataclasses import dataclass
from time import perf_counter
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from domain.access import Viewer
from domain.errors import LocalServiceError, Refused, UnsafeSetting
from domain.reports import FailureReport
from domain.vehicles import VehicleContext
from ingest import knowledge
from ingest.imports import ImportReport, ProgressReport, import_batch
from web import interrupts, server
from web.app.pages import APP
from web.app.start import build_pages_here
from web.cli import demo_people, match_output
from web.cli.demo_people import DemoPeople, DemoPerson
from web.cli.kept_session import ask_door
from web.cli.sign_in import SIGN_IN
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
HTTP_SECONDS = 20
PATIENT_TRIES = 5


@dataclass(frozen=True, slots=True)
class DemoConsole:
    """The screen, and since when the demo runs."""

    console: Console
    began: float

    def say(self, text: str) -> None:
        self.console.print(Text(f"[{perf_counter() - self.began:5.1f} s] {text}", style="bold"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoVisit:
    """Who is shown what: `explorer` and `pages`, whether there are any; `once`, whether it ends."""

    console: DemoConsole
    people: DemoPeople
    explorer: bool
    pages: bool
    once: bool


def demo(
    once: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--once", help="Stop after the answer over GraphQL.")
    ] = False,
) -> None:
    """Start everything, load the knowledge base, match a sample report, serve the API."""
    settings = Settings.read()
    if settings.production:
        raise UnsafeSetting("battwheels demo", "makes people for development only")
    interrupts.run(_run_demo(settings, DemoConsole(Console(), perf_counter()), once=once))


async def _run_demo(settings: Settings, console: DemoConsole, *, once: bool) -> None:
    console.say("Starting Neo4j, PostgreSQL and Redis as local processes")
    # Beside their start, which takes as long.
    building = asyncio.create_task(build_pages_here(settings))
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
            people = await demo_people.let_in(runtime.people)
            report(StartProgress("pages", "building them"))
            pages = await building
        await _show_match(console, runtime)
        visit = DemoVisit(console=console, people=people, explorer=explorer, pages=pages, once=once)
        await _serve_demo(visit, with_language_model(runtime))


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


async def _serve_demo(visit: DemoVisit, runtime: Runtime) -> None:
    async def started(end: server.End) -> None:
        await _ask_over_api(visit, runtime.settings)
        if visit.once:
            end()
        else:
            _tell_turn(visit, runtime.settings)

    await server.serve_application(
        with_patience(runtime, DEMO), started, demo=demo_people.picks(visit.people)
    )


def _show_loaded(console: DemoConsole, done: ImportReport) -> None:
    words = ", ".join(f"{n} {what}" for what, n in done.vocabulary.items())
    total = done.created + done.changed + done.unchanged
    console.say(f"Knowledge: {total} failure cards ({done.created} new), {words}")


async def _show_match(console: DemoConsole, runtime: Runtime) -> None:
    console.console.print(Panel(SAMPLE.text, title="A technician reports", title_align="left"))
    understood = await runtime.reader.understand(SAMPLE)
    began = perf_counter()
    answer = await runtime.matcher.match(understood, Viewer(garage=demo_people.GARAGE))
    took = (perf_counter() - began) * 1000
    console.say(f"The {len(answer.matches)} best cards, found in {took:.0f} ms")
    match_output.print_safety(console.console, understood.safety)
    match_output.print_matches(console.console, answer)


async def _ask_over_api(visit: DemoVisit, settings: Settings) -> None:
    """Sign the technician in as any client does, ask as them, and show what is answered."""
    token = await asyncio.to_thread(_sign_in, settings, visit.people.technician)
    answer = await asyncio.to_thread(_post_query, settings, token)
    for _ in range(PATIENT_TRIES):
        # The port opened this moment: a busy machine may still owe the graph its first answers.
        if "extensions" not in answer:
            break
        answer = await asyncio.to_thread(_post_query, settings, token)
    visit.console.say(f"The same over GraphQL at {_address(settings)}")
    visit.console.console.print_json(orjson.dumps(answer).decode())


def _tell_turn(visit: DemoVisit, settings: Settings) -> None:
    console, address = visit.console.console, _address(settings)
    technician, manager = visit.people.technician, visit.people.manager
    said = (
        f"Other clients sign in as {technician.email} with {technician.password} "
        "(`battwheels sign-in`; it is good until the demo starts anew), or send "
        "`Authorization: Bearer TOKEN` with what `battwheels token` mints. Stop with Ctrl-C; the "
        "stores keep running until `battwheels local stop`."
    )
    console.print(Panel(Text(said), title="Your turn", title_align="left"))
    if visit.pages:
        app = f"http://{settings.host}:{settings.port}{APP}/"
        console.print(Text(f"The pages, where you pick who you are: {app}"), soft_wrap=True)
    else:
        console.print(Text("No pages: npm could not build them (see above)."))
    if not visit.explorer:
        console.print(Text(f"No explorer; ask {address}"), soft_wrap=True)
        return
    for who in (technician, manager):
        # Not broken into lines: it is there to be clicked.
        console.print(Text(f"Open as a {who.role}: {address}#{who.fragment}"), soft_wrap=True)


def _address(settings: Settings) -> str:
    return f"http://{settings.host}:{settings.port}/v1/graphql"


def _sign_in(settings: Settings, who: DemoPerson) -> str:
    url = f"http://{settings.host}:{settings.port}"
    found = ask_door(url, SIGN_IN, email=who.email, password=who.password)
    if found["__typename"] != "SignedIn":
        raise Refused("The demo's people have no second factor: unset BATTWHEELS_SECOND_FACTOR.")
    return str(found["accessToken"])


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
