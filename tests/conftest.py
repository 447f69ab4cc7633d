"""Fixtures that every test may use: real stores with a throw-away home, and the data beside us."""

import gc
import os
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from psycopg.sql import SQL, Identifier
from redis.asyncio import Redis

from graph.database import Graph
from graph.migrations import migrate_graph
from records.database import Records
from records.migrations import migrate_records
from tests.empty_stores import empty_graph, empty_records
from tests.logs import LOGS
from tests.patience import PATIENT_SECONDS, PatientGraph, PatientRecords
from web.local import stores as local
from web.local.home import StoreHome
from web.local.neo4j import Neo4jTuning
from web.local.stores import StoreUrls

pytest_plugins = ["tests.rows.plugin", "tests.failures"]

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
JARS = ROOT / ".battwheels" / "neo4j" / "jars"
DIMENSIONS = 384
# Half of what a server of tests computes is compiling itself for a long life.
SHORT_LIVED = Neo4jTuning(short_lived=True)

# Read when torch is loaded, which the tests of `gnn` do first: its threads must not spin beside the
# stores (`ingest.embedder` says so for the service).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# An example takes as long as the machine needs: no clock decides.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


# What takes longest is handed out first (`make test` gives files to workers in this order), so that
# both workers end together: about the seconds that each file took on two cores beside other work.
DEAR = {
    "tests/journeys/test_visibility.py": 97,
    "tests/journeys/test_every_write.py": 90,
    "tests/browser/test_repairs.py": 83,
    "tests/journeys/test_network.py": 72,
    "tests/web/local/test_start.py": 70,
    "tests/journeys/test_dead_stores.py": 66,
    "tests/faults/test_rounds.py": 52,
    "tests/ingest/test_extraction.py": 50,
    "tests/journeys/test_hostile_doors.py": 47,
    "tests/repair/test_novelty.py": 44,
    "tests/journeys/test_garage_client.py": 43,
    "tests/journeys/test_event_log.py": 40,
    "tests/journeys/test_aftermath.py": 40,
    "tests/journeys/test_feedback.py": 36,
    "tests/journeys/test_ticket_files.py": 34,
    "tests/ingest/test_knowledge.py": 32,
    "tests/journeys/test_sign_in_command.py": 32,
    "tests/journeys/test_dumps.py": 30,
    "tests/journeys/test_faults.py": 30,
    "tests/journeys/test_intake.py": 30,
    "tests/graph/test_indexes.py": 30,
    "tests/ingest/test_imports.py": 27,
    "tests/journeys/test_read_model.py": 25,
    "tests/journeys/test_convergence.py": 25,
    "tests/journeys/test_conflicts.py": 25,
    "tests/journeys/test_deletions.py": 23,
    "tests/web/test_interrupts.py": 23,
    "tests/browser/test_desk.py": 22,
    "tests/journeys/test_example_client.py": 21,
    "tests/journeys/test_hazards.py": 20,
    "tests/stores/test_card_store.py": 20,
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--crash-rounds", type=int, default=30, help="how often a worker is killed")
    parser.addoption(
        "--stores-home",
        type=Path,
        help="keep the stores running in this folder from one run to the next (never with -n)",
    )
    parser.addoption("--covered", help="the paths whose tests alone count as coverage, with --cov")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put dear files first, and have coverage look away from all tests but those it is told of: it
    costs, and what the others reach proves less.
    """
    items.sort(key=lambda item: -DEAR.get(item.path.relative_to(config.rootpath).as_posix(), 0))
    told: str | None = config.getoption("--covered")
    if told is not None:
        covered = [config.rootpath / path for path in told.split()]
        for item in items:
            if not any(item.path.is_relative_to(path) for path in covered):
                item.add_marker("no_cover")


def pytest_sessionstart() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the collector of garbage, which looked
    through all of it again and again, looks away from it. Its look at all that houses hold comes
    seldom too: what lives so long is mostly what lives to the end of its module.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 20, 50)
    gc.enable()


def pytest_unconfigure() -> None:
    gc.unfreeze()


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data, where it is there."""
    if not DATA.is_dir():
        pytest.skip("the real data lies beside the project and is not there")
    return DATA


@pytest.fixture(scope="session")
def vectors_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder where all processes of this run keep vectors, so that a text is embedded once."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def stores(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Generator[StoreUrls]:
    """Real Neo4j, PostgreSQL and Redis of this test run (one set for each worker)."""
    kept: Path | None = pytestconfig.getoption("--stores-home")
    home = StoreHome.at(kept or tmp_path_factory.mktemp("home"), JARS)
    pytestconfig.stash[LOGS] = [home.log(store) for store in ("neo4j", "postgres", "redis")]
    urls = local.start_stores(home, tuning=SHORT_LIVED)
    spare_the_disk(urls)
    yield urls
    if kept is None:
        local.stop_stores(home)


def spare_the_disk(urls: StoreUrls) -> None:
    """What is committed need not outlive the machine: nobody waits for the disk, a killed process
    loses nothing by it. Tests that stop their stores have others, which run as they are shipped.
    """
    with psycopg.connect(urls.postgres_url, autocommit=True) as connection:
        for careless in ("fsync", "full_page_writes"):
            connection.execute(SQL("alter system set {} = off").format(Identifier(careless)))
        connection.execute("select pg_reload_conf()")


@pytest.fixture(scope="session")
async def opened_graph(stores: StoreUrls) -> AsyncGenerator[Graph]:
    signing_in = (stores.neo4j_uri, stores.neo4j_user, stores.neo4j_password)
    graph = await PatientGraph.open(*signing_in, answer_s=PATIENT_SECONDS)
    await migrate_graph(graph, DIMENSIONS)
    yield graph
    await graph.close()


@pytest.fixture
async def graph(opened_graph: Graph) -> Graph:
    """The migrated graph, empty."""
    await empty_graph(opened_graph)
    return opened_graph


@pytest.fixture(scope="session")
async def opened_records(stores: StoreUrls) -> AsyncGenerator[Records]:
    records = await PatientRecords.open(stores.postgres_url)
    await migrate_records(records)
    yield records
    await records.close()


@pytest.fixture
async def records(opened_records: Records) -> Records:
    """The migrated tables, empty."""
    await empty_records(opened_records)
    return opened_records


@pytest.fixture
async def redis(stores: StoreUrls) -> AsyncGenerator[Redis]:
    """An empty Redis."""
    client = Redis.from_url(stores.redis_url, protocol=2)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture(scope="session", autouse=True)
def _offline() -> None:  # pyright: ignore[reportUnusedFunction]
    os.environ["HF_HUB_OFFLINE"] = "1"
