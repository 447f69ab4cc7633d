"""The service's two processes without a language model, so that they start in a second or two.

They are born where all is imported (`tests.commands`): `api` is the real API over HTTP (`api 8001`
on a port of its own), `work` the real relay, paces and consumers, and beside those who search and
hint one more that notes each event in a table; `note` is that one alone, `tell` relays and tells
customers, `watch` is a garage that keeps a copy.
"""

import asyncio
import os
import time
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import httpx
import uvicorn
from redis.asyncio import Redis
from rich.console import Console

from domain.errors import Unavailable
from domain.events import Event, EventType
from graph.database import Graph
from graph.outbox import GraphOutbox
from records.change_log import ChangeLog
from records.cursors import ConsumerCursors
from records.database import Connection, Records
from records.digests import DigestStore
from records.hint_batches import HintBatchStore
from records.inbox import InboxStore, RetryPolicy
from records.leases import LeaseStore
from records.outbox import RecordsOutbox
from records.wakeups import Topic, Wakeups
from sync.consumers import StreamConsumers, SweepTiming
from sync.hints import HintSchedule
from sync.inbox import EventListener
from sync.relay import Relay, RelayPace
from sync.stream import Stream
from tests.faults import application
from tests.faults.application import listeners
from tests.faults.world import hour
from tests.patience import PATIENT_SECONDS, PatientGraph, PatientRecords
from web import garage_rates
from web.garage import hints
from web.garage.client import RemoteService
from web.garage.replica import Replica
from web.listeners import ListenerName
from web.server import build_application

# A twentieth of what serves, so that two hundred deaths take minutes.
PACE = SweepTiming(idle=0.5, grace=1.0, sweep=0.1, look=0.1)
LEASE_SECONDS = 1.0
COUNT_SECONDS = 3.0
NOTE = "insert into effect (event) values (%(event)s)"


def now() -> datetime:
    """Give the hour of the round, so that each round is told of once (`World.strike`)."""
    return hour(int((Path(os.environ["BATTWHEELS_HOME"]) / "clock").read_text()))


async def opened() -> tuple[Graph, Records, Redis]:
    given = os.environ
    signing_in = (given["NEO4J_URI"], given["NEO4J_USER"], given["NEO4J_PASSWORD"])
    graph = await PatientGraph.open(*signing_in, answer_s=PATIENT_SECONDS)
    records = await PatientRecords.open(given["POSTGRES_URL"])
    redis = Redis.from_url(given["REDIS_URL"], protocol=2, socket_timeout=PATIENT_SECONDS)
    return graph, records, redis


async def noted(event: Event, connection: Connection) -> None:
    await connection.execute(NOTE, {"event": event.id})


NOTING = EventListener(name="noting", types=frozenset(EventType), handle=noted)


async def work() -> None:
    """Relay and consume until killed."""
    graph, records, redis = await opened()
    name = str(os.getpid())
    leases, log = LeaseStore(records, name), ChangeLog(records)
    outboxes = [GraphOutbox(graph), RecordsOutbox(records)]
    wakeups = Wakeups(records)
    wakes = [wakeups.on(Topic.GRAPH_OUTBOX), wakeups.on(Topic.RECORDS_OUTBOX)]
    pace = RelayPace(lease=LEASE_SECONDS, wakes=wakes)
    relay = Relay(outboxes, log, Stream(redis), leases, pace=pace)
    here = application.opened((graph, records, redis))
    heard = consumers((records, redis), name, [NOTING, *listeners(here)], wakeups)
    paces = HintSchedule(HintBatchStore(records), DigestStore(records), now)
    loops = (
        relay.run(),
        ticking(paces),
        heard.run(os.environ["REDIS_URL"]),
        kept_running(wakeups.run),
    )
    await asyncio.gather(*loops)


