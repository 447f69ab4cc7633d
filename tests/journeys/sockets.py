"""A subscriber on a real socket, who hears one subscription at a time."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.waits import sure_to_end
from web.asgi import GRAPHQL

PROTOCOL = Subprotocol("graphql-transport-ws")
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
                if said["type"] in ("next", "error"):
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
    place: str, token: str, query: str, **variables: object
) -> AsyncGenerator[Subscriber]:
    async with connect(f"ws://{place}{GRAPHQL}", subprotocols=[PROTOCOL]) as socket:
        opening = {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
        await socket.send(orjson.dumps(opening).decode())
        assert orjson.loads(await socket.recv()) == {"type": "connection_ack"}
        asked = {"query": query, "variables": variables}
        await socket.send(orjson.dumps({"type": "subscribe", "id": "1", "payload": asked}).decode())
        yield Subscriber(socket)
