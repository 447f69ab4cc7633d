"""Processes and stores of a test's own, and what must be true of them after every fault."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import httpx
from jsonschema import Draft202012Validator
from redis.asyncio import Redis

from domain.access import Actor, Role
from domain.errors import Unavailable
from domain.ids import GarageId, PersonId
from graph.database import Graph
from records.change_log import event_of
from records.database import Records, Row
from sync import asyncapi
from sync.envelope import event_envelope
from tests.commands import born, free_port, place
from tests.journeys.people import CREATE, PUNE, REPORT, UPDATE, Person, content
from tests.journeys.test_repairs import RESOLVE
from tests.journeys.test_repairs import START as START_REPAIR
from tests.waits import eventually, sure_to_end
from web.garage.replica import Replica
from web.local import launch
from web.local.home import StoreHome
from web.local.launch import LocalServer
from web.local.progress import ignore_progress
from web.local.stores import StoreUrls
from web.settings import Settings
from web.tokens import build_tokens

REQUESTS = "BATTWHEELS_GARAGE_REQUESTS"
LOGGED = """
select l.*, count(e.event) as effects
from change_log l left join effect e on e.event = l.id group by l.seq order by l.seq"""
LEFT = """
select (select count(*) from outbox) as waiting,
       (select count(*) from handling where state = 'dead') as dead,
       (select count(*) from change_log l
        where not exists (select from effect e where e.event = l.id)) as unheard"""
TOLD = "select entity, type from change_log"
START = datetime(2026, 1, 1, tzinfo=UTC)
STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (START_REPAIR, "ticket.updated", {}),
    (RESOLVE, "ticket.resolved", {"outcome": {"worked": True, "minutes": 5}}),
)
Told = tuple[str, str]


def hour(number: int) -> datetime:
    """Give the hour that the workers' clock shows in a round."""
    return START + timedelta(hours=number)


