"""Something is down: every answer still comes, says which level gave it, and comes soon."""

import asyncio
import gc
import os
import signal
import socket
import warnings
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from time import perf_counter
from typing import Any
from uuid import uuid4

import httpx
import pytest
from redis.asyncio import Redis

from domain.access import Role, viewer_of
from domain.errors import Unavailable
from domain.ids import GarageId
from domain.matches import Embedding
from graph.database import Graph
from ingest.embedder import Embedder
from ingest.report_reader import ReportReader
from records.database import Records
from tests.commands import free_port
from tests.journeys import test_hazards
from tests.journeys.conftest import Somebody
from tests.journeys.people import (
    DELHI,
    DIAGNOSE,
    MATCH,
    REPORT,
    SEARCH,
    Person,
    content,
)
from tests.journeys.waits import waited
from tests.patience import PATIENT_SECONDS
from tests.waits import eventually, sure_to_end
from web.local import stores as local
from web.local.home import StoreHome
from web.local.stores import GivenUrls, StoreUrls
from web.server import End, build_application, rehearse_match, run_background, serve_application
from web.wiring import SERVING, Patience, Runtime, join_parts

pytestmark = pytest.mark.journey
SAID: dict[str, Any] = {
    "text": "Horn weak and dead after rain",
    "vehicle": {"make": "Mahindra", "model": "Treo"},
}
FITTING = "fc_treo_horn_relay_wet"
NEW_GARAGE = GarageId("garage_nobody_asked_yet")
# A labelled answer comes within a second: so long may it wait for what is down. How long it takes
# beside its waits is for the benchmarks to say (CONTRIBUTING.md).
BOUND_SECONDS = 1.0
# Timers of one wait begin one after another, as fast as the machine is just then.
APART_SECONDS = 0.05
# Where the graph is not what is broken, a slow moment of it shall not be what is seen.
GRAPH_WELL = replace(SERVING, graph=10.0, source=10.0)


@pytest.fixture(scope="module")
def second_redis(
    stores: StoreUrls, tmp_path_factory: pytest.TempPathFactory
) -> Generator[tuple[str, int]]:
    """The URL and the process of a Redis of our own, which may be paused."""
    home = StoreHome.at(tmp_path_factory.mktemp("redis"))
    given = GivenUrls(neo4j_uri=stores.neo4j_uri, postgres_url=stores.postgres_url)
    url = local.start_stores(home, given).redis_url
    [pid] = [s.pid for s in local.store_statuses(home, given) if s.store == "redis"]
    assert pid is not None
    yield url, pid
    local.stop_stores(home)


@asynccontextmanager
async def paused(pid: int) -> AsyncGenerator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture(scope="module")
async def redis(second_redis: tuple[str, int]) -> AsyncGenerator[Redis]:
    client = Redis.from_url(second_redis[0], protocol=2, socket_timeout=3)
    yield client
    await client.aclose()


@pytest.fixture
async def closed_graph() -> AsyncGenerator[Graph]:
    """A graph whose server has gone."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    graph = await Graph.open(f"bolt://127.0.0.1:{port}", "neo4j", "gone", answer_s=SERVING.answer)
    yield graph
    await graph.close()
    await collected()


@pytest.fixture
async def silent_graph() -> AsyncGenerator[Graph]:
    """A graph whose server takes the connection and never says a word."""

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    graph = await Graph.open(f"bolt://127.0.0.1:{port}", "neo4j", "mute", answer_s=SERVING.answer)
    yield graph
    await graph.close()
    server.close()
    await collected()


async def collected() -> None:
    """Let the sockets go that the driver leaves open when it is cut off as it connects."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        # What the loop has yet to run may hold the last of them.
        for _ in range(3):
            await asyncio.sleep(0)
        gc.collect()


@pytest.fixture
def no_embedder() -> Generator[Embedder]:
    embedder = Embedder("/nowhere/no-such-model", limit_s=SERVING.embedder)
    yield embedder
    embedder.close()


class Silent(Embedder):
    """A model that takes every text and never gives it back."""

    async def embed(self, texts: Sequence[str], *, patient: bool = False) -> list[Embedding]:
        del texts, patient
        try:
            async with asyncio.timeout(self.limit_s):
                await asyncio.Event().wait()
        except TimeoutError as error:
            raise Unavailable("embedder", "is silent") from error
        return []


def rejoined(house: Runtime, patience: Patience = SERVING, **parts: Any) -> Runtime:  # noqa: ANN401
    """Join the house again, as patient as a service is, with some parts replaced by broken ones."""
    embedder = parts.get("embedder", house.embedder)
    reader = ReportReader(house.reader.lexicon, embedder)
    clients = tuple(parts.get(n, getattr(house, n)) for n in ("graph", "records", "redis"))
    return join_parts(house.settings, patience, (embedder, reader), clients)


