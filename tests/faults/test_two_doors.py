"""Two processes that serve one garage: of its minute they let in a thousand requests together."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from domain.access import Actor, Role
from domain.ids import GarageId, PersonId
from graph.database import Graph
from records.database import Records
from tests.commands import free_port
from tests.faults.world import World, died
from tests.journeys.people import DELHI, PUNE
from tests.waits import eventually
from web.local.home import StoreHome
from web.local.stores import StoreUrls
from web.settings import Settings
from web.tokens import build_tokens

pytestmark = pytest.mark.journey
MOST = 1_000
# People of one garage, so that nobody of them asks more than one person may.
PEOPLE = 20
AT_ONCE = 8
PATH = "/v1/graphql"
TINY = "{ __typename }"
SIX = "{" + " ".join(f"a{n}: __typename" for n in range(6)) + "}"
CLAIMS = ("limit", "remaining")


class Doors:
    """The doors of two processes, and people who come to them by turns."""

    def __init__(self, clients: Sequence[httpx.AsyncClient], home: Path) -> None:
        self.clients = clients
        self._signer = build_tokens(Settings(home=home))

    def token(self, garage: GarageId, person: int) -> dict[str, str]:
        name = PersonId(f"asha_{garage}_{person}")
        actor = Actor(id=name, role=Role.MANAGER, garage=garage)
        token = self._signer.mint(actor, datetime.now(UTC), timedelta(hours=1))
        return {"authorization": f"Bearer {token}"}

    async def ask(
        self, n: int, headers: dict[str, str], query: str = TINY
    ) -> tuple[int, tuple[str, ...], httpx.Response]:
        """Ask at the door whose turn it is; give the status, and what is left of the minute."""
        answer = await self.clients[n % 2].post(PATH, json={"query": query}, headers=headers)
        told = tuple(answer.headers[f"ratelimit-{claim}"] for claim in CLAIMS)
        return answer.status_code, told, answer


@pytest.fixture
async def doors(
    stores: StoreUrls, graph: Graph, records: Records, redis: Redis, tmp_path: Path
) -> AsyncGenerator[Doors]:
    """Two processes of the API over the same stores; each line to them stays open."""
    world = World(stores, StoreHome.at(tmp_path), graph, records, redis, requests=MOST)
    world.open()
    ports = [world.port, free_port()]
    pids = [await world.born(f"api {port}") for port in ports]
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60)
            )
            for port in ports
        ]
        for client in clients:
            await eventually(lambda client=client: _answers(client))
        yield Doors(clients, tmp_path)
    for pid in pids:
        await died(pid)
    await world.end()


async def _answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/health")).is_success
    except httpx.TransportError:
        return False


@pytest.mark.row("SV-1", "GW-1", figure="1,000 requests a minute over two processes")
async def test_two_processes_let_in_a_thousand_together(doors: Doors) -> None:
    ours = [doors.token(PUNE, n) for n in range(PEOPLE)]
    waiting = iter(range(MOST))
    heard: list[tuple[int, tuple[str, ...]]] = []

    async def asking() -> None:
        for n in waiting:
            status, told, _ = await doors.ask(n, ours[n // 2 % PEOPLE])
            heard.append((status, told))

    await asyncio.gather(*(asking() for _ in range(AT_ONCE)))
    # Each of the thousand is let in, and each is told of another rest: nobody counts alone.
    assert Counter(heard) == {(200, (str(MOST), str(left))): 1 for left in range(MOST)}
    for n in range(2):
        status, told, answer = await doors.ask(n, ours[n])
        assert (status, told) == (429, (str(MOST), "0"))
        assert answer.json()["errors"][0]["extensions"]["code"] == "TOO_MANY"
        assert 1 <= int(answer.headers["retry-after"]) <= 61
    # Another garage has its own thousand, of which each alias takes one, at either door.
    theirs = doors.token(DELHI, 0)
    left = [(await doors.ask(n, theirs, SIX))[:2] for n in range(2)]
    assert left == [(200, (str(MOST), str(MOST - 6 * (n + 1)))) for n in range(2)]
