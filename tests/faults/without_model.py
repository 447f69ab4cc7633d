"""The service's two processes without a language model, so that they start in a second or two.

`python -m tests.faults.without_model` has all imported and forks a process for each line that it
reads: `api` is the real API over HTTP, `work` the real relay, paces and consumers, and beside those
who search and hint one more that notes each event in a table; `note` is that one alone. It answers
with the process's number.
"""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import uvicorn
from redis.asyncio import Redis

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

# A twentieth of what serves, so that two hundred deaths take minutes.
PACE = SweepTiming(idle=0.5, grace=1.0, sweep=0.1, look=0.1)
LEASE_SECONDS = 1.0
CLOCK = Path(os.environ["BATTWHEELS_HOME"]) / "clock"
NOTE = "insert into effect (event) values (%(event)s)"


def now() -> datetime:
    """Give the hour of the round, so that each round is told of once (`World.strike`)."""
    return hour(int(CLOCK.read_text()))


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
    loops = relay.run(), ticking(paces), heard.run(os.environ["REDIS_URL"]), hearing(wakeups)
    await asyncio.gather(*loops)


async def hearing(wakeups: Wakeups) -> None:
    """Listen, again and again: Postgres may be away."""
    while True:
        with suppress(Unavailable):
            await wakeups.run()
        await asyncio.sleep(PACE.look)


async def note() -> None:
    """Note each event until killed, and do nothing else: others relay and handle."""
    _, records, redis = await opened()
    wakeups = Wakeups(records)
    heard = consumers((records, redis), str(os.getpid()), [NOTING], wakeups)
    await asyncio.gather(heard.run(os.environ["REDIS_URL"]), hearing(wakeups))


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


async def api() -> None:
    """Serve until killed."""
    app = application.application(await opened())
    port = int(os.environ["BATTWHEELS_PORT"])
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False)
    await uvicorn.Server(config).serve()


def main() -> None:
    works = {"api": api, "work": work, "note": note}
    # Nobody waits for the dead: the system buries them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            sys.stdin = None
            asyncio.run(works[line.strip()]())
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