async def tell() -> None:
    """Relay, and tell customers of their invoices until killed."""
    graph, records, redis = await opened()
    name, wakeups = str(os.getpid()), Wakeups(records)
    wakes = [wakeups.on(Topic.RECORDS_OUTBOX)]
    relay = Relay(
        [RecordsOutbox(records)],
        ChangeLog(records),
        Stream(redis),
        LeaseStore(records, name),
        pace=RelayPace(lease=LEASE_SECONDS, wakes=wakes),
    )
    here = application.opened((graph, records, redis))
    telling = listeners(here, frozenset({ListenerName.TELLING}))
    heard = consumers((records, redis), name, [NOTING, *telling], wakeups)
    await asyncio.gather(relay.run(), heard.run(os.environ["REDIS_URL"]), kept_running(wakeups.run))


async def watch() -> None:
    """Keep a garage's copy until killed, as `battwheels garage watch` does."""
    # Who is forked from here as another command must not find this one imported.
    from web.cli import garage  # noqa: PLC0415

    # What it says must not meet the numbers of processes; and two hundred deaths take minutes.
    garage.console = Console(stderr=True)
    hints.POLL_SECONDS, hints.GATHER_SECONDS = PACE.look, 0.0
    replica = Replica.open(Path(os.environ["BATTWHEELS_HOME"]) / "garage.db")
    url, token = replica.setting("url"), replica.setting("token")
    assert url is not None
    assert token is not None
    async with httpx.AsyncClient(base_url=url) as http:
        await garage.follow(replica, RemoteService(http, token))


async def kept_running(run: Callable[[], Awaitable[None]]) -> None:
    """Run, again and again, as the service's loops are: Postgres may be away."""
    while True:
        with suppress(Unavailable):
            await run()
        await asyncio.sleep(PACE.look)


async def note() -> None:
    """Note each event until killed, and do nothing else: others relay and handle."""
    _, records, redis = await opened()
    wakeups = Wakeups(records)
    heard = consumers((records, redis), str(os.getpid()), [NOTING], wakeups)
    await asyncio.gather(heard.run(os.environ["REDIS_URL"]), kept_running(wakeups.run))


def consumers(
    stores: tuple[Records, Redis], name: str, listening: list[EventListener], wakeups: Wakeups
) -> StreamConsumers:
    records, redis = stores
    return StreamConsumers(
        listening,
        lambda listener: InboxStore(
            records, listener.name, listener.types, RetryPolicy(base=0.1, longest=0.5)
        ),
        (redis, ConsumerCursors(records), LeaseStore(records, name)),
        pace=replace(PACE, wakes=partial(wakeups.on, Topic.CHANGE_LOG)),
        name=name,
    )


async def ticking(paces: HintSchedule) -> None:
    """Do what is due, as often as the sweep comes."""
    while True:
        with suppress(Unavailable):
            await paces.step()
        await asyncio.sleep(PACE.sweep)


async def api(port: str | None = None) -> None:
    """Serve until killed."""
    here = application.opened(await opened())
    # What is counted is proved, not how fast Redis answers beside other work; where it is silent by
    # design, one request waits for it.
    garage_rates.REDIS_SECONDS = COUNT_SECONDS
    config = uvicorn.Config(
        build_application(here),
        host="127.0.0.1",
        port=int(port or os.environ["BATTWHEELS_PORT"]),
        log_config=None,
        access_log=False,
    )
    wakes = here.wakeups.on(Topic.REVOCATIONS)
    await asyncio.gather(
        uvicorn.Server(config).serve(),
        here.feed.run(),
        kept_running(here.wakeups.run),
        kept_running(partial(here.people.revocations.run, wakes)),
    )


def run_until_killed(work: Callable[[], Coroutine[Any, Any, None]]) -> NoReturn:
    """Begin again what a slow store ended, as a process that serves does."""
    while True:
        try:
            asyncio.run(work())
        except Exception:  # noqa: BLE001 - whatever it was, the log has it
            traceback.print_exc()
        time.sleep(PACE.look)


WORKS: Mapping[str, Callable[..., Coroutine[Any, Any, None]]] = {
    "api": api,
    "work": work,
    "note": note,
    "tell": tell,
    "watch": watch,
}


def live(what: str, environment: dict[str, str], log: Path) -> None:
    """Be one of them, and say in the log what goes wrong."""
    with log.open("ab") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
    os.environ.clear()
    os.environ.update(environment)
    name, *told = what.split()
    run_until_killed(partial(WORKS[name], *told))
