"""`battwheels serve` as it is, killed in the middle of a burst and started again.

The rounds of `test_rounds` kill processes that are light, so that there may be hundreds. These kill
what is shipped: API, relay, every listener and the model in one process, with the waits that serve.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path
from random import Random

import httpx
import pytest
from redis.asyncio import Redis

from domain.access import Role
from domain.events import EventType
from graph.database import Graph
from records.database import Records
from tests.commands import RUN
from tests.empty_stores import empty_graph, empty_records
from tests.faults.world import World
from tests.journeys.people import SEARCH, Person
from tests.waits import eventually
from web.listeners import ListenerName, listeners_of
from web.local.home import StoreHome
from web.local.stores import StoreUrls

ROUNDS = 3
BURSTS = 2
# The middle of the bursts.
BURST_SECONDS = 0.5
HEARD = """
select count(*) as waiting from change_log l
where l.type = any(%(types)s) and not exists (select from handling h
  where h.consumer = %(consumer)s and h.event = l.id and h.state = 'handled')"""
pytestmark = pytest.mark.journey


class Service:
    """`battwheels serve`, and its next life."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with (self._world.home.root / "serve.log").open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", RUN, "serve"),
                env=self._world.environment,
                stdout=output,
                stderr=output,
            )

    async def kill(self) -> None:
        """End it as a broken machine does."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


@pytest.fixture
async def world(
    stores: StoreUrls,
    graph: Graph,
    records: Records,
    redis: Redis,
    tmp_path: Path,
) -> AsyncGenerator[World]:
    async with records.transaction() as connection:
        await connection.execute("create table effect (event text not null)")
    world = World(stores, StoreHome.at(tmp_path), graph, records, redis, learning=True)
    world.open()
    world.workers = [await world.born("note")]
    yield world
    await world.end()
    async with records.transaction() as connection:
        await connection.execute("drop table effect")
    await empty_graph(graph)
    await empty_records(records)


async def answering(client: httpx.AsyncClient) -> None:
    async def ready() -> bool:
        try:
            return (await client.get("/ready")).is_success
        except httpx.TransportError:
            return False

    await eventually(ready, bool)


async def awake(who: Person) -> None:
    """Wait until the model answers: to load it is no part of what an orphan waits for."""

    async def whole() -> bool:
        try:
            answer = await who.answer(SEARCH, text="lamp")
        except (httpx.TransportError, ValueError):
            return False
        return "errors" not in answer and answer["data"]["search"]["degraded"] is None

    await eventually(whole, bool)


async def unheard(world: World) -> int:
    """Count what a listener has yet to handle, or will never."""
    waiting = 0
    for hearer in ListenerName:
        types = [kind for kind in EventType if hearer in listeners_of(kind)]
        [row] = await world.records.rows(HEARD, types=types, consumer=hearer)
        waiting += row["waiting"]
    return waiting


@pytest.mark.row("EV-1", "EV-2", "EV-3", "EV-4", "EV-5")
@pytest.mark.timeout(600)
@pytest.mark.long
async def test_the_service_dies_in_a_burst_and_nothing_is_lost(world: World) -> None:
    service, url = Service(world), f"http://127.0.0.1:{world.port}"
    await service.start()
    try:
        async with httpx.AsyncClient(base_url=url, timeout=10) as client:
            for number in range(ROUNDS):
                dice = Random(number)  # noqa: S311 - the seed of the round
                await answering(client)
                bursts = [world.work(client, dice, BURSTS * number + n) for n in range(BURSTS)]
                working = asyncio.gather(*bursts)
                await asyncio.sleep(dice.random() * BURST_SECONDS)
                await service.kill()
                await service.start()
                await working
                await awake(world.person(client, Role.TECHNICIAN))
                await world.checked()
        await eventually(lambda: unheard(world), lambda waiting: waiting == 0)
        await world.checked()
    finally:
        await service.kill()
