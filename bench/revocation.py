"""How long somebody who was shut out is still let in: over HTTP, on sockets and on streams.

Real: two `battwheels serve` over one set of stores, once with Redis and once with one that takes
connections and says nothing. People sign in at the first process; each opens a socket and an event
stream at the second one and asks it over HTTP without a pause; an administrator at the first
suspends them. The clock runs from the answer of that; the bar is the worst of all people and ways.
"""

import asyncio
import json
import socket
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import perf_counter
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from bench.bars import Bar, Better
from bench.push import JARS, Caller, served, subscribed
from domain.ids import PersonId
from domain.people import PersonName
from web.local import stores
from web.local.home import StoreHome
from web.people import open_people_alone
from web.records import open_records
from web.settings import Settings
from web.tokens import build_tokens

GOAL_MS = 1_000.0
UNAUTHORIZED = 401
PEOPLE = 12
GARAGE = "garage_pune"
WORDS = "monsoon tyre ladder 42"
EMAIL = "root@example.org"
FOLLOW = "subscription { cardChanged { ... on CardChange { cursor } } }"
ASK = {"query": "{ symptoms(first: 1) { edges { node { key } } } }"}
ENTRY = "... on SignedIn { accessToken person }"
SIGN_IN = f"""mutation ($op: UUID!, $email: String!, $password: String!) {{
  signIn(operationId: $op, email: $email, password: $password) {{ {ENTRY} }} }}"""
ACCEPT = f"""mutation ($op: UUID!, $word: String!, $password: String!) {{
  acceptInvitation(operationId: $op, invitation: $word, password: $password) {{ {ENTRY} }} }}"""
CREATE = """mutation ($op: UUID!, $profile: GarageInput!) {
  createGarage(operationId: $op, profile: $profile) { __typename } }"""
INVITE = """mutation ($op: UUID!, $person: PersonInput!) {
  invitePerson(operationId: $op, person: $person) { ... on PersonInvited { invitation } } }"""
SUSPEND = """mutation ($op: UUID!, $person: ID!) {
  suspendPerson(operationId: $op, person: $person, expectedVersion: 2) { __typename } }"""


async def run() -> list[Bar]:
    """Shut people out with Redis and without; print the worst of each way."""
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        stores.start_stores(home)
        try:
            await _first_admin(Settings(home=home.root))
            with _silent() as port:
                for name, redis in (("", None), (", Redis silent", f"redis://127.0.0.1:{port}/0")):
                    more = {} if redis is None else {"REDIS_URL": redis}
                    async with served(home, **more) as one, served(home, **more) as other:
                        ways = await _shut_out(one.place, other.place)
                    worst = max(worst, *ways.values())
                    told = ", ".join(f"{way} {ms:.0f} ms" for way, ms in ways.items())
                    print(f"{PEOPLE} people, the slowest{name}: {told}")
        finally:
            stores.stop_stores(home)
    return [Bar(name="revocation_ms", measured=worst, goal=GOAL_MS, better=Better.LOWER)]


@contextmanager
def _silent() -> Generator[int]:
    """Take connections and never answer, as a Redis that hangs."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        yield listener.getsockname()[1]


async def _first_admin(settings: Settings) -> None:
    async with open_records(settings) as records:
        who = PersonName(name="Root", email=EMAIL)
        admins = (await open_people_alone(settings, records, build_tokens(settings))).admins
        await admins.make(PersonId(f"per_{uuid4().hex}"), who, WORDS, datetime.now(UTC))


async def _shut_out(one: str, other: str) -> dict[str, float]:
    limits = httpx.Limits(max_connections=100)
    async with (
        httpx.AsyncClient(base_url=f"http://{one}", timeout=30, limits=limits) as near,
        httpx.AsyncClient(base_url=f"http://{other}", timeout=30, limits=limits) as far,
    ):
        entry = await _entered(near, SIGN_IN, email=EMAIL, password=WORDS)
        root = Caller(near, entry["accessToken"])
        profile = {"id": GARAGE, "name": "Pune", "place": "Pune", "hours": "Mon 09:00-18:00"}
        await root.ask(CREATE, {"op": str(uuid4()), "profile": profile})
        found = [await _measured(root, near, far, other) for _ in range(PEOPLE)]
    return {way: max(one[way] for one in found) for way in found[0]}


async def _entered(client: httpx.AsyncClient, query: str, **given: str) -> dict[str, Any]:
    body = {"query": query, "variables": {"op": str(uuid4())} | given}
    answer = (await client.post("/v1/graphql/sign-in", json=body)).json()
    [entry] = answer["data"].values()
    return entry


async def _measured(
    root: Caller, near: httpx.AsyncClient, far: httpx.AsyncClient, other: str
) -> dict[str, float]:
    """Give how many milliseconds after the answer each way was still open."""
    duty = {"role": "MANAGER", "garage": GARAGE}
    person = {"name": "Asha", "email": f"{uuid4().hex}@example.org", "duty": duty}
    invited = await root.ask(INVITE, {"op": str(uuid4()), "person": person})
    word = invited["invitePerson"]["invitation"]
    came = await _entered(near, ACCEPT, word=word, password=WORDS)
    token = came["accessToken"]
    headers = {"authorization": f"Bearer {token}"}
    # The key that signed is known there within a second.
    while not (await far.post("/v1/graphql", json=ASK, headers=headers)).is_success:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    begun = asyncio.Event()
    async with subscribed(other, token, FOLLOW) as followed:
        ways = {
            "HTTP": asyncio.create_task(_refused(far, headers)),
            "socket": asyncio.create_task(_closed(followed)),
            "stream": asyncio.create_task(_ended(far, headers, begun)),
        }
        await begun.wait()
        done = await root.ask(SUSPEND, {"op": str(uuid4()), "person": came["person"]})
        answered = perf_counter()
        assert done["suspendPerson"]["__typename"] == "PersonSuspended"  # noqa: S101 - what it measures
        async with asyncio.timeout(30):
            return {way: max(0.0, (await end - answered) * 1000) for way, end in ways.items()}


async def _refused(far: httpx.AsyncClient, headers: dict[str, str]) -> float:
    while True:
        answer = await far.post("/v1/graphql", json=ASK, headers=headers)
        if answer.status_code == UNAUTHORIZED:
            return perf_counter()
        await asyncio.sleep(0.01)


async def _closed(followed: ClientConnection) -> float:
    try:
        while True:
            if json.loads(await followed.recv())["type"] == "ping":
                await followed.send(json.dumps({"type": "pong"}))
    except ConnectionClosed:
        return perf_counter()


async def _ended(far: httpx.AsyncClient, headers: dict[str, str], begun: asyncio.Event) -> float:
    accept = headers | {"accept": "text/event-stream"}
    asked = {"query": FOLLOW}
    async with far.stream("POST", "/v1/graphql/stream", json=asked, headers=accept) as answer:
        begun.set()
        async for _ in answer.aiter_lines():
            pass
    return perf_counter()