@dataclass(slots=True)
class World:
    """One API, two workers and a garage that keeps a copy, over three stores; what was acknowledged
    is remembered.

    `caught_up` are the cards' versions that the garage had to come to before; `mail` is the port of
    a mail server; `requests` are those that a garage may send in a minute, where they are counted.

    `versions` are those that acknowledged things must have in the graph, `wanted` the events that
    must be told of them: (entity, type), each once. Where somebody learns from them, more may
    follow: each thing's event of each version once, and drafts that say what was found.
    """

    urls: StoreUrls
    home: StoreHome
    graph: Graph
    records: Records
    redis: Redis
    port: int = 0
    api: int = 0
    workers: list[int] = field(default_factory=list[int])
    garage: int = 0
    mail: int = 0
    versions: dict[str, int] = field(default_factory=dict[str, int])
    caught_up: dict[str, int] = field(default_factory=dict[str, int])
    wanted: list[Told] = field(default_factory=list[Told])
    valid: int = 0
    learning: bool = False
    requests: int | None = None
    hours: int = 0
    whole: bool = False

    async def start(self) -> None:
        self.strike()
        self.open()
        self.api = await self.born("api")
        self.workers = [await self.born("work") for _ in range(2)]
        await self.found_garage()
        # Only the hour before is told of: the clock may go on once somebody looked at it.
        await self.checked()

    def open(self) -> None:
        """Find a port for the API that is yet to be born."""
        self.port = free_port()

    async def end(self) -> None:
        for pid in filter(None, (self.api, *self.workers, self.garage)):
            await died(pid)

    async def kill_worker(self, dice: Random) -> None:
        await died(self.workers.pop(dice.randrange(len(self.workers))))
        self.workers.append(await self.born("work"))

    async def kill_api(self, dice: Random) -> None:
        del dice
        await died(self.api)
        self.api = await self.born("api")

    async def found_garage(self) -> None:
        """Have a garage follow the hints over the API, with a copy of its own."""
        async with httpx.AsyncClient() as nobody:
            token = self.person(nobody, Role.MANAGER).token
        replica = Replica.open(self.replica)
        replica.restart()
        replica.set(garage=PUNE, token=token, url=f"http://127.0.0.1:{self.port}")
        replica.close()
        self.garage = await self.born("watch")

    async def kill_garage(self, dice: Random) -> None:
        del dice
        await died(self.garage)
        self.garage = await self.born("watch")

    async def flush_redis(self, dice: Random) -> None:
        del dice
        await self.redis.flushall()

    async def restart(self, server: LocalServer) -> None:
        await asyncio.to_thread(launch.stop_server, server, self.home)
        await asyncio.to_thread(launch.start_server, server, self.home, ignore_progress)

    def strike(self) -> None:
        """Let the workers' clock show the next hour: the hour before is told of once."""
        ticking = self.home.root / "clock.new"
        ticking.write_text(str(self.hours))
        ticking.replace(self.home.root / "clock")
        self.wanted.append((f"hour_{hour(self.hours - 1):%Y%m%dT%H}", "notification.send"))
        self.hours += 1

    def person(self, client: httpx.AsyncClient, role: Role) -> Person:
        actor = Actor(id=PersonId(f"asha_{role}"), role=role, garage=GarageId(PUNE))
        signer = build_tokens(Settings(home=self.home.root))
        token = signer.mint(actor, datetime.now(UTC), timedelta(hours=12))
        return Person(client=client, actor=actor, token=token)

    async def work(self, client: httpx.AsyncClient, dice: Random, number: int) -> None:
        """Have a failure repaired and a card written; the clients ask again until answered."""
        await asyncio.gather(
            self.repair(self.person(client, Role.TECHNICIAN), dice, f"Failure {number}"),
            self.card(self.person(client, Role.MANAGER), dice, f"Failure {number} card"),
        )

    async def repair(self, who: Person, dice: Random, text: str) -> None:
        """Report, begin and end a repair: a draft is founded, since nothing is like it."""
        made = await insisted(who, REPORT, {"report": {"text": text}}, operation(dice))
        assert made["__typename"] == "FailureReported", made
        ticket = made["ticket"]
        draft = ticket["key"].replace("tkt_", "fc_")
        self.versions |= {ticket["key"]: 1, draft: 1}
        self.wanted += [(ticket["key"], "ticket.created"), (ticket["key"], "failure_card.matched")]
        self.wanted += [(draft, "failure_card.created"), (draft, "sync.required")]
        for version, (verb, told, more) in enumerate(STEPS, start=1):
            asked = {"id": ticket["id"], "n": version} | more
            done = await insisted(who, verb, asked, operation(dice))
            assert done["ticket"]["version"] == version + 1, done
            self.versions[ticket["key"]] = version + 1
            self.wanted.append((ticket["key"], told))

    async def card(self, who: Person, dice: Random, title: str) -> None:
        made = await insisted(who, CREATE, {"card": content(title)}, operation(dice))
        assert made["__typename"] == "CardCreated", made
        card = made["card"]
        self.versions[card["key"]] = 1
        self.wanted += [(card["key"], "failure_card.created"), (card["key"], "sync.required")]
        told = {"id": card["id"], "expected": 1, "card": content(f"{title}, mended")}
        changed = await insisted(who, UPDATE, told, operation(dice))
        assert changed["__typename"] == "CardUpdated", changed
        self.versions[card["key"]] = 2
        self.wanted.append((card["key"], "failure_card.updated"))

    async def checked(self) -> None:
        """Wait until all is handled, and count it over."""
        await eventually(lambda: settled(self._at_rest), pause=0.05)
        rows = await self.records.rows(LOGGED)
        assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
        effects = {(row["entity"], row["type"]): row["effects"] for row in rows}
        assert {*effects.values()} <= {1}, effects
        self._told(rows)
        for row in rows[self.valid :]:
            event = event_of(row)
            Draft202012Validator(asyncapi.event_schema(event.type)).validate(event_envelope(event))  # pyright: ignore[reportUnknownMemberType]
        self.valid = len(rows)
        await self._in_graph()
        if self.garage:
            await eventually(self._caught_up, pause=0.05)
            cards = {key: n for key, n in self.versions.items() if key.startswith("fc_")}
            self.caught_up = cards

    def _told(self, rows: list[Row]) -> None:
        told = [(row["entity"], row["type"]) for row in rows]
        if self.learning:
            times = Counter((row["entity"], row["type"], row["version"]) for row in rows)
            assert set(times.values()) == {1}, times
            assert set(told) >= set(self.wanted)
            return
        # Changes that nobody waits for share hints, how many is left to chance; each is one.
        shared = [one for one in told if one[0].startswith("batch_")]
        assert len(shared) == len(set(shared))
        assert sorted(told) == sorted(self.wanted + shared)

    async def _at_rest(self) -> bool:
        # What is logged first: what comes behind it is among what is unheard.
        logged = {(row["entity"], row["type"]) for row in await self.records.rows(TOLD)}
        [graph] = await self.graph.read("MATCH (e:Event) RETURN count(e) AS n")
        [left] = await self.records.rows(LEFT)
        assert left["dead"] == 0
        empty = graph["n"] == left["waiting"] == left["unheard"] == 0
        return empty and logged.issuperset(self.wanted)

    async def _caught_up(self) -> bool:
        """Say whether the garage has what it was told of: every new card, and what the round before
        did to others (the clock of the batches stands still within a round).
        """
        replica = Replica.open(self.replica)
        found = replica.documents("failure_card", most=len(self.versions))
        replica.close()
        kept = {card["key"]: card["version"] for card in found}
        new = {key for key in self.versions if key.startswith("fc_")}
        return new <= kept.keys() and all(kept[key] >= n for key, n in self.caught_up.items())

    async def _in_graph(self) -> None:
        found = await self.graph.read(
            "MATCH (n) WHERE n:Ticket OR n:FailureCard RETURN n.id AS id, n.version AS version"
        )
        assert len(found) == len(self.versions)
        grown = {row["id"]: row["version"] - self.versions[row["id"]] for row in found}
        drafts = {key.replace("tkt_", "fc_") for key in self.versions if self.learning}
        assert all(n == 0 or (n == 1 and key in drafts) for key, n in grown.items()), grown

    async def born(self, what: str) -> int:
        return await asyncio.to_thread(light_process, what, self.environment, self.log)

    @property
    def log(self) -> Path:
        """What the processes complain of."""
        return self.home.root / "processes.log"

    @property
    def replica(self) -> Path:
        return self.home.root / "garage.db"

    @property
    def environment(self) -> dict[str, str]:
        """Give what a process of this world reads."""
        more = {"NEO4J_USER": self.urls.neo4j_user, "BATTWHEELS_PORT": str(self.port)}
        if self.mail:
            more["BATTWHEELS_SMTP_URL"] = f"smtp://127.0.0.1:{self.mail}"
            more["BATTWHEELS_MAIL_FROM"] = "bills@garage.example"
        if self.requests is not None:
            more[REQUESTS] = str(self.requests)
        return os.environ | place(self.urls, self.home.root) | more


def light_process(what: str, environment: dict[str, str], log: Path) -> int:
    """Have a process of `tests.faults.without_model` born, which imports this."""
    from tests.faults.without_model import live  # noqa: PLC0415

    return born(live, what, environment, log)


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
    answer: dict[str, Any] = {}
    try:
        async with sure_to_end(f"{who.actor.id}'s operation {op}"):
            while True:
                try:
                    answer = await who.answer(query, **told, op=op)
                except (httpx.TransportError, ValueError):
                    answer = {"errors": ["the line broke"]}
                if "errors" not in answer:
                    [made] = answer["data"].values()
                    return made
                await asyncio.sleep(0.05)
    except AssertionError as error:
        error.add_note(f"the last answer: {answer}")
        raise


async def settled(found: Callable[[], Awaitable[bool]]) -> bool:
    """Ask stores of which one may be down."""
    try:
        return await found()
    except Unavailable:
        return False
