"""5,000 tickets a minute through the API: a real `battwheels serve --no-work`, beside a worker.

Senders share one plan: ticket n is sent at n/5,250 of the minute, so a slow answer delays nobody
else; the rate is that of all answers, to the last. Every ticket carries an operation id and a text
of its own, which has to be embedded. At the end every acknowledged ticket is looked for in the
change log: one that is not there is lost.
"""

import asyncio
import os
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import uuid4

import httpx
import numpy as np

from bench.bars import Bar, Better
from bench.push import JARS, Caller, running, served
from domain.access import Actor, Role
from domain.ids import GarageId, PersonId
from records.database import Records
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.tokens import build_tokens

PER_MINUTE = 5_000
# More than the goal: the last answer always comes behind the minute.
OFFERED = 5_250
SECONDS = float(os.environ.get("BENCH_SECONDS", "60"))
SENDERS = 64
PATIENCE = 120.0
# A JVM that just started spends more on compiling itself than on tickets.
WARM_UP = 3_000
REPORT = """mutation($report: ReportInput!, $op: UUID!) {
  reportFailure(report: $report, operationId: $op) {
    __typename ... on FailureReported { ticket { key } } ... on Refusal { message } } }"""
LOGGED = """
select count(distinct entity) as n from change_log
where type = 'ticket.created' and entity = any(%(ids)s)"""


async def run() -> list[Bar]:
    """Serve from an empty home, report for a minute, count what arrived."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        urls = stores.start_stores(home)
        try:
            async with served(home, "--no-work") as server, running(home, "work"):
                opened, refused, took, late = await _reported(
                    server.place, Settings(home=home.root)
                )
                lost = await _lost(urls.postgres_url, opened)
        finally:
            stores.stop_stores(home)
    rate = len(opened) / took * 60
    p50, p95 = np.percentile(late, [50, 95])
    print(f"{len(opened)} tickets in {took:.1f} s, {refused} refused, {lost} lost")
    print(f"answer p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms")
    return [
        Bar(name="tickets_per_minute", measured=rate, goal=PER_MINUTE, better=Better.HIGHER),
        Bar(name="tickets_refused", measured=refused, goal=0, better=Better.LOWER),
        Bar(name="tickets_lost", measured=lost, goal=0, better=Better.LOWER),
    ]


async def _reported(address: str, settings: Settings) -> tuple[list[str], int, float, list[float]]:
    """Give the tickets, how many were refused, seconds from first to last, and each answer's."""
    signer, now = build_tokens(settings), datetime.now(UTC)
    actor = Actor(id=PersonId("tech_a"), role=Role.TECHNICIAN, garage=GarageId("garage_a"))
    token = signer.mint(actor, now, timedelta(hours=1))
    opened: list[str] = []
    took: list[float] = []
    total = round(OFFERED * SECONDS / 60)
    async with httpx.AsyncClient(base_url=f"http://{address}", timeout=30) as client:
        caller = Caller(client, token)
        early = iter(range(WARM_UP))

        async def warm() -> None:
            for n in early:
                await one_ticket(caller, -1 - n)

        await asyncio.gather(*(warm() for _ in range(SENDERS)))
        began = perf_counter()
        numbers = iter(range(total))

        async def send() -> None:
            for n in numbers:
                await asyncio.sleep(max(0.0, began + n * SECONDS / total - perf_counter()))
                sent = perf_counter()
                key = await one_ticket(caller, n)
                took.append(perf_counter() - sent)
                if key is not None:
                    opened.append(key)

        await asyncio.gather(*(send() for _ in range(SENDERS)))
        return opened, total - len(opened), max(perf_counter() - began, SECONDS), took


async def one_ticket(caller: Caller, n: int) -> str | None:
    text = f"Scooter {n} stops charging at {n % 97} percent after {n % 31} km, fault E{n % 900}"
    told = {"report": {"text": text}, "op": str(uuid4())}
    try:
        made = (await caller.ask(REPORT, told))["reportFailure"]
        return made["ticket"]["key"]
    except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
        print(f"  refused: {error!r}", flush=True)
        return None


async def _lost(url: str, opened: Sequence[str]) -> int:
    """Wait until the log has them all, or long enough, and give how many it has not."""
    records = await Records.open(url)
    began, found = perf_counter(), 0
    try:
        while found < len(opened) and perf_counter() - began < PATIENCE:
            found = (await records.rows(LOGGED, ids=[*opened]))[0]["n"]
            await asyncio.sleep(0.5)
    finally:
        await records.close()
    return len(opened) - found
