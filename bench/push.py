"""A card verified at garage A reaches a subscriber of garage B, over the wire, from a real server.

The clock runs from the moment the verification is sent to the moment the subscriber holds the card,
so it includes the mutation itself. Cards limited to garage A are verified in between; B must hear
of none.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from bench.bars import Bar, Better
from domain.access import Actor, Role
from domain.ids import GarageId, PersonId
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.tokens import build_tokens

JARS = Path(".battwheels/neo4j/jars")
CARDS = 200
HIDDEN = 20
WARM_UP = 5
GOAL_MS = 250.0
START_SECONDS = 180
# The module whose `main` is the command line.
MAIN = "web.cli.main"
QUIET_SECONDS = 3.0
# One person of a benchmark asks for a garage of them.
GENEROUS = {
    "BATTWHEELS_UNITS_PER_SECOND": "100000",
    "BATTWHEELS_UNITS_AT_ONCE": "1000000",
    "BATTWHEELS_GARAGE_REQUESTS": "100000000",
    "BATTWHEELS_GARAGE_REQUESTS_ALONE": "100000000",
    "BATTWHEELS_GARAGE_POINTS": "100000000000",
    "BATTWHEELS_GARAGE_POINTS_ALONE": "100000000000",
}

A, B = GarageId("garage_a"), GarageId("garage_b")
CREATE = """mutation($card: CardInput!, $op: UUID!) { createCard(card: $card, operationId: $op) {
  __typename ... on CardCreated { card { key version } } } }"""
VERIFY = """mutation($id: ID!, $op: UUID!) {
  verifyCard(id: $id, expectedVersion: 1, operationId: $op) { __typename } }"""
FOLLOW = "subscription { cardChanged { ... on CardChange { type card { key status } } } }"


@dataclass(frozen=True, slots=True)
class Server:
    """Host and port of a server, its process, and its management port where it has one."""

    place: str
    pid: int
    management: str = ""


async def run() -> list[Bar]:
    """Serve from an empty home, verify cards at A, listen at B."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        stores.start_stores(home)
        try:
            async with served(home) as server:
                delays, leaks = await _pushed(server.place, Settings(home=home.root))
        finally:
            stores.stop_stores(home)
    p50, p95, p99 = np.percentile(delays, [50, 95, 99])
    print(f"{len(delays)} cards: p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f} ms; {leaks} leaked")
    return [
        Bar(name="push_p95_ms", measured=float(p95), goal=GOAL_MS, better=Better.LOWER),
        Bar(name="push_leaks", measured=leaks, goal=0, better=Better.LOWER),
    ]


@asynccontextmanager
async def served(
    home: StoreHome, *options: str, start: str = MAIN, **settings: str
) -> AsyncGenerator[Server]:
    """Run `battwheels serve` as a process of its own."""
    port, management = _free_ports(2)
    settings = GENEROUS | settings | {"BATTWHEELS_PORT": str(port)}
    settings |= {"BATTWHEELS_MANAGEMENT_PORT": str(management)}
    async with running(home, "serve", *options, start=start, **settings) as pid:
        await _ready(f"http://127.0.0.1:{port}/ready")
        yield Server(f"127.0.0.1:{port}", pid, f"127.0.0.1:{management}")


def _free_ports(many: int) -> list[int]:
    with ExitStack() as held:
        listeners = [
            held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(many)
        ]
        return [listener.getsockname()[1] for listener in listeners]


@asynccontextmanager
async def running(
    home: StoreHome, *command: str, start: str = MAIN, **settings: str
) -> AsyncGenerator[int]:
    """Run a command of `battwheels` until the end of the block, and give its process id."""
    environment = os.environ | settings | {"BATTWHEELS_HOME": str(home.root)}
    words = [sys.executable, "-c", f"from {start} import main; main()", *command]
    with (home.root / f"{command[0]}.log").open("ab") as output:
        process = subprocess.Popen(words, env=environment, stdout=output, stderr=output)  # noqa: ASYNC220, S603 - our own command
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(timeout=20)


async def _ready(url: str) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(START_SECONDS * 2):
            try:
                if (await client.get(url)).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.5)
    raise TimeoutError(url)


