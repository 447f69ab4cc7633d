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
from ingest.loading import ImportReport, Told, load
from web import interrupts, serving
from web.cli import shown
from web.local.progress import Report, Step, bars
from web.settings import Settings
from web.ui.install import install
from web.wiring import DEMO, Opened, hurried, opened, speaking

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
class Stage:
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
    interrupts.run(_demo(Settings.read(), Stage(Console(), perf_counter()), once=once))


async def _demo(settings: Settings, stage: Stage, *, once: bool) -> None:
    stage.say("Starting Neo4j, PostgreSQL and Redis as local processes")
    async with AsyncExitStack() as stack:
        with bars(stage.console) as report:
            house = await stack.enter_async_context(opened(settings, report=report))
            stage.say("Loading the knowledge base")
            _loaded(stage, await load(knowledge.read(knowledge.SHIPPED), house, told=_told(report)))
            explorer = await _prepared(house, report)
        await _matched(stage, house)
        await _served(stage, speaking(house), explorer=explorer, once=once)


async def _prepared(house: Opened, report: Report) -> bool:
    """Learn the vocabulary, warm what is cold; say whether there is an explorer."""
    report(Step("reading", "learning the vocabulary"))
    await house.reader.refresh(house.vocabulary)
    await house.reader.learn()
    report(Step("matching", "warming up"))
    await serving.rehearse(house)
    report(Step("explorer", "installing GraphiQL"))
    return await asyncio.to_thread(_explorer, house.settings)


async def _served(stage: Stage, house: Opened, *, explorer: bool, once: bool) -> None:
    async def started(end: serving.End) -> None:
        await _asked(stage, house, end if once else None, explorer=explorer)

    await serving.serve(hurried(house, DEMO), started)


def _loaded(stage: Stage, done: ImportReport) -> None:
    words = ", ".join(f"{n} {what}" for what, n in done.vocabulary.items())
    total = done.created + done.changed + done.unchanged
    stage.say(f"Knowledge: {total} failure cards ({done.created} new), {words}")


async def _matched(stage: Stage, house: Opened) -> None:
    stage.console.print(Panel(SAMPLE.text, title="A technician reports", title_align="left"))
    understood = await house.reader.understand(SAMPLE)
    began = perf_counter()
    answer = await house.matcher.match(understood, Viewer(garage=TECHNICIAN.garage))
    took = (perf_counter() - began) * 1000
    stage.say(f"The {len(answer.matches)} best cards, found in {took:.0f} ms")
    shown.table(stage.console, answer)


async def _asked(stage: Stage, house: Opened, end: serving.End | None, *, explorer: bool) -> None:
    token = house.tokens.mint(TECHNICIAN, datetime.now(UTC), TOKEN_TIME)
    answer = await asyncio.to_thread(_post, house.settings, token)
    for _ in range(PATIENT_TRIES):
        # The port opened this moment: a busy machine may still owe the graph its first answers.
        if "extensions" not in answer:
            break
        answer = await asyncio.to_thread(_post, house.settings, token)
    address = f"http://{house.settings.host}:{house.settings.port}/v1/graphql"
    stage.say(f"The same over GraphQL at {address}")
    stage.console.print_json(orjson.dumps(answer).decode())
    if end is not None:
        end()
        return
    page = f"Open {address}#token={token}" if explorer else f"No explorer; ask {address}"
    stage.console.print(
        Panel(
            f"{page}\n\nOther clients send the token as the header `Authorization: Bearer TOKEN`.\n"
            "More tokens: battwheels token --role manager. Stop with Ctrl-C; "
            "the stores keep running until `battwheels local stop`.",
            title="Your turn",
            title_align="left",
        )
    )


def _post(settings: Settings, token: str) -> Any:  # noqa: ANN401 - the API's own JSON
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


def _explorer(settings: Settings) -> bool:
    try:
        install(settings.home / "ui")
    except LocalServiceError as error:
        Console(stderr=True).print(f"The explorer is left out. {error}")
        return False
    return True


def _told(report: Report) -> Told:
    def tell(what: str, done: int, total: int) -> None:
        report(Step(what, f"{done} of {total}", done, total))

    return tell
