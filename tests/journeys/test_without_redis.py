"""Redis is lost or silent: every query and every mutation is answered as with it (CC-17)."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from domain.access import Role
from ingest.report_reader import ReportReader
from schema.nodes import global_id
from tests.journeys.conftest import PATIENCE, Somebody
from tests.journeys.people import PUNE, Person, content
from tests.journeys.schema_walk import API, filled, roots
from tests.journeys.working_day import DAY, Garage, open_garage
from web.asgi import GRAPHQL
from web.server import build_application
from web.wiring import REDIS_SECONDS, Runtime, join_parts

pytestmark = pytest.mark.journey
SERVER_ERROR = 500


@pytest.fixture(params=["lost", "silent"])
async def without_redis(
    house: Runtime, request: pytest.FixtureRequest
) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of the same house whose Redis refuses, or takes connections and never answers."""
    async with (
        silent_server() as port,
        _asking(house, 1 if request.param == "lost" else port) as c,
    ):
        yield c


@asynccontextmanager
async def silent_server() -> AsyncGenerator[int]:
    taken: list[asyncio.StreamWriter] = []

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(writer)
        await asyncio.Event().wait()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    for writer in taken:
        writer.close()
    server.close()


@asynccontextmanager
async def _asking(house: Runtime, port: int) -> AsyncGenerator[httpx.AsyncClient]:
    redis = Redis.from_url(
        f"redis://127.0.0.1:{port}/0",
        protocol=2,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
    )
    reader = ReportReader(house.reader.lexicon, house.embedder)
    clients = house.graph, house.records, redis
    joined = join_parts(house.settings, PATIENCE, (house.embedder, reader), clients)
    # What kinds of models there are is the tests' own.
    lamed = replace(joined, models=house.models)
    transport = httpx.ASGITransport(app=build_application(lamed), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://lamed.test") as client:
        yield client
    await redis.aclose()


async def asked(who: Person, document: str) -> tuple[int, Any]:
    headers = {"authorization": f"Bearer {who.token}"}
    answer = await who.client.post(GRAPHQL, json={"query": document}, headers=headers)
    return answer.status_code, answer.json()


@pytest.mark.row("CC-17")
async def test_every_query_is_answered_as_with_redis(
    somebody: Somebody, without_redis: httpx.AsyncClient
) -> None:
    boss = somebody(Role.ADMIN, PUNE, name="boss")
    card = await boss.create(content("Heard of without Redis"))
    ticket = await boss.report("Horn weak and dead after rain", vehicle={"make": "Mahindra"})
    given: Mapping[str, object] = {
        "garage": PUNE,
        "ticket": ticket["key"],
        "text": "horn",
        "part": "controller",
        "make": "Mahindra",
    }
    own = {
        "card": card["key"],
        "ticket": ticket["key"],
        "node": global_id("FailureCard", card["key"]),
    }
    lamed = replace(boss, client=without_redis)
    for name, field in roots(API.query_type).items():
        said = {**given, "id": own.get(name, "inv_nothing")}
        document = f"{{ it: {name}{filled(field, said)} {{ __typename }} }}"
        whole, lame = await asked(boss, document), await asked(lamed, document)
        assert lame[0] < SERVER_ERROR, (name, lame)
        assert _codes(lame[1]).isdisjoint({"INTERNAL", "UNAVAILABLE", "DEADLINE"}), (name, lame)
        assert (lame[0], lame[1].get("data")) == (whole[0], whole[1].get("data")), (name, lame)
        assert _codes(lame[1]) == _codes(whole[1]), (name, lame)


@pytest.mark.row("CC-17")
async def test_every_mutation_is_done_without_redis(house: Runtime, somebody: Somebody) -> None:
    async with _asking(house, 1) as client:
        garage = await open_garage(house, somebody)
        lamed = Garage(
            house=house,
            boss=replace(garage.boss, client=client),
            second=replace(garage.second, client=client),
            asha=replace(garage.asha, client=client),
        )
        for deed in DAY:
            if deed.before is not None:
                await deed.before(lamed)
            answer = await deed.done(lamed)
            assert "errors" not in answer, (deed.verb, answer)
            kind = answer["data"][deed.verb]["__typename"]
            assert kind not in deed.refusals, (deed.verb, answer)


def _codes(answer: Mapping[str, Any]) -> set[str]:
    errors: list[dict[str, Any]] = answer.get("errors", [])
    return {error["extensions"]["code"] for error in errors}
