"""What a connection may cost before anybody is known: headers, time, and how many there are."""

import asyncio
from asyncio import Transport
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import orjson
import pytest
from starlette.types import Receive, Scope, Send

from tests.resolvers.fakes import World
from tests.waits import sure_to_end
from tests.web import live_server
from tests.web.clients import PATH, TOKENS, actor, app
from web.caps import Caps
from web.connections import Connections
from web.http_connection import Lingering

CAPS = Caps(
    header_bytes=4_096,
    header_count=20,
    header_seconds=1,
    idle_seconds=1,
    body_seconds=1,
    body_bytes=10_000,
    connections_per_address=3,
)
HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\n"


class Wire:
    """What is written, piece by piece."""

    def __init__(self) -> None:
        self.pieces = list[bytes]()
        self.write = self.pieces.append

    def is_closing(self) -> bool:
        return False


async def test_head_and_body_of_an_answer_are_one_piece() -> None:
    wire = Wire()
    answer = Lingering(cast("Transport", wire), lambda: None, lambda: False)
    answer.write(b"head ")
    answer.write(b"body")
    answer.write(b"more")
    await asyncio.sleep(0)

    assert wire.pieces == [b"head body", b"more"]


async def test_a_head_does_not_wait_for_a_late_body() -> None:
    wire = Wire()
    answer = Lingering(cast("Transport", wire), lambda: None, lambda: False)
    answer.write(b"head ")
    await asyncio.sleep(0)
    assert wire.pieces == [b"head "]
    answer.write(b"body")

    assert wire.pieces == [b"head ", b"body"]


async def test_an_answer_without_a_body_is_written_before_its_end() -> None:
    wire = Wire()
    answer = Lingering(
        cast("Transport", wire), lambda: wire.pieces.append(b"closed"), lambda: False
    )
    answer.write(b"head")
    answer.close()
    await asyncio.sleep(0)

    assert wire.pieces == [b"head", b"closed"]


@pytest.fixture
def world() -> World:
    held = World()
    held.at = datetime.now(UTC)
    return held


@asynccontextmanager
async def served(world: World, caps: Caps = CAPS) -> AsyncGenerator[int]:
    async with live_server.served(app(world, caps=caps), caps) as place:
        yield int(place.rpartition(":")[2])


