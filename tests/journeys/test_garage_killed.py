"""`battwheels garage` killed while it hands in, against a real `battwheels serve`."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import uuid4

import httpx
import pytest

from domain.access import Actor, Role
from domain.ids import PersonId
from graph.database import Graph
from records.database import Records
from tests.commands import free_port
from tests.journeys.people import PUNE
from tests.patience import PATIENT_SECONDS
from tests.waits import sure_to_end
from web.garage.replica import Replica
from web.local.stores import StoreUrls
from web.settings import Settings
from web.tokens import build_tokens

pytestmark = pytest.mark.journey
RUN = "from web.cli.main import main; main()"
REPORTS, KILLS = 400, 5
BETWEEN_DEATHS = (15, 75)
START_SECONDS = 120
TICKETS = "MATCH (t:Ticket) RETURN count(t) AS tickets, count(DISTINCT t.text) AS texts"


@asynccontextmanager
async def battwheels(log: Path, *args: str, **given: str) -> AsyncGenerator[Process]:
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", RUN, *args),
            env=os.environ | given,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def serving(stores: StoreUrls, home: Path) -> AsyncGenerator[str]:
    port = free_port()
    given = {
        "BATTWHEELS_GARAGE_REQUESTS": "1000000",
        "BATTWHEELS_GARAGE_POINTS": "1000000000",
        "NEO4J_URI": stores.neo4j_uri,
        "NEO4J_USER": stores.neo4j_user,
        "NEO4J_PASSWORD": stores.neo4j_password,
        "POSTGRES_URL": stores.postgres_url,
        "REDIS_URL": stores.redis_url,
        "BATTWHEELS_HOME": str(home),
        "BATTWHEELS_PORT": str(port),
    }
    url = f"http://127.0.0.1:{port}"
    client = httpx.AsyncClient(timeout=PATIENT_SECONDS)
    async with battwheels(home / "serve.log", "serve", **given), client:
        async with sure_to_end("the start"):
            while not await ready(client, f"{url}/ready"):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.2)
        yield url


async def ready(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).is_success
    except httpx.TransportError:
        return False


async def opened(graph: Graph) -> int:
    return (await graph.read(TICKETS))[0]["tickets"]


@pytest.mark.row("OF-5")
@pytest.mark.timeout(600)
@pytest.mark.long
async def test_a_client_killed_again_and_again_hands_in_all_and_nothing_twice(
    stores: StoreUrls, graph: Graph, records: Records, tmp_path: Path
) -> None:
    """Each death comes when the service has a part of a page, and the client no answer to it."""
    file, log = tmp_path / "garage.db", tmp_path / "garage.log"
    actor = Actor(id=PersonId("asha"), role=Role.TECHNICIAN, garage=PUNE)
    async with serving(stores, tmp_path) as url:
        token = build_tokens(Settings(home=tmp_path)).mint(
            actor, datetime.now(UTC), timedelta(hours=1)
        )
        replica = Replica.open(file)
        replica.set(garage=PUNE, token=token, url=url)
        dice = Random(7)  # noqa: S311 - a seed
        for n in range(REPORTS):
            replica.enqueue(report(n), n)
        for _ in range(KILLS):
            reached = await opened(graph) + dice.randint(*BETWEEN_DEATHS)
            async with battwheels(log, "garage", "sync", "--file", str(file)) as client:
                # Both happen in other processes.
                while client.returncode is None and await opened(graph) < reached:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        assert 0 < replica.status().waiting < REPORTS
        while replica.status().waiting:
            # A busy service may have no time for a page: the next run goes on.
            async with battwheels(log, "garage", "sync", "--file", str(file)) as client:
                await client.wait()
    [row] = await graph.read(TICKETS)
    states = {state: len(replica.answers(state)) for state in ("APPLIED", "REPEATED")}
    assert (row["tickets"], row["texts"]) == (REPORTS, REPORTS)
    assert sum(states.values()) == REPORTS
    assert states["REPEATED"] > 0
    assert replica.status().waiting == 0
    logged = await records.rows(
        "select count(*) as n, count(distinct entity) as tickets"
        " from change_log where type = 'ticket.created'"
    )
    assert logged == [{"n": REPORTS, "tickets": REPORTS}]


def report(n: int) -> dict[str, object]:
    return {
        "operation_id": str(uuid4()),
        "type": "report_failure",
        "data": {"report": {"text": f"Pedal number {n} squeaks"}},
        "garage_id": PUNE,
        "priority": 5,
    }
