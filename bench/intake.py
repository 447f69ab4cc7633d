"""Reports while the matcher runs and while it is stopped: opening a ticket is as quick (IP-3).

`battwheels serve --no-work` takes the reports; the matcher is another process, `battwheels work`,
started and stopped by turns. Reports come at a steady rate, each with a text of its own; the clock
of one runs from the moment at which it was due. The bar is the p99 with the matcher stopped over
the p99 beside it.
"""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import uuid4

import httpx
import numpy as np

from bench.bars import Bar, Better
from bench.push import JARS, Caller, running, served
from domain.access import Actor, Role
from domain.ids import GarageId, PersonId
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.tokens import build_tokens

ROUNDS = 3
REPORTS = 300
EACH_SECOND = 10
WARM_UP = 200
PATIENCE_SECONDS = 120.0
# Unchanged, within what two runs of the same differ by.
GOAL_RATIO = 1.1
REPORT = """mutation($report: ReportInput!, $op: UUID!) {
  reportFailure(report: $report, operationId: $op) {
    __typename ... on FailureReported { ticket { id matching } } } }"""
STATE = "query($id: ID!) { ticket(id: $id) { matching } }"


async def run() -> list[Bar]:
    """Serve from an empty home; report beside a matcher and without one, by turns."""
    beside, stopped = list[float](), list[float]()
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        stores.start_stores(home)
        try:
            async with served(home, "--no-work") as server:
                base = f"http://{server.place}"
                async with httpx.AsyncClient(base_url=base, timeout=30) as client:
                    caller = Caller(client, _token(Settings(home=home.root)))
                    await _opened(caller, WARM_UP)
                    for _ in range(ROUNDS):
                        async with running(home, "work"):
                            await _matched(caller, await _one(caller))
                            beside += await _opened(caller, REPORTS)
                            await _matched(caller, await _one(caller))
                        stopped += await _opened(caller, REPORTS)
        finally:
            stores.stop_stores(home)
    return [_ratio(beside, stopped)]


def _ratio(beside: list[float], stopped: list[float]) -> Bar:
    for name, took in (("runs", beside), ("is stopped", stopped)):
        p50, p99 = np.percentile(took, [50, 99])
        print(f"matcher {name}: {len(took)} tickets, p50 {p50:.1f}, p99 {p99:.1f} ms")
    ratio = float(np.percentile(stopped, 99) / np.percentile(beside, 99))
    return Bar(
        name="intake_p99_stopped_ratio", measured=ratio, goal=GOAL_RATIO, better=Better.LOWER
    )


def _token(settings: Settings) -> str:
    actor = Actor(id=PersonId("tech_a"), role=Role.TECHNICIAN, garage=GarageId("garage_a"))
    return build_tokens(settings).mint(actor, datetime.now(UTC), timedelta(hours=1))


async def _opened(caller: Caller, reports: int) -> list[float]:
    """Open tickets at a steady rate and give the milliseconds that each took."""
    began = perf_counter()

    async def one(n: int) -> float:
        due = began + n / EACH_SECOND
        await asyncio.sleep(max(0.0, due - perf_counter()))
        await _one(caller)
        return 1000 * (perf_counter() - due)

    return list(await asyncio.gather(*(one(n) for n in range(reports))))


async def _one(caller: Caller) -> str:
    op = str(uuid4())
    said = {"report": {"text": f"Scooter stops charging in the rain, case {op}"}, "op": op}
    ticket = (await caller.ask(REPORT, said))["reportFailure"]["ticket"]
    assert ticket["matching"] == "PENDING"  # noqa: S101 - what is measured
    return ticket["id"]


async def _matched(caller: Caller, ticket: str) -> None:
    """Wait until the matcher has dealt with a ticket, and with all before it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            told = await caller.ask(STATE, {"id": ticket})
            if told["ticket"]["matching"] != "PENDING":
                return
            await asyncio.sleep(0.2)
