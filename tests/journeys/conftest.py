"""One opened house for each module: real stores, the real embedder, thirty of the shipped cards."""

from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from domain.access import Actor, Role
from domain.ids import GarageId, PersonId
from graph.database import Graph
from graph.vocabulary import VocabularyStore
from ingest import knowledge
from ingest.batch import ImportBatch
from ingest.embedder import DEFAULT_MODEL, Embedder
from ingest.imports import import_batch
from ingest.report_reader import ReportReader
from records.database import Records
from tests.empty_stores import empty_graph, empty_records
from tests.journeys.people import PUNE, Person
from tests.journeys.sign_in_door import Door, opened
from tests.web.shared_schemas import shared_schemas
from web.caps import Caps
from web.local.stores import StoreUrls
from web.server import build_application
from web.settings import Settings
from web.wiring import Patience, Runtime, join_parts

CARDS = 30
# What the answers are is proved here; how fast they come, by the benchmarks.
PATIENCE = Patience(embedder=60.0, graph=30.0, answer=30.0)
# A busy machine is late, and refuses nobody for it here; one garage asks for a house of them.
UNHURRIED = Caps(
    late_milliseconds=10**9,
    answer_seconds=120,
    heavy_seconds=120,
    garage_requests=10**9,
    garage_requests_alone=10**9,
    garage_points=10**11,
    garage_points_alone=10**11,
    units_at_once=10**6,
    refusals_at_once=10**6,
)

Somebody = Callable[..., Person]


@pytest.fixture(scope="session", autouse=True)
def _schemas() -> Generator[None]:  # pyright: ignore[reportUnusedFunction]
    with shared_schemas():
        yield


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, vectors_home: Path) -> Path:
    """The home of all houses; a command that works in it finds the vectors that this run made."""
    home = tmp_path_factory.mktemp("house")
    vectors = f"{DEFAULT_MODEL}.vectors"
    (home / vectors).symlink_to(vectors_home / vectors)
    return home


@pytest.fixture(scope="session")
async def embedder(vectors_home: Path) -> AsyncGenerator[Embedder]:
    """The real model, loaded before anybody waits for it."""
    embedder = Embedder(home=vectors_home, limit_s=PATIENCE.embedder)
    await embedder.warm()
    yield embedder
    embedder.close()


@pytest.fixture(scope="session")
def shipped() -> ImportBatch:
    """Thirty of the shipped cards, the symptoms that they name, and the rest of the vocabulary."""
    batch = knowledge.read_knowledge()
    cards = batch.cards[:CARDS]
    named = {code for card in cards for code in card.signature.symptoms}
    symptoms = tuple(s for s in batch.symptoms if s.code in named)
    return replace(batch, cards=cards, symptoms=symptoms)


@pytest.fixture(scope="module")
async def clients(
    stores: StoreUrls, opened_graph: Graph, opened_records: Records
) -> AsyncGenerator[tuple[Graph, Records, Redis]]:
    """The clients of the three stores, which hold nothing."""
    await empty_graph(opened_graph)
    await empty_records(opened_records)
    async with emptied_redis(stores.redis_url) as redis:
        yield opened_graph, opened_records, redis


@pytest.fixture(scope="module")
async def house(
    clients: tuple[Graph, Records, Redis], embedder: Embedder, shipped: ImportBatch, home: Path
) -> Runtime:
    """Everything opened, and the shipped cards in it."""
    reader = await ReportReader.of(VocabularyStore(clients[0]), embedder)
    house = join_parts(Settings(home=home, caps=UNHURRIED), PATIENCE, (embedder, reader), clients)
    await import_batch(shipped, house)
    await reader.refresh(house.vocabulary)
    await reader.learn()
    return house


@pytest.fixture(scope="module")
async def door(house: Runtime) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of the application, without a socket between them."""
    transport = httpx.ASGITransport(app=build_application(house), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://battwheels.test") as client:
        yield client


@pytest.fixture(scope="module")
def entry(door: httpx.AsyncClient) -> Door:
    """The door for callers who are not known yet."""
    return Door(door)


@pytest.fixture(scope="module")
async def root(house: Runtime, entry: Door) -> Person:
    """An administrator who signed in, and a garage that is there."""
    return await opened(house, entry)


@pytest.fixture(scope="module")
def somebody(house: Runtime, door: httpx.AsyncClient) -> Somebody:
    """Give somebody of a role and garage, who asks over the door (or another client)."""

    def somebody(
        role: Role = Role.MANAGER,
        garage: GarageId | None = PUNE,
        name: str | None = None,
        client: httpx.AsyncClient = door,
    ) -> Person:
        actor = Actor(id=PersonId(name or f"{role}_{garage}"), role=role, garage=garage)
        token = house.tokens.mint(actor, datetime.now(UTC), timedelta(hours=1))
        return Person(client=client, actor=actor, token=token)

    return somebody


@asynccontextmanager
async def emptied_redis(url: str) -> AsyncGenerator[Redis]:
    redis = Redis.from_url(url, protocol=2)
    await redis.flushall()
    yield redis
    await redis.aclose()
