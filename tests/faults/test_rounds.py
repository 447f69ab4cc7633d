"""Seeded rounds: a burst of work, one fault in its middle, and then nothing lost, nothing twice.

A round sends five operations with ids (a report, its repair's beginning and end, a card, its
change) from clients that ask again until they are answered; listeners search for the report's
cards and hint at the changes, and an hour passes. At a moment drawn from the seed a worker is
killed (relay and consumers of one of two processes), or Redis is flushed, or the API is killed, or
Postgres or Neo4j is stopped and started. Then each acknowledged operation is in the graph; each
event that follows from it is logged once, as its schema says, and handled once; the numbers have
no gap; and all of it within the 30 seconds that an orphan may wait.

`ROUNDS=1000 pytest tests/faults` (`make soak`) does more of them; each block of 20 is one test.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Generator
from random import Random
from time import perf_counter

import httpx
import pytest
from redis.asyncio import Redis

from graph.database import Graph
from graph.migrate import migrate as migrate_graph
from records.database import Records
from records.migrate import migrate as migrate_records
from tests.conftest import DIMENSIONS, JARS
from tests.faults.world import World
from web.local import stores as local
from web.local.home import Home
from web.local.neo4j import MODEST, Neo4j
from web.local.postgres import Postgres
from web.local.progress import quiet
from web.local.stores import StoreUrls

ROUNDS = int(os.environ.get("ROUNDS", "200"))
BLOCK = 20
# The middle of a burst, which takes about this long.
BURST_SECONDS = 0.2
pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Home, StoreUrls]]:
    """Stores that may be stopped."""
    home = Home.at(tmp_path_factory.mktemp("faults"), JARS)
    yield home, local.start(home)
    local.stop(home)


@pytest.fixture(scope="module")
async def world(own: tuple[Home, StoreUrls]) -> AsyncGenerator[World]:
    home, urls = own
    graph = await Graph.open(urls.neo4j_uri, urls.neo4j_user, urls.neo4j_password)
    records = await Records.open(urls.postgres_url)
    redis = Redis.from_url(urls.redis_url, protocol=2)
    await migrate_graph(graph, DIMENSIONS)
    await migrate_records(records)
    async with records.transaction() as connection:
        await connection.execute("create table effect (event text not null)")
    world = World(urls, home, graph, records, redis)
    await world.start()
    yield world
    await world.end()
    await redis.aclose()
    await records.close()
    await graph.close()


async def broken(world: World, number: int, dice: Random) -> None:
    """Do the fault of a round; the dear ones are rare."""
    if number % 100 == 50:
        return await world.restart(Neo4j(world.home, MODEST, quiet))
    if number % 40 == 20:
        return await world.restart(Postgres(world.home))
    if number % 10 == 5:
        return await world.kill_api(dice)
    if number % 4 == 1:
        return await world.flush_redis(dice)
    return await world.kill_worker(dice)


async def one_round(world: World, client: httpx.AsyncClient, number: int) -> None:
    began = perf_counter()
    dice = Random(number)  # noqa: S311 - the seed of the round
    world.strike(number + 1)
    working = asyncio.create_task(world.work(client, dice, number))
    await asyncio.sleep(dice.random() * BURST_SECONDS)
    await broken(world, number, dice)
    await working
    await world.checked()
    print(f"round {number}: {perf_counter() - began:.2f} s")  # noqa: T201 - shown with -s


@pytest.mark.row("EV-1", "EV-2", "EV-3", "EV-4")
@pytest.mark.row("EV-6", missing="the consumer that tells is never killed with a message pending")
@pytest.mark.row("EV-5", missing="no listener hears it")
@pytest.mark.parametrize("block", range(max(1, ROUNDS // BLOCK)))
@pytest.mark.timeout(900)
async def test_nothing_is_lost_and_nothing_twice(world: World, block: int) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{world.port}", timeout=10) as client:
        for number in range(block * BLOCK, (block + 1) * BLOCK):
            await one_round(world, client, number)
