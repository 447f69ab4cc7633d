"""Processes and stores of a test's own, and what must be true of them after every fault."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import httpx
from redis.asyncio import Redis

from domain.access import Actor, Role
from domain.errors import Unavailable
from domain.ids import GarageId, PersonId
from graph.database import Graph
from records.database import Records
from tests.journeys.people import CREATE, PUNE, REPORT, UPDATE, Person, content
from web.local import launch
from web.local.home import Home
from web.local.launch import Server
from web.local.progress import quiet
from web.local.stores import StoreUrls
from web.settings import Settings
from web.wiring import tokens

# What an orphan may wait at most, and a client for its answer.
ORPHAN_SECONDS = 30.0
ANSWER_SECONDS = 60.0
LOGGED = """
select l.seq, l.id, l.entity, l.type, count(e.event) as effects
from change_log l left join effect e on e.event = l.id group by l.seq order by l.seq"""
LEFT = """
select (select count(*) from outbox) as waiting,
       (select count(*) from handling where state = 'dead') as dead,
       (select count(*) from effect) as effects"""


@dataclass(slots=True)
class World:
    """One API and two workers over three stores; what was acknowledged is remembered."""

    urls: StoreUrls
    home: Home
    graph: Graph
    records: Records
    redis: Redis
    port: int = 0
    nursery: Process | None = None
    api: int = 0
    workers: list[int] = field(default_factory=list[int])
    acknowledged: dict[str, str] = field(default_factory=dict[str, str])

    async def start(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.nursery = await self._opened()
        self.api = await self._born("api")
        self.workers = [await self._born("work") for _ in range(2)]

    async def end(self) -> None:
        for pid in (self.api, *self.workers):
            await died(pid)
        if self.nursery is not None and self.nursery.stdin is not None:
            self.nursery.stdin.close()
            await self.nursery.wait()

    async def kill_worker(self, dice: Random) -> None:
        await died(self.workers.pop(dice.randrange(len(self.workers))))
        self.workers.append(await self._born("work"))

    async def kill_api(self, dice: Random) -> None:
        del dice
        await died(self.api)
        self.api = await self._born("api")

    async def flush_redis(self, dice: Random) -> None:
        del dice
        await self.redis.flushall()

    async def restart(self, server: Server) -> None:
        await asyncio.to_thread(launch.down, server, self.home)
        await asyncio.to_thread(launch.up, server, self.home, quiet)

    def person(self, client: httpx.AsyncClient) -> Person:
        actor = Actor(id=PersonId("asha"), role=Role.MANAGER, garage=GarageId(PUNE))
        signer = tokens(Settings(home=self.home.root))
        token = signer.mint(actor, datetime.now(UTC), timedelta(hours=12))
        return Person(client=client, actor=actor, token=token)

    async def work(self, who: Person, dice: Random, number: int) -> None:
        """Report two failures, write a card and change it; the client asks again until answered."""
        text = f"Failure {number}"
        await asyncio.gather(
            self.report(who, dice, f"{text} a"),
            self.report(who, dice, f"{text} b"),
            self.card(who, dice, f"{text} card"),
        )

    async def report(self, who: Person, dice: Random, text: str) -> None:
        made = await insisted(who, REPORT, {"report": {"text": text}}, operation(dice))
        assert made["__typename"] == "FailureReported", made
        self.acknowledged[made["ticket"]["key"]] = "ticket.created"

    async def card(self, who: Person, dice: Random, title: str) -> None:
        made = await insisted(who, CREATE, {"card": content(title)}, operation(dice))
        assert made["__typename"] == "CardCreated", made
        card = made["card"]
        self.acknowledged[card["key"]] = "failure_card.created"
        told = {"id": card["id"], "expected": 1, "card": content(f"{title}, mended")}
        changed = await insisted(who, UPDATE, told, operation(dice))
        assert changed["__typename"] == "CardUpdated", changed
        self.acknowledged[f"{card['key']}@2"] = "failure_card.updated"

    async def checked(self) -> None:
        """Wait until all is handled, at most as long as an orphan may wait, and count it over."""
        async with asyncio.timeout(ORPHAN_SECONDS):
            while not await settled(self._at_rest):  # noqa: ASYNC110 - other processes
                await asyncio.sleep(0.05)
        rows = await self.records.rows(LOGGED)
        assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
        assert {row["effects"] for row in rows} <= {1}
        assert sum(row["effects"] for row in rows) == len(rows)
        logged = sorted((row["entity"], row["type"]) for row in rows)
        wanted = sorted((k.partition("@")[0], kind) for k, kind in self.acknowledged.items())
        assert logged == wanted
        await self._in_graph()

    async def _at_rest(self) -> bool:
        [left] = await self.records.rows(LEFT)
        [graph] = await self.graph.read("MATCH (e:Event) RETURN count(e) AS n")
        assert left["dead"] == 0
        return graph["n"] == left["waiting"] == 0 and left["effects"] >= len(self.acknowledged)

    async def _in_graph(self) -> None:
        found = await self.graph.read(
            "MATCH (n) WHERE n:Ticket OR n:FailureCard RETURN n.id AS id, n.version AS version"
        )
        kept = {row["id"]: row["version"] for row in found}
        assert len(found) == len(kept)
        wanted = {k: 1 for k in self.acknowledged if "@" not in k}
        wanted |= {k.partition("@")[0]: 2 for k in self.acknowledged if "@" in k}
        assert kept == wanted

    async def _born(self, what: str) -> int:
        nursery = self.nursery
        assert nursery is not None
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        nursery.stdin.write(f"{what}\n".encode())
        return int(await nursery.stdout.readline())

    async def _opened(self) -> Process:
        environment = os.environ | {
            "NEO4J_URI": self.urls.neo4j_uri,
            "NEO4J_USER": self.urls.neo4j_user,
            "NEO4J_PASSWORD": self.urls.neo4j_password,
            "POSTGRES_URL": self.urls.postgres_url,
            "REDIS_URL": self.urls.redis_url,
            "BATTWHEELS_HOME": str(self.home.root),
            "BATTWHEELS_PORT": str(self.port),
        }
        with (self.home.root / "nursery.log").open("ab") as output:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.faults.light"),
                env=environment,
                stdin=PIPE,
                stdout=PIPE,
                stderr=output,
            )


async def died(pid: int) -> None:
    """Kill a process as a broken machine does, and see it gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        while True:
            os.kill(pid, 0)
            await asyncio.sleep(0.005)


def operation(dice: Random) -> str:
    """Give an operation id that follows from the seed."""
    return str(UUID(int=dice.getrandbits(128), version=4))


async def insisted(who: Person, query: str, told: dict[str, Any], op: str) -> dict[str, Any]:
    """Send one operation until it is answered, as a phone on a bad line does."""
    async with asyncio.timeout(ANSWER_SECONDS):
        while True:
            try:
                answer: dict[str, Any] = await who.answer(query, **told, op=op)
            except (httpx.TransportError, ValueError):
                answer = {"errors": ["the line broke"]}
            if "errors" not in answer:
                [made] = answer["data"].values()
                return made
            await asyncio.sleep(0.05)


async def settled(found: Callable[[], Awaitable[bool]]) -> bool:
    """Ask stores of which one may be down."""
    try:
        return await found()
    except Unavailable:
        return False
