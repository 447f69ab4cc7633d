"""What the audit costs: the processor's time of a ticket with it, and with it taken out.

`serve` takes tickets in and moves their events into the log, all in one process, so whatever the
audit does is paid there and in PostgreSQL: sealing, marks, rows, links. Both together are measured
from the first ticket sent until all are logged and linked; Neo4j is left out, since it does no more
for the audit than keep a text, and would only make the share smaller. No setting takes the audit
out: `bench.unaudited` starts the same command so that a signal takes its parts out and puts them
back. So both are measured in one process, in short rounds that take turns: whatever the machine
does beside it, or the JVM, is done to both. The processor's time is what a ticket costs where there
is nothing else to wait for; tickets a second are printed beside it.
"""

import asyncio
import os
import signal
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

import httpx
import numpy as np

from bench.bars import Bar, Better
from bench.idle import cpu_seconds
from bench.push import JARS, Caller, Server, served
from bench.tickets import LOGGED, one_ticket
from domain.access import Actor, Role
from domain.ids import GarageId, PersonId
from records.database import Records
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.tokens import build_tokens

GOAL_PERCENT = 10.0
# With and without in the order A B B A, so that what grows with time falls on both.
PAIRS = 12
TICKETS = 300
WARM_UP = 1_500
# Few: a busy machine answers them in time, and what is refused costs something and opens nothing.
SENDERS = 4
REFUSED_SHARE, PAUSE_SECONDS = 0.02, 2.0
# The sealer comes once a second, with the audit or without.
SEALED_WITHIN = 2.5
RESAMPLED = 2_000
WAITING = "select count(*) as n from audit_waiting"


class RefusedTickets(Exception):
    """So many tickets were refused: what was measured is no cost of tickets."""


async def run() -> list[Bar]:
    """Serve from one home, take the audit out and put it back, and compare the rounds in pairs."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        urls = stores.start_stores(home)
        try:
            async with served(home, start="bench.unaudited") as server:
                records = await Records.open(urls.postgres_url)
                costs = await _costs(server, home, records)
                await records.close()
        finally:
            stores.stop_stores(home)
    shares = [100 * (with_it / without - 1) for with_it, without in costs]
    drawn = np.random.default_rng(0).choice(shares, (RESAMPLED, len(shares)))
    low, high = np.percentile(np.median(drawn, axis=1), [2.5, 97.5])
    with_it, without = (1_000 * median(column) for column in zip(*costs, strict=True))
    print(f"{with_it:.2f} ms of CPU a ticket with the audit, {without:.2f} without", flush=True)
    print(f"{median(shares):.1f} % more [{low:.1f}, {high:.1f}], {len(shares)} pairs of rounds")
    return [
        Bar(
            name="audit_cost_percent",
            measured=median(shares),
            goal=GOAL_PERCENT,
            better=Better.LOWER,
        ),
    ]


async def _costs(server: Server, home: StoreHome, records: Records) -> list[tuple[float, float]]:
    """Give the seconds of CPU a ticket, with and without the audit, of each pair of rounds."""
    actor = Actor(id=PersonId("tech_a"), role=Role.TECHNICIAN, garage=GarageId("garage_a"))
    token = build_tokens(Settings(home=home.root)).mint(
        actor, datetime.now(UTC), timedelta(hours=2)
    )
    spent = _meter(server.pid, _postmaster(home))
    async with httpx.AsyncClient(base_url=f"http://{server.place}", timeout=60) as client:
        caller, done = Caller(client, token), 0

        async def round_of(tickets: int) -> float:
            nonlocal done
            first, done = done, done + tickets
            before, began = spent(), perf_counter()
            await _logged(records, await _sent(caller, range(first, done)), tickets)
            took = perf_counter() - began
            await asyncio.sleep(SEALED_WITHIN)
            while (await records.rows(WAITING))[0]["n"]:  # noqa: ASYNC110 - another process links
                await asyncio.sleep(0.1)
            cost = (spent() - before) / tickets
            print(
                f"  {tickets / took:.0f} tickets a second, {1_000 * cost:.2f} ms each", flush=True
            )
            return cost

        await round_of(WARM_UP)
        costs = list[tuple[float, float]]()
        for pair in range(PAIRS):
            with_it = without = 0.0
            for audited in (True, False) if pair % 2 else (False, True):
                os.kill(server.pid, signal.SIGUSR1 if audited else signal.SIGUSR2)
                await asyncio.sleep(SEALED_WITHIN)
                print("with the audit" if audited else "without", flush=True)
                if audited:
                    with_it = await round_of(TICKETS)
                else:
                    without = await round_of(TICKETS)
            costs.append((with_it, without))
        return costs


def _meter(*pids: int) -> Callable[[], float]:
    return lambda: sum(cpu_seconds(pid) for pid in pids)


def _postmaster(home: StoreHome) -> int:
    return next(
        status.pid
        for status in stores.store_statuses(home)
        if status.store == "postgres" and status.pid is not None
    )


async def _logged(records: Records, opened: list[str], sent: int) -> None:
    """Wait until the log has them all."""
    while (await records.rows(LOGGED, ids=opened))[0]["n"] < sent:  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(0.05)


async def _sent(caller: Caller, numbers: range) -> list[str]:
    """Open one ticket for each number; what is refused is sent again, and more of it ends the run.

    Raises:
        RefusedTickets: the figure would tell of refusals.
    """
    left, opened, refused = iter(numbers), list[str](), 0

    async def send() -> None:
        nonlocal refused
        for n in left:
            while (key := await one_ticket(caller, n)) is None:
                refused += 1
                if refused > REFUSED_SHARE * len(numbers):
                    raise RefusedTickets(refused)
                await asyncio.sleep(PAUSE_SECONDS)
            opened.append(key)

    await asyncio.gather(*(send() for _ in range(SENDERS)))
    return opened
