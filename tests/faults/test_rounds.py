"""Seeded rounds: a burst of work, one fault in its middle, and then nothing lost, nothing twice.

A round sends five operations with ids (a report, its repair's beginning and end, a card, its
change) from clients that ask again until they are answered; listeners search for the report's
cards and hint at the changes, a garage fetches what it is told of, and an hour passes. At a moment
drawn from the seed a worker is killed (relay and consumers of one of two processes), or Redis is
flushed, or the API or the garage is killed, or Postgres or Neo4j is stopped and started. Then each
acknowledged operation is in the graph; each event that follows from it is logged once, as its
schema says, and handled once; the hour is told of once, the numbers have no gap, and the garage has
every card.

A round goes on in the world that the round before left whole. One that fails says what was lost,
and leaves its world behind: the next has a new one over empty stores, so it fails for itself alone.

Eighteen rounds, each fault among them, are what a change needs; the rest of the 200 are long (`make
test-full`), and `ROUNDS=1000 pytest tests/faults` (`make soak`) does more.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from random import Random
from time import perf_counter

import httpx
import pytest
from redis.asyncio import Redis

from graph.database import Graph
from graph.migrations import migrate_graph
from records.database import Records
from records.migrations import migrate_records
from tests.conftest import DIMENSIONS, JARS, SHORT_LIVED
from tests.empty_stores import empty_graph, empty_records
from tests.faults.lost import lost
from tests.faults.world import World
from tests.patience import PATIENT_SECONDS, PatientGraph, PatientRecords
from web.local import stores as local
from web.local.home import StoreHome
from web.local.neo4j import Neo4jServer
from web.local.postgres import PostgresServer
from web.local.progress import ignore_progress
from web.local.stores import StoreUrls

ROUNDS = int(os.environ.get("ROUNDS", "200"))
# The dear faults come late: Postgres is stopped in round 20, Neo4j in round 30.
SHORT = {*range(16), 20, 30}
# A round that no seeded one is, since a world knows the operations of its rounds before.
UNUSED = 10**6 + 2
# The middle of a burst, which takes about this long.
BURST_SECONDS = 0.2
pytestmark = pytest.mark.journey

Clients = tuple[Graph, Records, Redis]
Own = tuple[StoreHome, StoreUrls]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Generator[Own]:
    """Stores that may be stopped."""
    home = StoreHome.at(tmp_path_factory.mktemp("faults"), JARS)
    yield home, local.start_stores(home, tuning=SHORT_LIVED)
    local.stop_stores(home)


@pytest.fixture(scope="module")
async def clients(own: Own) -> AsyncGenerator[Clients]:
    _, urls = own
    signing_in = (urls.neo4j_uri, urls.neo4j_user, urls.neo4j_password)
    graph = await PatientGraph.open(*signing_in, answer_s=PATIENT_SECONDS)
    records = await PatientRecords.open(urls.postgres_url)
    redis = Redis.from_url(urls.redis_url, protocol=2)
    await migrate_graph(graph, DIMENSIONS)
    await migrate_records(records)
    async with records.transaction() as connection:
        await connection.execute("create table effect (event text not null)")
    yield graph, records, redis
    await redis.aclose()
    await records.close()
    await graph.close()


@pytest.fixture(scope="module")
async def kept(clients: Clients) -> AsyncGenerator[list[World]]:
    """The world that the round before left whole, if it did."""
    kept: list[World] = []
    yield kept
    for world in kept:
        await world.end()


@pytest.fixture
async def world(own: Own, clients: Clients, kept: list[World]) -> AsyncGenerator[World]:
    """The world of one round."""
    async with world_of_round(own, clients, kept) as world:
        yield world


@asynccontextmanager
async def world_of_round(own: Own, clients: Clients, kept: list[World]) -> AsyncGenerator[World]:
    """Give the world that the round before left whole, or a new one."""
    world = kept.pop() if kept else await founded(own, clients)
    world.whole = False
    yield world
    if world.whole:
        kept.append(world)
    else:
        await world.end()


async def founded(own: Own, clients: Clients) -> World:
    """Give a new world: all stores up and empty, and processes of its own."""
    home, urls = own
    graph, records, redis = clients
    await asyncio.to_thread(local.start_stores, home, tuning=SHORT_LIVED)
    await empty_graph(graph)
    await empty_records(records)
    await redis.flushall()
    world = World(urls, home, graph, records, redis)
    try:
        await world.start()
    except Exception as error:
        message = await lost(world, 0, "no fault yet: the start")
        await world.end()
        raise AssertionError(message) from error
    return world


def fault_of(number: int) -> str:
    """Give the fault of a round; the dear ones are rare."""
    if number % 100 == 30:
        return "Neo4j is stopped and started"
    if number % 40 == 20:
        return "Postgres is stopped and started"
    if number % 10 == 5:
        return "the API is killed"
    if number % 10 == 7:
        return "the garage is killed"
    if number % 4 == 1:
        return "Redis is flushed"
    return "a worker is killed"


async def broken(world: World, fault: str, dice: Random) -> None:
    match fault.partition(" is ")[0]:
        case "Neo4j":
            await world.restart(Neo4jServer(world.home, SHORT_LIVED, ignore_progress))
        case "Postgres":
            await world.restart(PostgresServer(world.home))
        case "the API":
            await world.kill_api(dice)
        case "the garage":
            await world.kill_garage(dice)
        case "Redis":
            await world.flush_redis(dice)
        case _:
            await world.kill_worker(dice)


async def told_round(world: World, number: int) -> None:
    """Run a round, and say what was lost where it fails."""
    try:
        await one_round(world, number)
    except Exception as error:
        message = await lost(world, number, fault_of(number))
        raise AssertionError(message) from error
    world.whole = True


async def one_round(world: World, number: int) -> None:
    began = perf_counter()
    dice = Random(number)  # noqa: S311 - the seed of the round
    world.strike()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{world.port}", timeout=10) as client:
        working = asyncio.create_task(world.work(client, dice, number))
        try:
            await asyncio.sleep(dice.random() * BURST_SECONDS)
            await broken(world, fault_of(number), dice)
            await working
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
    await world.checked()
    print(f"round {number}: {perf_counter() - began:.2f} s")  # noqa: T201 - shown with -s


def numbers() -> list[object]:
    """Give the rounds; those beyond what a change needs are long."""
    long = pytest.mark.long
    return [pytest.param(n, marks=[] if n in SHORT else [long]) for n in range(ROUNDS)]


@pytest.mark.row("EV-1", "EV-2", "EV-3", "EV-4", "EV-5", "SY-6")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("number", numbers())
async def test_nothing_is_lost_and_nothing_twice(world: World, number: int) -> None:
    await told_round(world, number)


async def test_a_round_that_fails_says_what_was_lost_and_leaves_the_next_alone(
    own: Own, clients: Clients, kept: list[World]
) -> None:
    async with world_of_round(own, clients, kept) as failing:
        failing.versions["fc_planted"] = 1
        with pytest.raises(AssertionError, match=r"differ: {'fc_planted': \(1, None\)}"):
            await told_round(failing, UNUSED)
    async with world_of_round(own, clients, kept) as new:
        assert new is not failing
        await told_round(new, UNUSED)
