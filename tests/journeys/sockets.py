"""A subscriber on a real socket, who hears one subscription at a time."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.waits import sure_to_end
from web.asgi import GRAPHQL

PROTOCOL = Subprotocol("graphql-transport-ws")
NARROW_BYTES = 4_096
CHANGED = """subscription ($after: String) { cardChanged(after: $after) {
  ... on CardChange { type cursor card { key status } }
  ... on Resync { cursor } ... on InvalidInput { field } } }"""
READY = """subscription ($ticket: ID!) { matchReady(ticket: $ticket) {
  key noMatch matching draft { key status }
  suggestions { state cards { rank score ranker card { key title } } } } }"""


class Subscriber:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def next(self) -> dict[str, Any]:
        """Give the next thing that the subscription says."""
        async with sure_to_end("the subscription"):
            while True:
                said = orjson.loads(await self._socket.recv())
                if said["type"] == "ping":
                    await self._socket.send('{"type": "pong"}')
                assert said["type"] != "error", said["payload"]
                if said["type"] == "next":
                    [told] = said["payload"]["data"].values()
                    return told

    async def until(self, key: str) -> list[dict[str, Any]]:
        """Give every change that is told up to the first one of this card."""
        told = [await self.next()]
        while told[-1]["card"]["key"] != key:
            told.append(await self.next())
        return told


@asynccontextmanager
async def subscribed(
    place: str,
    token: str,
    query: str,
    *,
    connection: socket.socket | None = None,
    **variables: object,
) -> AsyncGenerator[Subscriber]:
    url, kept = f"ws://{place}{GRAPHQL}", 16 if connection is None else 1
    # A client that does not read cannot hear the answer to its own ping: it would end itself.
    async with connect(
        url, subprotocols=[PROTOCOL], sock=connection, max_queue=kept, ping_interval=None
    ) as opened:
        opening = {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
        await opened.send(orjson.dumps(opening).decode())
        assert orjson.loads(await opened.recv()) == {"type": "connection_ack"}
        asked = {"query": query, "variables": variables}
        await opened.send(orjson.dumps({"type": "subscribe", "id": "1", "payload": asked}).decode())
        yield Subscriber(opened)


async def narrow_connection(place: str) -> socket.socket:
    """Give a connection whose machine keeps next to nothing that was not read yet."""
    host, _, port = place.partition(":")
    narrow = socket.socket()
    # Its window is agreed on as it connects, so this comes before.
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW_BYTES)
    narrow.setblocking(False)
    await asyncio.get_running_loop().sock_connect(narrow, (host, int(port)))
    return narrow
