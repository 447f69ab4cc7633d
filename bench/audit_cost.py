"""What the audit costs: tickets a second with it and, from the same stores, with it taken out.

`serve` takes tickets in and moves their events into the log, all in one process, so whatever the
audit does is paid there: sealing, marks, rows, links. The rate is that of tickets whose events are
in the log. No setting takes the audit out: `bench.unaudited` starts the same command with its parts
replaced. Both are run in turn, so that a busy machine is busy for both.
"""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

import httpx

from bench.bars import Bar, Better
from bench.push import JARS, Caller, served
from bench.tickets import LOGGED, one_ticket
from domain.access import Actor, Role
from domain.ids import GarageId, PersonId
from records.database import Records
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.tokens import build_tokens

GOAL_PERCENT = 10.0
ROUNDS = ("with", "without", "without", "with", "with", "without")
TICKETS = 1_500
WARM_UP = 500
SENDERS = 32
START = {"with": "web.cli.main", "without": "bench.unaudited"}


class RefusedTickets(Exception):
    """So many tickets were refused: what was measured is no rate of tickets."""


async def run() -> list[Bar]:
    """Serve from one home, with and without, and compare the medians."""
    rates: dict[str, list[float]] = {"with": [], "without": []}
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        urls = stores.start_stores(home)
        try:
            for n, how in enumerate(ROUNDS):
                async with served(home, start=START[how]) as server:
                    rate = await _rate(server.place, urls.postgres_url, Settings(home=home.root), n)
                print(f"{how} the audit: {rate:.0f} tickets a second", flush=True)
                rates[how].append(rate)
        finally:
            stores.stop_stores(home)
    cost = 100 * (1 - median(rates["with"]) / median(rates["without"]))
    return [
        Bar(name="audit_cost_percent", measured=cost, goal=GOAL_PERCENT, better=Better.LOWER),
    ]


async def _rate(address: str, postgres: str, settings: Settings, n: int) -> float:
    """Give the tickets a second, from the first one sent to the last one logged."""
    actor = Actor(id=PersonId("tech_a"), role=Role.TECHNICIAN, garage=GarageId("garage_a"))
    token = build_tokens(settings).mint(actor, datetime.now(UTC), timedelta(hours=1))
    records = await Records.open(postgres)
    async with httpx.AsyncClient(base_url=f"http://{address}", timeout=60) as client:
        caller = Caller(client, token)
        await _sent(caller, range(n * 100_000, n * 100_000 + WARM_UP))
        began = perf_counter()
        first = n * 100_000 + WARM_UP
        opened = await _sent(caller, range(first, first + TICKETS))
        if len(opened) < TICKETS:
            # What is refused takes time and opens nothing: the rate would tell of the refusals.
            raise RefusedTickets(TICKETS - len(opened))
        while (await records.rows(LOGGED, ids=opened))[0]["n"] < len(opened):  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.1)
        took = perf_counter() - began
    await records.close()
    return len(opened) / took


async def _sent(caller: Caller, numbers: range) -> list[str]:
    left, opened = iter(numbers), list[str]()

    async def send() -> None:
        for n in left:
            key = await one_ticket(caller, n)
            if key is not None:
                opened.append(key)

    await asyncio.gather(*(send() for _ in range(SENDERS)))
    return opened
