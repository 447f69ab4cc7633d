"""What a garage asks in a minute, counted by two services over one Redis, and without it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from time import perf_counter

import httpx
import pytest
from redis.asyncio import Redis

from domain.access import Actor
from tests.domain.samples import CARD, DELHI
from tests.resolvers.fakes import World
from tests.waits import eventually
from tests.web.clients import PATH, actor, app, bearer, client
from tests.web.test_socket import hear, opened, subscribe
from web import garage_rates
from web.caps import Caps
from web.garage_rates import GarageRates, Window

pytestmark = [pytest.mark.row("GW-1", "SV-1"), pytest.mark.usefixtures("patient_rates")]

MOST, ALONE = 40, 5
CAPS = Caps(garage_requests=MOST, garage_requests_alone=ALONE)
ONE = "{ cards(first: 1) { edges { node { key } } } }"
SIX = "{" + " ".join(f"a{n}: cards(first: 1) {{ edges {{ cursor }} }}" for n in range(6)) + "}"
REFUSED = "Too many requests of this garage of yours at one time."
KEY = "requests:garage:g"


@pytest.fixture
def world() -> World:
    held = World()
    held.hold(CARD)
    return held


@pytest.fixture
async def both(world: World, redis: Redis) -> AsyncGenerator[list[httpx.AsyncClient]]:
    """Two services, each with a Redis client of its own."""
    async with AsyncExitStack() as stack:
        clients: list[httpx.AsyncClient] = []
        for _ in range(2):
            own = Redis(connection_pool=redis.connection_pool)
            served = app(world, caps=CAPS, garages=GarageRates(own, CAPS))
            clients.append(await stack.enter_async_context(client(served)))
        yield clients


@asynccontextmanager
async def _silent_redis() -> AsyncGenerator[Redis]:
    """A client of something that takes connections and never answers."""
    taken: list[asyncio.StreamWriter] = []

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(writer)
        await asyncio.Event().wait()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    redis = Redis(port=server.sockets[0].getsockname()[1], protocol=2)
    yield redis
    await redis.aclose()
    for writer in taken:
        writer.close()
    server.close()


async def asked(door: httpx.AsyncClient, who: Actor, query: str = ONE) -> httpx.Response:
    return await door.post(PATH, json={"query": query}, headers=bearer(who))


def told(answer: httpx.Response) -> Mapping[str, str]:
    return {name: answer.headers[name] for name in ("ratelimit-limit", "ratelimit-remaining")}


async def test_two_services_share_one_minute(both: list[httpx.AsyncClient], world: World) -> None:
    people = [actor(id="asha"), actor(id="bala")]
    for n in range(MOST):
        answer = await asked(both[n % 2], people[n % 2])
        assert answer.status_code == 200
        assert told(answer) == {
            "ratelimit-limit": str(MOST),
            "ratelimit-remaining": str(MOST - 1 - n),
        }
    ran = world.asked["cards.page"]
    for door, who in zip(both, people, strict=True):
        refused = await asked(door, who)
        assert refused.status_code == 429
        assert refused.json()["errors"][0]["message"].startswith(REFUSED)
        assert refused.json()["errors"][0]["extensions"]["code"] == "TOO_MANY"
        assert refused.headers["ratelimit-remaining"] == "0"
        assert refused.headers["retry-after"] == refused.headers["ratelimit-reset"]
        assert 30 < int(refused.headers["retry-after"]) <= 61
    assert world.asked["cards.page"] == ran
    other = await asked(both[0], actor(garage=DELHI, id="chitra"))
    assert (other.status_code, other.headers["ratelimit-remaining"]) == (200, str(MOST - 1))


async def test_aliases_count_as_many(both: list[httpx.AsyncClient]) -> None:
    left = [(await asked(door, actor(), SIX)).headers["ratelimit-remaining"] for door in both]
    assert left == [str(MOST - 6), str(MOST - 12)]
    refused = await asked(both[0], actor(), "{ nothing }")
    assert refused.headers["ratelimit-remaining"] == str(MOST - 13)


async def test_the_default_is_a_thousand(redis: Redis) -> None:
    one, other = GarageRates(redis, Caps()), GarageRates(redis, Caps())
    for n in range(100):
        await (one, other)[n % 2].spend("garage:g", 10)
    share = await other.spend("garage:g", 1)
    assert (share.requests, share.refused) == (Window(1_000, 0), "requests")


async def test_a_minute_passes(redis: Redis) -> None:
    rates = GarageRates(redis, CAPS)
    (now, _) = await redis.time()
    await redis.hset(
        KEY, mapping={"used": MOST, "first": now - 59, str(now - 59): 30, str(now): 10}
    )  # pyright: ignore[reportGeneralTypeIssues]
    refused = await rates.spend("garage:g", 1)
    assert (refused.requests.left, refused.refused) == (0, "requests")
    assert refused.reset_s <= 2
    for _ in range(3):
        assert (await rates.spend("garage:g", 31)).refused
    long = await rates.spend("garage:g", 35)
    assert 55 < long.reset_s <= 61
    await redis.hset(KEY, mapping={"first": now - 61, str(now - 61): 30})  # pyright: ignore[reportGeneralTypeIssues]
    await redis.hdel(KEY, str(now - 59))  # pyright: ignore[reportGeneralTypeIssues]
    share = await rates.spend("garage:g", 1)
    assert (share.requests.left, share.refused) == (MOST - 11, None)
    assert await redis.ttl(KEY) <= 61


async def test_nobody_waits_for_a_silent_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garage_rates, "REDIS_SECONDS", 0.2)
    async with _silent_redis() as silent:
        rates = GarageRates(silent, CAPS)
        first = await rates.spend("garage:g", 1)
        began = perf_counter()
        shares = [await rates.spend("garage:g", 1) for _ in range(ALONE)]
        waited = (perf_counter() - began) / ALONE
    assert (first.requests, first.refused) == (Window(ALONE, ALONE - 1), None)
    assert [share.refused for share in shares] == [None] * (ALONE - 1) + ["requests"]
    assert shares[-1].reset_s >= 1
    assert rates.breaker.state == "open"
    assert waited <= 0.02


async def test_a_silence_gives_no_fresh_minute(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garage_rates, "REDIS_SECONDS", 0.2)
    rates = GarageRates(redis, CAPS)
    for _ in range(ALONE):
        assert (await rates.spend("garage:g", 1)).requests.most == MOST
    await redis.client_pause(600)
    refused = await rates.spend("garage:g", 1)
    assert (refused.requests.most, refused.refused) == (ALONE, "requests")

    async def is_back() -> bool:
        return (await rates.spend("garage:g", 1)).requests.most == MOST

    await eventually(is_back)
    assert await redis.hget(KEY, "used") == str(ALONE + 1).encode()  # pyright: ignore[reportGeneralTypeIssues]


async def test_starts_on_a_socket_count(world: World, redis: Redis) -> None:
    few = Caps(garage_requests=2)
    async with opened(world, caps=few, garages=GarageRates(redis, few)) as socket:
        for name in ("1", "2", "3"):
            await subscribe(socket, name, "{ __typename }")
        told = [await hear(socket) for _ in range(5)]
    [refused] = [one for one in told if one["type"] == "error"]
    assert refused["payload"][0]["message"].startswith(REFUSED)
    assert refused["payload"][0]["extensions"] == {"code": "TOO_MANY"}
    assert [one["type"] for one in told].count("next") == 2
