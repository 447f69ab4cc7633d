"""Points of a garage: reserved by two services over one Redis, given back by what answers held."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, suppress

import httpx
import pytest
from redis.asyncio import Redis

from domain.circuit_breaker import CircuitBreaker
from domain.errors import Unavailable
from tests.domain.samples import CARD, DELHI, PUNE
from tests.resolvers.fakes import World
from tests.web.clients import PATH, actor, app, bearer, client
from tests.web.test_socket import CHANGED, change, hear, opened, subscribe
from web.caps import Caps
from web.garage_rates import GarageRates, Window

pytestmark = [pytest.mark.row("GW-1"), pytest.mark.usefixtures("patient_rates")]

MOST = 1_000
CAPS = Caps(garage_points=MOST, garage_points_alone=300)
# One request; a page of n, its pageInfo, n edges and n nodes.
PAGE = "query($n: Int) { cards(first: $n) { pageInfo { hasNextPage } edges { node { key } } } }"
NAME = f"garage:{PUNE}"


@pytest.fixture
def world() -> World:
    held = World()
    held.hold(CARD)
    return held


@pytest.fixture
def rates(redis: Redis) -> list[GarageRates]:
    return [GarageRates(Redis(connection_pool=redis.connection_pool), CAPS) for _ in range(2)]


@pytest.fixture
async def doors(world: World, rates: list[GarageRates]) -> AsyncGenerator[list[httpx.AsyncClient]]:
    """Two services, each with a Redis client of its own."""
    async with AsyncExitStack() as stack:
        served = [app(world, caps=CAPS, garages=one) for one in rates]
        yield [await stack.enter_async_context(client(one)) for one in served]


async def page(door: httpx.AsyncClient, n: object, **headers: str) -> httpx.Response:
    sent = {"query": PAGE, "variables": {"n": n}}
    return await door.post(PATH, json=sent, headers=bearer(actor()) | headers)


def points_left(answer: httpx.Response) -> int:
    return int(answer.headers["ratelimit"].split('"points";r=')[1].split(";")[0])


async def test_the_rest_is_given_back_to_both(
    doors: list[httpx.AsyncClient], rates: list[GarageRates], redis: Redis
) -> None:
    answer = await page(doors[0], 100)
    # 401 were reserved; the answer holds the page, its pageInfo, one edge and one node.
    assert points_left(answer) == MOST - 5
    assert answer.headers["ratelimit-policy"] == f'"requests";q=1000;w=60, "points";q={MOST};w=60'
    assert answer.headers["ratelimit"].startswith('"requests";r=999;t=')
    assert "extensions" not in answer.json()
    assert points_left(await page(doors[1], 1)) == MOST - 401 - 5
    await rates[0].settle()
    assert points_left(await page(doors[1], 1)) == MOST - 15
    await rates[1].settle()
    assert await redis.hget(f"requests:{NAME}", "points") == b"15"  # pyright: ignore[reportGeneralTypeIssues]


async def test_what_does_not_fit_is_refused_by_both(
    doors: list[httpx.AsyncClient], rates: list[GarageRates], world: World
) -> None:
    held = await rates[0].spend(NAME, 1, MOST - 100)
    for door in doors:
        refused = await page(door, 100)
        assert refused.status_code == 429
        [error] = refused.json()["errors"]
        assert error["message"].startswith("Too many points of this garage of yours at one time.")
        assert error["extensions"] == {"code": "TOO_MANY"}
        assert 30 < int(refused.headers["retry-after"]) <= 61
        assert points_left(refused) == 100
    assert world.asked["cards.page"] == 0
    elsewhere = bearer(actor(garage=DELHI, id="chitra"))
    other = await doors[0].post(PATH, json={"query": "{ __typename }"}, headers=elsewhere)
    assert (other.status_code, points_left(other)) == (200, MOST - 1)
    rates[0].change(NAME, held, 100 - MOST)
    assert (await page(doors[0], 100)).status_code == 200


async def test_an_answer_tells_its_cost_to_whoever_asks(doors: list[httpx.AsyncClient]) -> None:
    answer = await page(doors[0], 3, **{"X-Cost": "1"})
    told = answer.json()["extensions"]["cost"]
    assert 0 < told.pop("resetsIn") <= 61
    assert told == {"requested": 13, "actual": 5, "remaining": MOST - 5}
    assert points_left(answer) == MOST - 5


@pytest.mark.parametrize(
    ("n", "used"), [(None, 2), (1.5, 1), (True, 1), (-(10**30), 1), (10**30, 1), ("1", 1)]
)
async def test_points_are_never_gained(
    doors: list[httpx.AsyncClient], rates: list[GarageRates], n: object, used: int
) -> None:
    assert points_left(await page(doors[0], n)) == MOST - used
    await rates[0].settle()
    assert (await rates[1].spend(NAME, 1)).points == Window(MOST, MOST - used)


async def test_no_second_gives_back_more_than_it_holds(rates: list[GarageRates]) -> None:
    share = await rates[0].spend(NAME, 1, 10)
    for _ in range(3):
        rates[0].change(NAME, share, -9)
    await rates[0].settle()
    assert (await rates[1].spend(NAME, 1, 0)).points == Window(MOST, MOST)
    rates[1].change(NAME, share, 7)
    assert (await rates[1].spend(NAME, 1, 0)).points == Window(MOST, MOST - 7)


async def test_a_silent_redis_leaves_a_local_bound(redis: Redis) -> None:
    silent = CircuitBreaker(failures=1)
    with suppress(Unavailable), silent.pass_through():
        raise Unavailable("redis", "away")
    rates = GarageRates(redis, CAPS, silent)
    first = await rates.spend(NAME, 1, 250)
    assert (first.points, first.refused) == (Window(300, 50), None)
    assert (await rates.spend(NAME, 1, 60)).refused == "points"
    rates.change(NAME, first, -200)
    assert (await rates.spend(NAME, 1, 60)).refused is None


async def test_operations_on_a_socket_count(world: World, rates: list[GarageRates]) -> None:
    told = {"x-cost": "1"}
    async with opened(world, init=told, caps=CAPS, garages=rates[0]) as socket:
        await subscribe(socket, "1", PAGE)
        answer = await hear(socket)
        assert (await hear(socket))["type"] == "complete"
        cost = answer["payload"]["extensions"]["cost"]
        assert (cost["requested"], cost["actual"]) == (401, 5)
        for name in ("2", "3"):
            await subscribe(socket, name, CHANGED)
        await change(world)
        assert [(await hear(socket))["type"] for _ in range(2)] == ["next"] * 2
    await rates[0].settle()
    # The page, two starts, and one event with a card in it for both.
    share = await rates[1].spend(NAME, 1)
    assert share.points == Window(MOST, MOST - 5 - 2 - 2)