@dataclass(frozen=True, slots=True)
class Caller:
    """One person at one garage, over HTTP."""

    client: httpx.AsyncClient
    token: str

    async def ask(self, query: str, variables: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = await self.client.post(
            "/v1/graphql", json={"query": query, "variables": variables}, headers=headers
        )
        said = answer.json()
        if said.get("data") is None:
            raise ValueError(said.get("errors"))
        return said["data"]


@dataclass(slots=True)
class Listener:
    """A subscriber of card changes, who remembers every card heard of."""

    socket: ClientConnection
    heard: list[str] = field(default_factory=list[str])

    async def next(self) -> str | None:
        """Give the card of the next change; None for anything else that is said."""
        async with asyncio.timeout(30):
            said = json.loads(await self.socket.recv())
        if said["type"] == "ping":
            await self.socket.send(json.dumps({"type": "pong"}))
        if said["type"] != "next":
            return None
        key: str = said["payload"]["data"]["cardChanged"]["card"]["key"]
        self.heard.append(key)
        return key

    async def drain(self) -> None:
        """Hear what is still said."""
        try:
            async with asyncio.timeout(QUIET_SECONDS):
                while True:
                    await self.next()
        except TimeoutError:
            return


async def _pushed(address: str, settings: Settings) -> tuple[list[float], int]:
    signer, now = build_tokens(settings), datetime.now(UTC)

    def token(person: str, role: Role, garage: GarageId) -> str:
        actor = Actor(id=PersonId(person), role=role, garage=garage)
        return signer.mint(actor, now, timedelta(hours=1))

    async with httpx.AsyncClient(base_url=f"http://{address}", timeout=30) as client:
        author = Caller(client, token("tech_a", Role.TECHNICIAN, A))
        second = Caller(client, token("manager_a", Role.MANAGER, A))
        shown = [await draft(author, f"Card {n}", []) for n in range(CARDS + WARM_UP)]
        hidden = [await draft(author, f"Hidden {n}", [A]) for n in range(HIDDEN)]
        theirs = token("tech_b", Role.TECHNICIAN, B)
        async with subscribed(address, theirs, FOLLOW) as opened:
            listener = Listener(opened)
            for card in hidden:
                await second.ask(VERIFY, {"id": card, "op": str(uuid4())})
            delays = [await _delay(second, listener, card) for card in shown]
            await listener.drain()
    return delays[WARM_UP:], len(set(hidden) & set(listener.heard))


async def draft(author: Caller, title: str, garages: list[str]) -> str:
    card = {
        "title": title,
        "signature": {"text": f"{title}: synthetic failure for a benchmark"},
        "cause": {"primary": "Synthetic"},
        "resolution": {
            "type": "REPAIR",
            "steps": [{"action": "Check the connector", "minutes": 5}],
        },
        "visibility": {"garages": garages},
    }
    made = await author.ask(CREATE, {"card": card, "op": str(uuid4())})
    return made["createCard"]["card"]["key"]


@asynccontextmanager
async def subscribed(place: str, token: str, query: str) -> AsyncGenerator[ClientConnection]:
    """Open a socket that follows a subscription, and leave it a second to begin."""
    url, protocol = f"ws://{place}/v1/graphql", "graphql-transport-ws"
    async with connect(url, subprotocols=[protocol]) as opened:  # pyright: ignore[reportArgumentType]
        opening = {"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}
        await opened.send(json.dumps(opening))
        await opened.recv()
        follow = {"id": "1", "type": "subscribe", "payload": {"query": query}}
        await opened.send(json.dumps(follow))
        await asyncio.sleep(1)
        yield opened


async def _delay(second: Caller, listener: Listener, card: str) -> float:
    began = perf_counter()
    verified = asyncio.create_task(second.ask(VERIFY, {"id": card, "op": str(uuid4())}))
    while await listener.next() != card:
        pass
    took = (perf_counter() - began) * 1000
    assert (await verified)["verifyCard"]["__typename"] == "CardVerified"  # noqa: S101 - what it measures
    return took