async def answer(port: int, *pieces: bytes) -> bytes:
    """Send the pieces and give all that comes until the service closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        async with asyncio.timeout(20):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()


def post(*headers: str, body: bytes = b"", world: World) -> bytes:
    token = TOKENS.mint(actor(), world.at)
    lines = [
        f"POST {PATH} HTTP/1.1",
        "Host: x",
        "Connection: close",
        "Content-Type: application/json",
        f"Authorization: Bearer {token}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("pieces", "status", "code"),
    [
        ([HEALTH + b"X: " + b"x" * 5_000 + b"\r\n\r\n"], 431, "TOO_LARGE"),
        ([HEALTH, b"X: ", *[b"x" * 1_000] * 9], 431, "TOO_LARGE"),
        ([HEALTH, *(b"X-%d: x\r\n" % n for n in range(30))], 431, "TOO_LARGE"),
        ([b"GET /" + b"x" * 5_000 + b" HTTP/1.1\r\n\r\n"], 431, "TOO_LARGE"),
        ([HEALTH + b"X: half"], 408, "TOO_SLOW"),
        ([b""], 408, "TOO_SLOW"),
        ([b"\r\n"], 408, "TOO_SLOW"),
        ([b"NONSENSE\r\n\r\n"], 400, "BAD_REQUEST"),
    ],
)
async def test_heads_are_bounded(world: World, pieces: list[bytes], status: int, code: str) -> None:
    async with served(world) as port:
        said = await answer(port, *pieces)
    head, _, body = said.partition(b"\r\n\r\n")
    assert int(head.split()[1]) == status
    assert orjson.loads(body)["errors"][0]["extensions"] == {"code": code}


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (["Content-Length: 100"], b'{"query": ', b"408"),
        (["Transfer-Encoding: chunked"], b"5\r\n12345\r\n", b"408"),
        (["Content-Length: 20000"], b"", b"413"),
        (["Transfer-Encoding: chunked"], b"3000\r\n" + b" " * 12_288 + b"\r\n", b"413"),
        (["Transfer-Encoding: chunked"], b"1;" + b"x" * 30_000, b"400"),
        (["Transfer-Encoding: chunked"], b"1\r\n \r\n" * 9_000, b"400"),
        (["Transfer-Encoding: chunked"], b"0\r\n" + b"X: x\r\n" * 2_000, b"431"),
    ],
)
async def test_bodies_are_bounded(
    world: World, headers: list[str], body: bytes, status: bytes
) -> None:
    async with served(world) as port:
        said = await answer(port, post(*headers, body=body, world=world))
    assert said.split()[1] == status
    assert world.written() == (0, 0, 0)


async def test_unread_bodies_end_in_time(world: World) -> None:
    """The answer is there at once; the body that nobody reads still never ends."""
    async with served(world) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEALTH + b"Transfer-Encoding: chunked\r\n\r\n")
        assert (await reader.readline()).split()[1] == b"200"
        async with asyncio.timeout(20):
            while not reader.at_eof():
                await reader.read(1_000)
        writer.transport.abort()


async def test_idle_connections_are_closed(world: World) -> None:
    async with served(world) as port:
        said = await answer(port, HEALTH + b"\r\n")
    assert said.startswith(b"HTTP/1.1 200")


async def test_pipelines_are_short(world: World) -> None:
    async with served(world) as port:
        said = await answer(port, (HEALTH + b"\r\n") * 100)
    assert said.count(b"HTTP/1.1 200") <= 6


async def test_an_address_has_so_many_connections(world: World) -> None:
    async with served(world, replace(CAPS, header_seconds=30)) as port:
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        refused = await answer(port, HEALTH + b"\r\n")
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, local_addr=("127.0.0.77", 0)
        )
        writer.write(HEALTH + b"\r\n")
        another = (await reader.readline()).split()[1]
        for _, one in [*opened, (reader, writer)]:
            one.transport.abort()
        await asyncio.sleep(0.1)
        again = await answer(port, HEALTH + b"Connection: close\r\n\r\n")
    assert (refused.split()[1], another, again.split()[1]) == (b"503", b"200", b"200")


@pytest.mark.parametrize("taken", [0, 100_000])
async def test_whoever_takes_nothing_of_an_answer_is_cut(taken: int) -> None:
    """The answer is larger than all buffers together, and its peer stops reading it."""
    ended, written = asyncio.Event(), list[int]()

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for n in range(64):
            body = {"type": "http.response.body", "body": b"x" * (1 << 20), "more_body": True}
            await send(body)
            written.append(n)
        ended.set()

    caps = replace(CAPS, write_seconds=1)
    async with live_server.served(endless, caps) as place:
        _, _, port = place.rpartition(":")
        reader, writer = await asyncio.open_connection("127.0.0.1", int(port), limit=1_000)
        writer.write(HEALTH + b"\r\n")
        got = await reader.readexactly(taken)
        # Its line cut, the application runs to its end: what it says goes nowhere.
        async with sure_to_end("the answer that nobody takes"):
            await ended.wait()
        writer.transport.abort()
    assert (len(got), len(written)) == (taken, 64)


class Line:
    def __init__(self) -> None:
        self.gone = False

    def cut(self) -> None:
        self.gone = True


def test_a_crowd_makes_room_for_others() -> None:
    connections, crowd = Connections(4, 4), [Line() for _ in range(4)]
    assert all(connections.admit("crowd", one) for one in crowd)
    assert connections.admit("other", Line())
    assert [one.gone for one in crowd] == [True, False, False, False]
    assert (len(connections), connections.of("crowd"), connections.of("other")) == (4, 3, 1)


def test_equals_do_not_cut_each_other() -> None:
    connections, lines = Connections(2, 2), [Line(), Line()]
    assert connections.admit("a", lines[0])
    assert connections.admit("b", lines[1])
    assert not connections.admit("c", Line())
    assert not any(one.gone for one in lines)


def test_proxies_are_not_one_caller() -> None:
    connections = Connections(10, 1, frozenset({"proxy"}))
    assert all(connections.admit("proxy", Line()) for _ in range(5))


def test_what_left_is_not_counted() -> None:
    connections, line, other = Connections(2, 2), Line(), Line()
    connections.admit("a", line)
    connections.hand_over("a", line, other)
    connections.leave("a", line)
    assert len(connections) == 1
    connections.leave("a", other)
    connections.leave("a", other)
    assert (len(connections), connections.of("a")) == (0, 0)
