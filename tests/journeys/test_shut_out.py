"""Two processes, a silent Redis: whose rights are taken away on one is out of the other as well."""

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from domain.access import Role
from graph.database import Graph
from records.database import Records
from tests.commands import free_port, place
from tests.empty_stores import empty_records
from tests.faults.world import died, light_process
from tests.journeys.people import DELHI, PUNE, Person
from tests.journeys.sign_in_door import (
    CHANGE,
    END,
    GARAGE,
    SESSIONS,
    SIGN_OUT,
    SUSPEND,
    Door,
    duty,
    first_admin_of,
    invited,
    op,
)
from tests.journeys.sockets import PROTOCOL
from tests.journeys.test_without_redis import silent_server
from tests.patience import PATIENT_SECONDS
from tests.waits import eventually, sure_to_end
from web.asgi import GRAPHQL, JWKS, STREAM
from web.local.stores import StoreUrls
from web.people import open_people_alone
from web.settings import Settings
from web.socket import REVOKED
from web.tokens import build_tokens

pytestmark = pytest.mark.journey
ASKED = "{ symptoms(first: 1) { edges { node { key } } } }"
FOLLOWED = "subscription { cardChanged { ... on CardChange { cursor } } }"
OUT = "NOT_AUTHENTICATED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Two processes of one service, and whoever looks after it, at the first of them."""

    one: httpx.AsyncClient
    other: httpx.AsyncClient
    root: Person

    @property
    def door(self) -> Door:
        return Door(self.one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Somebody who is signed in, and their token at the other process."""

    came: dict[str, Any]
    here: Person
    there: Person


Deed = Callable[[Served, Present], Awaitable[Any]]


@pytest.fixture(scope="module")
async def served(
    stores: StoreUrls, opened_graph: Graph, opened_records: Records, home: Path
) -> AsyncGenerator[Served]:
    del opened_graph
    await empty_records(opened_records)
    settings = Settings(home=home)
    people = await open_people_alone(settings, opened_records, build_tokens(settings))
    await first_admin_of(people, "root@example.org")
    async with AsyncExitStack() as stack:
        silent = await stack.enter_async_context(silent_server())
        ports = [free_port(), free_port()]
        redis = {"REDIS_URL": f"redis://127.0.0.1:{silent}/0"}
        one, other = [
            await stack.enter_async_context(process(place(stores, home) | redis, stores, port))
            for port in ports
        ]
        door = Door(one)
        root = door.person(await door.sign_in("root@example.org"))
        for garage in (PUNE, DELHI):
            profile = {"id": garage, "name": "G", "place": "P", "hours": "Mon 09:00-18:00"}
            await root.ask(GARAGE, op=op(), profile=profile)
        yield Served(one=one, other=other, root=root)


@asynccontextmanager
async def process(
    environment: dict[str, str], stores: StoreUrls, port: int
) -> AsyncGenerator[httpx.AsyncClient]:
    """Serve as a process of its own, and give a client of it."""
    given = {"NEO4J_USER": stores.neo4j_user, "BATTWHEELS_PORT": str(port)}
    log = Path(environment["BATTWHEELS_HOME"]) / "processes.log"
    pid = await asyncio.to_thread(light_process, "api", os.environ | environment | given, log)
    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=url, timeout=PATIENT_SECONDS) as client:
        await eventually(lambda: answers(client), pause=0.2)
        yield client
    await died(pid)


async def answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/health")).is_success
    except httpx.TransportError:
        return False


async def refusal(who: Person) -> str | None:
    """Give why somebody is refused; None when they are let in."""
    errors = (await who.answer(ASKED)).get("errors")
    return errors[0]["extensions"]["code"] if errors else None


async def present(served: Served) -> Present:
    """Have somebody come in at the first process whom the other one knows as well."""
    _, came = await invited(served.root, served.door, Role.MANAGER)
    here = served.door.person(came)
    there = Person(client=served.other, actor=here.actor, token=here.token)
    await eventually(lambda: refusal(there), lambda code: code is None)
    return Present(came=came, here=here, there=there)


@asynccontextmanager
async def socket(who: Person) -> AsyncGenerator[ClientConnection]:
    url = f"ws{str(who.client.base_url).removeprefix('http')}{GRAPHQL}"
    async with connect(url, subprotocols=[PROTOCOL]) as opened:
        opening = {"Authorization": f"Bearer {who.token}"}
        await opened.send(orjson.dumps({"type": "connection_init", "payload": opening}).decode())
        assert orjson.loads(await opened.recv())["type"] == "connection_ack"
        follow = {"id": "1", "type": "subscribe", "payload": {"query": FOLLOWED}}
        await opened.send(orjson.dumps(follow).decode())
        yield opened


async def closed(opened: ClientConnection) -> tuple[int, str]:
    with suppress(ConnectionClosed):
        while True:
            said = orjson.loads(await opened.recv())
            assert said["type"] == "ping", said
    assert opened.close_code is not None
    return opened.close_code, opened.close_reason or ""


async def streamed(who: Person, begun: asyncio.Event) -> list[str]:
    """Follow an event stream to its end; give what it said, pings aside."""
    headers = {"authorization": f"Bearer {who.token}", "accept": "text/event-stream"}
    asked = {"query": FOLLOWED}
    async with who.client.stream("POST", STREAM, json=asked, headers=headers) as answer:
        assert answer.status_code == 200
        begun.set()
        return [line async for line in answer.aiter_lines() if line and line[0] != ":"]


async def suspended(served: Served, one: Present) -> Any:  # noqa: ANN401 - JSON
    return await served.root.ask(SUSPEND, op=op(), person=one.here.actor.id, expected=2)


async def demoted(served: Served, one: Present) -> Any:  # noqa: ANN401 - JSON
    lower = duty(Role.TECHNICIAN)
    return await served.root.ask(CHANGE, op=op(), person=one.here.actor.id, expected=2, duty=lower)


async def moved(served: Served, one: Present) -> Any:  # noqa: ANN401 - JSON
    there = duty(Role.MANAGER, garage=DELHI)
    return await served.root.ask(CHANGE, op=op(), person=one.here.actor.id, expected=2, duty=there)


async def signed_out(served: Served, one: Present) -> Any:  # noqa: ANN401 - JSON
    del served
    return await one.here.ask(SIGN_OUT, op=op())


async def ended(served: Served, one: Present) -> Any:  # noqa: ANN401 - JSON
    [session] = await one.here.ask(SESSIONS)
    return await served.root.ask(END, op=op(), id=session["key"])


@pytest.mark.row("CC-6", "CC-14", "AU-1")
@pytest.mark.parametrize("deed", [suspended, demoted, moved, signed_out, ended])
async def test_who_is_out_is_out_everywhere(served: Served, deed: Deed) -> None:
    one, begun = await present(served), asyncio.Event()
    follower = asyncio.create_task(streamed(one.there, begun))
    async with sure_to_end("the end"), socket(one.here) as near, socket(one.there) as far:
        await begun.wait()
        done = await deed(served, one)
        assert "message" not in done
        # The process that did it knows at once.
        assert await refusal(one.here) == OUT
        assert await closed(near) == await closed(far) == (REVOKED, "The session is over")
        told = await follower
        await eventually(lambda: refusal(one.there), lambda code: code == OUT)
    assert told[-2:] == ["event: complete", "data: "]
    assert OUT in told[-3]


@pytest.mark.row("AU-1")
async def test_what_the_other_process_signs_is_believed(served: Served) -> None:
    one = await present(served)
    entry = await Door(served.other).sign_in("root@example.org")
    there = Person(client=served.one, actor=one.here.actor, token=entry["accessToken"])
    await eventually(lambda: refusal(there), lambda code: code is None)
    keys = [(await client.get(JWKS)).json() for client in (served.one, served.other)]
    assert keys[0] == keys[1]
