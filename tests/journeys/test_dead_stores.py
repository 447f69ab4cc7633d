"""Stores that really stop: who waits is told within two seconds, and a return is used at once.

A house serves over stores of its own; one store after the other is stopped as by a debugger
(SIGSTOP) or killed (SIGKILL) and comes back.
"""

import asyncio
import signal
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest
from redis.asyncio import Redis

from domain.access import Actor, Role
from domain.ids import PersonId
from graph.database import Graph
from graph.migrations import migrate_graph
from graph.vocabulary import VocabularyStore
from ingest.embedder import Embedder
from ingest.report_reader import ReportReader
from records.database import Records
from records.migrations import migrate_records
from tests.conftest import DIMENSIONS, JARS, SHORT_LIVED
from tests.journeys.conftest import PATIENCE
from tests.journeys.people import PUNE, REPORT, Person
from tests.journeys.waits import waited
from tests.waits import eventually
from web.caps import Caps
from web.local import stores as local
from web.local.home import StoreHome
from web.local.stores import StoreUrls
from web.server import build_application, run_background
from web.settings import Settings
from web.wiring import Runtime, join_parts

pytestmark = pytest.mark.journey
# The row's own bounds: a dead store is told of in two seconds, one that is back is used in five.
DEAD_SECONDS = 2.0
BACK_SECONDS = 5.0
READY_SECONDS = 5.0
STORES = ("neo4j", "postgres", "redis")
PATIENT_SECONDS = 120.0
# One garage asks here again and again until it is answered.
CAPS = Caps(
    garage_requests=10**9,
    garage_requests_alone=10**9,
    garage_points=10**11,
    garage_points_alone=10**11,
)
REPORTED: dict[str, Any] = {"text": "Horn weak and dead after rain"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[StoreHome, StoreUrls]]:
    """Stores that may be stopped."""
    home = StoreHome.at(tmp_path_factory.mktemp("dead"), JARS)
    yield home, local.start_stores(home, tuning=SHORT_LIVED)
    local.stop_stores(home)


@pytest.fixture(scope="module")
async def house(
    own: tuple[StoreHome, StoreUrls], embedder: Embedder, home: Path
) -> AsyncGenerator[Runtime]:
    """A house with what runs beside it; patient, so that only what is dead is not waited for."""
    urls = own[1]
    graph = await Graph.open(
        urls.neo4j_uri, urls.neo4j_user, urls.neo4j_password, answer_s=PATIENT_SECONDS / 4
    )
    records = await Records.open(urls.postgres_url)
    redis = Redis.from_url(urls.redis_url, protocol=2, socket_timeout=3)
    await migrate_graph(graph, DIMENSIONS)
    await migrate_records(records)
    reader = await ReportReader.of(VocabularyStore(graph), embedder)
    joint = join_parts(
        Settings(home=home, caps=CAPS), PATIENCE, (embedder, reader), (graph, records, redis)
    )
    joint.parts.started = joint.parts.matches = False
    async with run_background(joint):
        yield joint
    await redis.aclose()
    await records.close()
    await graph.close()


@pytest.fixture
async def asha(house: Runtime) -> AsyncGenerator[Person]:
    transport = httpx.ASGITransport(app=build_application(house), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://battwheels.test") as client:
        who = Actor(id=PersonId("asha"), role=Role.TECHNICIAN, garage=PUNE)
        token = house.tokens.mint(who, datetime.now(UTC), timedelta(hours=1))
        yield Person(client, who, token)


def family(home: StoreHome, store: str) -> list[psutil.Process]:
    [pid] = [s.pid for s in local.store_statuses(home) if s.store == store]
    assert pid is not None
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


@contextmanager
def stopped(home: StoreHome, store: str) -> Generator[None]:
    """Stop a store in the middle of whatever it does; it takes connections and says nothing."""
    processes = family(home, store)
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGCONT)


async def asked(who: Person) -> dict[str, Any]:
    return await who.answer(REPORT, report=REPORTED, op=str(uuid4()))


async def said(who: Person) -> dict[str, Any]:
    """Give what `/ready` says, and with which code."""
    answer = await who.client.get("/ready")
    return {"code": answer.status_code} | answer.json()


async def tickets(house: Runtime) -> int:
    [row] = await house.graph.read("MATCH (t:Ticket) RETURN count(t) AS n")
    return row["n"]


async def taken(who: Person) -> bool:
    return "errors" not in await asked(who)


@pytest.mark.row("DP-4", figure="503 within 5 s")
@pytest.mark.parametrize(
    ("store", "code", "status"),
    [("postgres", 503, "unavailable"), ("neo4j", 200, "degraded"), ("redis", 200, "degraded")],
)
async def test_ready_tells_of_a_silent_store_and_of_its_return(
    own: tuple[StoreHome, StoreUrls], asha: Person, store: str, code: int, status: str
) -> None:
    ready = {"code": 200, "status": "ready"}
    await eventually(lambda: said(asha), lambda a: ready.items() <= a.items())
    with stopped(own[0], store):
        with waited() as waits:
            told = await said(asha)
        assert (told["code"], told["status"]) == (code, status)
        assert told["stores"] == {name: name != store for name in STORES}
        assert waits.seconds <= READY_SECONDS
    await eventually(lambda: said(asha), lambda a: ready.items() <= a.items())


@pytest.mark.parametrize("store", ["neo4j", "postgres"])
async def test_nobody_waits_for_a_silent_store_and_its_return_is_used(
    own: tuple[StoreHome, StoreUrls], house: Runtime, asha: Person, store: str
) -> None:
    await eventually(lambda: said(asha), lambda a: a["status"] == "ready")
    before = await tickets(house)
    with stopped(own[0], store):
        with waited() as waits:
            told = [await asked(asha)]
        assert waits.seconds <= DEAD_SECONDS
        told += [await asked(asha) for _ in range(10)]
    extensions = [answer["errors"][0]["extensions"] for answer in told]
    assert extensions == [{"code": "UNAVAILABLE", "dependency": store}] * 11
    with waited() as waits:
        await eventually(lambda: taken(asha))
    assert waits.seconds <= BACK_SECONDS
    assert await tickets(house) == before + 1


@pytest.mark.row("DP-4", figure="503 within 5 s")
async def test_a_killed_store_is_used_again_when_it_is_back(
    own: tuple[StoreHome, StoreUrls], asha: Person
) -> None:
    """Fifteen seconds without Postgres, so that whoever tries ever more seldom is found out."""
    await eventually(lambda: said(asha), lambda a: a["status"] == "ready")
    for process in family(own[0], "postgres"):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    with waited() as waits:
        assert (await said(asha))["code"] == 503
    assert waits.seconds <= READY_SECONDS
    for _ in range(15):
        assert not await taken(asha)
        await asyncio.sleep(1)
    await asyncio.to_thread(local.start_stores, own[0])
    with waited() as waits:
        await eventually(lambda: taken(asha))
    assert waits.seconds <= BACK_SECONDS
    await eventually(lambda: said(asha), lambda told: told["code"] == 200)
