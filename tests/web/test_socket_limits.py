"""What one caller may do to a socket: how many, how much at once, how large, in which order."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.resolvers.fakes import World
from tests.waits import eventually
from tests.web.clients import PATH, TOKENS, actor, app
from tests.web.live_server import served
from tests.web.test_socket import CHANGED, PROTOCOL, change, closed, hear, opened, say, subscribe
from web.caps import Caps
from web.rates import Rate

# The one card that each world begins with, and nothing else.
HELD = (1, 0, 0)
ORDERS: list[tuple[list[dict[str, Any]], int | None]] = [
    ([{"type": "complete", "id": "1"}], None),
    ([{"type": "complete", "id": "1"}, {"type": "complete", "id": "1"}], None),
    ([{"type": "complete"}], 4400),
    ([{"type": "complete", "id": {}}], 4400),
    ([{"type": "pong"}, {"type": "pong", "payload": {}}], None),
    ([{"type": "next", "id": "1", "payload": {}}], 4400),
    ([{"type": "error", "id": "1", "payload": []}], 4400),
    ([{"type": "connection_ack"}], 4400),
    ([{"type": "connection_init"}, {"type": "connection_init"}], 4429),
    ([{"type": "subscribe", "id": "1", "payload": {"query": CHANGED}}] * 2, 4409),
    ([{"type": "subscribe", "id": [], "payload": {"query": CHANGED}}], 4400),
    ([{"type": "start", "id": "1", "payload": {"query": CHANGED}}], 4400),
    ([{"id": "1", "payload": {"query": CHANGED}}], 4400),
]
PAGE = "{ cards(first: 1) { edges { node { key } } } }"


@asynccontextmanager
async def connected(place: str) -> AsyncGenerator[ClientConnection]:
    async with connect(f"ws://{place}{PATH}", subprotocols=[PROTOCOL]) as socket:
        yield socket


async def init(socket: ClientConnection, world: World, name: str) -> None:
    token = TOKENS.mint(actor(id=name), world.at)
    await say(socket, type="connection_init", payload={"authorization": f"Bearer {token}"})


async def is_open(socket: ClientConnection) -> bool:
    """Say whether a socket is there and signed in: it answers a question."""
    await subscribe(socket, "open?", "{ __typename }")
    told = [await hear(socket), await hear(socket)]
    return [one["type"] for one in told] == ["next", "complete"]


async def test_a_person_has_so_many_sockets(world: World) -> None:
    caps = Caps(sockets_per_person=2)
    async with served(app(world, caps=caps)) as place, AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(connected(place)) for _ in range(4)]
        for socket in sockets[:2]:
            await init(socket, world, "asha")
            assert await hear(socket) == {"type": "connection_ack"}
        await init(sockets[2], world, "asha")
        assert await closed(sockets[2]) == 4429
        await init(sockets[3], world, "bala")
        assert await hear(sockets[3]) == {"type": "connection_ack"}
        assert [await is_open(socket) for socket in (*sockets[:2], sockets[3])] == [True] * 3


async def test_a_closed_socket_gives_its_place_back(world: World) -> None:
    caps = Caps(sockets_per_person=1)

    async def admitted(place: str) -> bool:
        async with connected(place) as socket:
            await init(socket, world, "asha")
            await hear(socket)
            try:
                return await is_open(socket)
            except Exception:  # noqa: BLE001 - refused, whichever way the end is told
                return False

    async with served(app(world, caps=caps)) as place:
        for _ in range(3):
            assert await eventually(partial(admitted, place))


async def test_a_socket_has_so_many_operations(world: World) -> None:
    caps = Caps(operations_per_socket=3)
    async with opened(world, caps=caps) as socket:
        for n in range(4):
            await subscribe(socket, str(n), CHANGED)
        refused = await hear(socket)
        await say(socket, type="complete", id="0")
        await subscribe(socket, "4", PAGE)
        told = [await hear(socket), await hear(socket)]
    assert (refused["id"], refused["type"]) == ("3", "error")
    assert refused["payload"][0]["extensions"] == {"code": "TOO_MANY"}
    assert [(one["id"], one["type"]) for one in told] == [("4", "next"), ("4", "complete")]


async def test_a_person_begins_so_many_streams(world: World) -> None:
    async with opened(world, caps=Caps(streams_per_person=1)) as socket:
        await subscribe(socket, "1", CHANGED)
        await subscribe(socket, "2", CHANGED)
        refused = await hear(socket)
        await change(world)
        told = await hear(socket)
    assert (refused["id"], refused["type"], told["id"]) == ("2", "error", "1")
    assert refused["payload"][0]["extensions"] == {"code": "TOO_MANY"}


async def test_floods_of_messages_end_the_socket(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.gate.Rate", partial(Rate, now=lambda: 1_000.0))
    async with opened(world, caps=Caps(units_at_once=10)) as socket:
        for _ in range(200):
            await say(socket, type="pong")
        assert await closed(socket) == 4429


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (orjson.dumps({"type": "ping", "payload": {"x": "x" * 300_000}}).decode(), 1009),
        ('{"type": "ping", "payload": ' + "[" * 1_500 + "]" * 1_500 + "}", 4400),
        ('{"type": "ping", "payload": [' + "[]," * 2_000 + "[]]}", 4400),
        ('{"type": "ping", "payload": 1e400}', 4400),
        ('{"type": "ping", "payload": NaN}', 4400),
        ('{"type": "ping", "payload": "\\ud800"}', 4400),
    ],
)
async def test_messages_are_bounded(world: World, frame: str, code: int) -> None:
    caps = Caps(body_bytes=200_000, input_nodes=400)
    token = TOKENS.mint(actor(), world.at)
    async with served(app(world, caps=caps), caps) as place:
        async with connected(place) as socket:
            await say(socket, type="connection_init", payload={"authorization": f"Bearer {token}"})
            await hear(socket)
            await socket.send(frame)
            assert await closed(socket) == code
        async with connected(place) as another:
            await init(another, world, "bala")
            assert await hear(another) == {"type": "connection_ack"}
    assert world.written() == HELD


@pytest.mark.parametrize(
    ("messages", "code"),
    ORDERS,
)
async def test_messages_in_the_wrong_order(
    world: World, messages: list[dict[str, Any]], code: int | None
) -> None:
    async with opened(world) as socket:
        for message in messages:
            await say(socket, **message)
        if code is None:
            assert await is_open(socket)
        else:
            assert await closed(socket) == code
    assert world.written() == HELD


@pytest.mark.parametrize("messages", [[{"type": "ping"}], [{"type": "pong"}], []])
async def test_whoever_never_says_who_they_are_is_let_go(
    world: World, monkeypatch: pytest.MonkeyPatch, messages: list[dict[str, Any]]
) -> None:
    monkeypatch.setattr("web.graphql.INIT_WAIT", timedelta(seconds=0.2))
    async with served(app(world)) as place, connected(place) as socket:
        for message in messages:
            await say(socket, **message)
        assert await closed(socket) == 4408
