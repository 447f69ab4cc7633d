"""Where a request ends and who sent it: nobody hides one inside of another (smuggling)."""

import asyncio
import gzip
from collections.abc import AsyncGenerator

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.resolvers.fakes import World
from tests.web.clients import app
from tests.web.live_server import served
from web.caps import Caps

POST = b"POST /v1/graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
GET = b"GET /health HTTP/1.1\r\nHost: x\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
UNCLEAR = {
    "a length and chunks": POST + b"Content-Length: 4\r\n" + CHUNKED + b"\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}{}",
    "a length with a sign": POST + b"Content-Length: +2\r\n\r\n{}",
    "a length that is none": POST + b"Content-Length: 0x2\r\n\r\n{}",
    "an unknown encoding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "an encoding behind chunks": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "a chunk that is no number": POST + CHUNKED + b"\r\nzz\r\n{}\r\n0\r\n\r\n",
    "a space before the colon": b"GET /health HTTP/1.1\r\nHost : x\r\n\r\n",
    "bare line feeds": b"GET /health HTTP/1.1\nHost: x\n\n",
    "a folded header": GET + b"X-A: a\r\n b\r\n\r\n",
    "a header with a null": GET + b"X-A: a\0b\r\n\r\n",
    "a header with a bare return": GET + b"X-A: a\rX-B: b\r\n\r\n",
}


@pytest.fixture(scope="module")
async def place() -> AsyncGenerator[str]:
    async with served(app(World())) as there:
        yield there


@pytest.mark.parametrize("sent", UNCLEAR.values(), ids=UNCLEAR)
async def test_an_unclear_end_is_no_request(place: str, sent: bytes) -> None:
    host, _, port = place.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(sent + GET + b"\r\n")
    said = await reader.read()
    writer.close()
    # One answer and the end: what follows on that line is read by nobody.
    assert said.startswith(b"HTTP/1.1 400 ")
    assert said.count(b"HTTP/1.1 ") == 1


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer who asks, and how they say they came."""
    if scope["type"] == "http":
        await PlainTextResponse(f"{scope['client'][0]} {scope['scheme']}")(scope, receive, send)


@pytest.mark.parametrize(
    ("proxies", "told"), [((), "127.0.0.1 http"), (("127.0.0.1",), "203.0.113.7 https")]
)
async def test_an_address_is_forwarded_by_named_proxies_alone(
    proxies: tuple[str, ...], told: str
) -> None:
    headers = {"x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"}
    async with (
        served(echo, Caps(proxies=proxies)) as there,
        httpx.AsyncClient(base_url=f"http://{there}", headers=headers) as opened,
    ):
        assert (await opened.get("/")).text == told


async def test_nothing_compressed_is_opened(place: str) -> None:
    bomb = gzip.compress(b'{"query": "' + b" " * 10_000_000 + b'{ __typename }"}')
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    async with httpx.AsyncClient(base_url=f"http://{place}") as opened:
        answer = await opened.post("/v1/graphql", content=bomb, headers=headers)
    assert answer.status_code in {400, 413}
    # A socket offers to compress, and is not taken at its word.
    protocols = [Subprotocol("graphql-transport-ws")]
    url = f"ws://{place}/v1/graphql"
    async with connect(url, subprotocols=protocols, compression="deflate") as socket:
        assert socket.protocol.extensions == []