@asynccontextmanager
async def asking(house: Runtime, who: Person) -> AsyncGenerator[Person]:
    transport = httpx.ASGITransport(app=build_application(house), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://broken.test") as client:
        yield replace(who, client=client)


async def timed(what: str, who: Person, query: str = MATCH, **asked: Any) -> dict[str, Any]:  # noqa: ANN401
    answer, seconds = await heard(what, who, query, asked or {"report": SAID})
    assert seconds <= BOUND_SECONDS + APART_SECONDS
    return answer


async def heard(
    what: str, who: Person, query: str, asked: dict[str, Any]
) -> tuple[dict[str, Any], float]:
    """Give an answer, and how long it waited for what does not answer."""
    began = perf_counter()
    async with sure_to_end(what):
        with waited() as waits:
            answer = await who.answer(query, **asked)
    took = perf_counter() - began
    print(f"{what}: waited {waits.seconds:.2f} s of {took:.2f} s")  # noqa: T201 - shown with -s
    return answer, waits.seconds


@pytest.fixture(scope="module")
async def asha(house: Runtime, somebody: Somebody) -> Person:
    """A technician whose garage has asked before, on a graph that has been asked before."""
    await rehearse_match(house)
    asha = somebody(Role.TECHNICIAN, name="asha")
    await asha.match(**SAID)
    return asha


@pytest.mark.row("FB-1", "FB-4")
async def test_without_embedder_words_answer(
    house: Runtime, asha: Person, no_embedder: Embedder
) -> None:
    async with asking(rejoined(house, GRAPH_WELL, embedder=no_embedder), asha) as who:
        answer = await timed("no embedder", who)
        found = await timed("no embedder, search", who, SEARCH, text="horn relay wet")
    told = answer["data"]["match"]
    assert (told["level"], told["degraded"]) == ("KEYWORD", "the embedder does not answer")
    assert told["matches"][0]["cardKey"] == FITTING
    assert answer["extensions"]["degraded"] == [told["degraded"]]
    assert found["data"]["search"]["cards"][0]["card"]["key"] == FITTING
    assert found["extensions"]["degraded"] == [found["data"]["search"]["degraded"]]


@pytest.mark.row("FB-1", "FB-3", "FB-4")
async def test_recent_matches_stand_in_for_a_lost_graph(
    house: Runtime, asha: Person, closed_graph: Graph
) -> None:
    async with asking(rejoined(house, graph=closed_graph), asha) as who:
        remembered(await timed("graph gone", who))


async def test_a_danger_is_told_while_the_graph_is_away(
    house: Runtime, asha: Person, closed_graph: Graph
) -> None:
    async with asking(rejoined(house, graph=closed_graph), asha) as who:
        for query in (test_hazards.MATCH, test_hazards.DIAGNOSE):
            found = await who.ask(query, report=test_hazards.SMOKE)
            assert found["safety"]["hazards"] == ["SMOKE"]


@pytest.mark.row("FB-1", "FB-3", "FB-4")
async def test_recent_matches_stand_in_for_a_silent_graph(
    house: Runtime, asha: Person, silent_graph: Graph
) -> None:
    async with asking(rejoined(house, graph=silent_graph), asha) as who:
        remembered(await timed("graph silent", who))


@pytest.mark.row("PI-2")
async def test_a_diagnosis_reasons_from_recent_matches_alone(
    house: Runtime, asha: Person, closed_graph: Graph
) -> None:
    async with asking(rejoined(house, graph=closed_graph), asha) as who:
        answer = await timed("diagnosis, graph gone", who, DIAGNOSE)
    told = answer["data"]["diagnose"]
    assert told["level"] == "RECENT"
    assert answer["extensions"]["degraded"] == [told["degraded"]]
    assert FITTING in [p["suggestion"]["cardKey"] for p in told["precedents"]]
    assert FITTING in told["reasoning"]
    # What to do stands on the cards themselves, and those are out of reach.
    assert told["checks"] == []


async def test_a_wait_that_is_too_long_is_seen(
    house: Runtime, asha: Person, silent_graph: Graph
) -> None:
    """The bound holds because the waits are set so: one that is not is found, at any load."""
    slow = rejoined(
        house,
        replace(SERVING, graph=2 * BOUND_SECONDS, source=2 * BOUND_SECONDS),
        graph=silent_graph,
    )
    async with asking(slow, asha) as who:
        _, seconds = await heard("graph silent, waited for", who, MATCH, {"report": SAID})
    assert seconds > BOUND_SECONDS


@pytest.mark.row("FB-1", "FB-3", "FB-4")
async def test_when_all_are_silent_a_person_is_guided_in_time(
    house: Runtime,
    asha: Person,
    silent_graph: Graph,
    redis: Redis,
    second_redis: tuple[str, int],
) -> None:
    silent = Silent(limit_s=SERVING.embedder)
    broken = rejoined(house, embedder=silent, graph=silent_graph, redis=redis)
    async with asking(broken, asha) as who, paused(second_redis[1]):
        answer = await timed("all silent", who)
    told = answer["data"]["match"]
    silent.close()
    assert (told["level"], told["matches"]) == ("MANUAL", [])


def remembered(answer: dict[str, Any]) -> None:
    """Hold an answer to what Redis remembers: labelled, without errors, the card by its key."""
    assert "errors" not in answer
    told = answer["data"]["match"]
    assert (told["level"], told["ranker"], told["prompt"]) == ("RECENT", "recent", None)
    assert "neo4j" in told["degraded"] or "no answer within" in told["degraded"]
    assert answer["extensions"]["degraded"] == [told["degraded"]]
    assert told["matches"][0]["cardKey"] == FITTING
    assert {m["card"] for m in told["matches"]} == {None}


@pytest.mark.row("FB-1", "FB-3", "FB-4")
async def test_without_anything_a_person_is_guided(
    house: Runtime,
    somebody: Somebody,
    closed_graph: Graph,
    redis: Redis,
    second_redis: tuple[str, int],
) -> None:
    stranger = somebody(Role.TECHNICIAN, NEW_GARAGE)
    broken = rejoined(house, graph=closed_graph, redis=redis)
    async with asking(broken, stranger) as who:
        nothing_kept = await timed("no graph, nothing kept", who)
        async with paused(second_redis[1]):
            all_down = await timed("no graph, Redis paused", who)
    for answer in (nothing_kept, all_down):
        told = answer["data"]["match"]
        assert (told["level"], told["ranker"], told["matches"]) == ("MANUAL", "none", [])
        assert "Search by hand" in told["prompt"]
        assert answer["extensions"]["degraded"] == [told["degraded"]]


@pytest.mark.row("FB-1", "FB-4")
async def test_a_paused_redis_costs_no_answer(
    house: Runtime, asha: Person, redis: Redis, second_redis: tuple[str, int]
) -> None:
    async with asking(rejoined(house, GRAPH_WELL, redis=redis), asha) as who:
        await who.match(**SAID)
        async with paused(second_redis[1]):
            answer = await timed("Redis paused", who)
    told = answer["data"]["match"]
    assert (told["level"], told["degraded"]) == ("AI", None)
    assert told["matches"][0]["cardKey"] == FITTING
    assert "extensions" not in answer or not answer["extensions"]


@pytest.mark.row("FB-4")
async def test_without_records_reading_goes_on(house: Runtime, asha: Person) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    records = await Records.open(f"postgresql://nobody@127.0.0.1:{port}/gone")
    try:
        async with asking(rejoined(house, GRAPH_WELL, records=records), asha) as who:
            answer = await timed("no Postgres", who)
            written = await who.answer(REPORT, report=SAID, op=str(uuid4()))
    finally:
        await records.close()
    assert answer["data"]["match"]["level"] == "AI"
    assert written["data"] is None
    [error] = written["errors"]
    assert error["extensions"] == {"code": "UNAVAILABLE", "dependency": "postgres"}
    kept = await house.graph.read("MATCH (t:Ticket) RETURN count(t) AS n")
    assert kept == [{"n": 0}]


async def test_a_whole_answer_returns_with_the_stores(
    house: Runtime, asha: Person, closed_graph: Graph
) -> None:
    async with asking(rejoined(house, graph=closed_graph), asha) as who:
        down = await who.match(**SAID)
    again = await asha.match(**SAID)
    assert down["level"] in ("RECENT", "MANUAL")
    assert (again["level"], again["degraded"]) == ("AI", None)


async def test_search_without_a_graph_says_so(
    house: Runtime, asha: Person, closed_graph: Graph
) -> None:
    async with asking(rejoined(house, graph=closed_graph), asha) as who:
        answer = await timed("no graph, search", who, SEARCH, text="horn")
    [error] = answer["errors"]
    assert error["extensions"] == {"code": "UNAVAILABLE", "dependency": "neo4j"}
    assert DELHI not in str(answer)


@pytest.mark.row("PI-4")
async def test_a_card_gets_its_missing_vector(
    house: Runtime, somebody: Somebody, asha: Person, no_embedder: Embedder
) -> None:
    async with asking(rejoined(house, GRAPH_WELL, embedder=no_embedder), asha) as who:
        made = await who.create(content("Niobium clamp shears off the exhaust fan"))
    await somebody().verify(made["id"])
    [waiting] = await house.cards.unembedded(10)
    assert waiting.id == made["key"]
    async with run_background(house):
        await eventually(lambda: house.cards.unembedded(10), lambda cards: not cards)
    [meant] = await house.embedder.embed(["a rare metal clip broke on the fan of the exhaust"])
    hits = await house.search.by_meaning(meant, viewer_of(asha.actor), 3)
    assert hits[0].card == made["key"]


async def test_a_served_house_ends_when_told(house: Runtime) -> None:
    port = free_port()
    told = list[dict[str, Any]]()

    async def started(end: End) -> None:
        url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=url, timeout=PATIENT_SECONDS) as client:

            async def status() -> dict[str, Any]:
                return (await client.get("/ready")).json()

            # Where the first match was slow it is degraded, until another one was whole.
            told.append(await eventually(status, lambda said: said["status"] == "ready"))
        end()

    own = replace(house, settings=replace(house.settings, port=port))
    async with sure_to_end("the service"):
        await serve_application(own, started)
    assert [(one["status"], one["stores"]) for one in told] == [
        ("ready", {"neo4j": True, "postgres": True, "redis": True})
    ]
