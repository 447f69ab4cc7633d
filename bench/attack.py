"""Honest users beside fifty attackers, and beside as many harmless callers, of one real server.

The server is `battwheels serve` as it comes, on real stores. First fifty callers send harmless
requests, then the same fifty send the whole list of `bench/attacks.py`: the same sizes, the same
rate. Honest users ask twenty times a second all the while; their clock runs from the moment at
which a request was due, so one that waits for another counts in full. `/health` is asked as a
supervisor does, at the management port, on a connection of its own each time; that of the public
port is printed beside it. Memory is the server process's alone.
"""

import asyncio
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from os import environ
from pathlib import Path
from time import perf_counter

import httpx
import numpy as np
import psutil

from bench.attack_load import CALLERS
from bench.bars import Bar, Better
from bench.push import JARS, A, Caller, Server, draft, served
from domain.access import Actor, Role
from domain.ids import GarageId, PersonId
from web.caps import PREFIX, Caps
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.tokens import build_tokens

SECONDS = float(environ.get("ATTACK_SECONDS", "60"))
WARM_UP_SECONDS = 10.0
# How long memory has to come back.
AFTER_SECONDS = 30.0
HONEST_EACH_SECOND = 20
HONEST_PEOPLE = 10
HEALTH_EACH_SECOND = 5
HEALTH_PATIENCE_SECONDS = 10.0
CARDS = 30
RATIO_GOAL, MEMORY_GOAL_MIB, HEALTH_GOAL_MS = 2.0, 100.0, 100.0

PAGE = "{ cards(first: 20) { edges { node { key title status category } } } }"
BENCH = "{ tickets(first: 20) { edges { node { key status } } } }"
MATCH = 'query { match(report: {text: "Scooter does not charge"}) { ... on Matches { level } } }'


@dataclass(slots=True)
class Phase:
    """What was measured while somebody else called: milliseconds, failures, memory."""

    honest: list[float] = field(default_factory=list[float])
    failed: int = 0
    health: list[float] = field(default_factory=list[float])
    public: list[float] = field(default_factory=list[float])
    peak_mib: float = 0.0
    statuses: str = ""

    def __str__(self) -> str:
        p50, p99 = np.percentile(self.honest, [50, 99])
        health, public = (float(np.percentile(one, 99)) for one in (self.health, self.public))
        return (
            f"{len(self.honest)} honest answers, p50 {p50:.0f}, p99 {p99:.0f} ms, {self.failed} "
            f"failed; /health p99 {health:.0f} ms, at the public port {public:.0f} ms; "
            f"peak {self.peak_mib:.0f} MiB; {self.statuses}"
        )


async def run() -> list[Bar]:
    """Serve, measure beside the harmless, then beside the attackers, then when they have gone."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        stores.start_stores(home)
        try:
            as_it_comes = {
                f"{PREFIX}{name}": str(getattr(Caps(), name.lower()))
                for name in ("UNITS_PER_SECOND", "UNITS_AT_ONCE")
            }
            async with served(home, **as_it_comes) as server:
                return await _measured(server, home)
        finally:
            stores.stop_stores(home)


async def _measured(server: Server, home: StoreHome) -> list[Bar]:
    people = _people(Settings(home=home.root))
    (home.root / "tokens").write_text("\n".join(people["attacker"]))
    async with httpx.AsyncClient(base_url=f"http://{server.place}", timeout=30) as client:
        honest = [Caller(client, token) for token in people["honest"]]
        author = Caller(client, people["author"][0])
        for number in range(CARDS):
            await draft(author, f"Card {number}", [])
        await _phase(server, honest, home, None, WARM_UP_SECONDS)
        beside = await _phase(server, honest, home, "harmless", SECONDS)
        print(f"  beside harmless callers: {beside}", flush=True)
        before = _memory(server)
        attacked = await _phase(server, honest, home, "attack", SECONDS)
        print(f"  beside attackers:        {attacked}", flush=True)
        await asyncio.sleep(AFTER_SECONDS)
        after = _memory(server)
    print(f"  memory before {before:.0f}, peak {attacked.peak_mib:.0f}, after {after:.0f} MiB")
    ratio = float(np.percentile(attacked.honest, 99) / np.percentile(beside.honest, 99))
    health = float(np.percentile(attacked.health, 99))
    grown = attacked.peak_mib - before
    lower = Better.LOWER
    ratio = ratio if not attacked.failed else float("inf")
    return [
        Bar(name="attack_p99_ratio", measured=ratio, goal=RATIO_GOAL, better=lower),
        Bar(name="attack_memory_mib", measured=grown, goal=MEMORY_GOAL_MIB, better=lower),
        Bar(name="attack_health_ms", measured=health, goal=HEALTH_GOAL_MS, better=lower),
    ]


def _people(settings: Settings) -> Mapping[str, list[str]]:
    signer, now = build_tokens(settings), datetime.now(UTC)

    def minted(name: str, many: int, garage: GarageId, role: Role = Role.TECHNICIAN) -> list[str]:
        found = [Actor(id=PersonId(f"{name}_{n}"), role=role, garage=garage) for n in range(many)]
        return [signer.mint(one, now, timedelta(hours=1)) for one in found]

    return {
        "honest": minted("honest", HONEST_PEOPLE, A),
        "author": minted("author", 1, A, Role.MANAGER),
        "attacker": minted("attacker", CALLERS, GarageId("garage_z")),
    }


async def _phase(
    server: Server, honest: list[Caller], home: StoreHome, others: str | None, seconds: float
) -> Phase:
    phase = Phase(peak_mib=_memory(server))
    load = None
    if others is not None:
        words = (server.place, str(home.root / "tokens"), str(seconds), others)
        load = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.attack_load", *words),
            stdout=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
        )
        await asyncio.sleep(1)
    watch = asyncio.create_task(_watched(server, phase))
    await asyncio.gather(
        _honest(honest, phase, seconds),
        _health(server.management, phase, phase.health, seconds),
        _health(server.place, phase, phase.public, seconds),
    )
    if load is not None:
        said, _ = await load.communicate()
        phase.statuses = f"the others got {said.decode().strip()}"
    watch.cancel()
    return phase


async def _honest(people: list[Caller], phase: Phase, seconds: float) -> None:
    """Ask on time, whether or not the answers before have come."""
    began, asking = perf_counter(), list[asyncio.Task[None]]()

    async def one(caller: Caller, query: str, due: float) -> None:
        try:
            await caller.ask(query, {})
        except (ValueError, httpx.HTTPError):
            phase.failed += 1
        phase.honest.append((perf_counter() - due) * 1000)

    kinds = cycle([PAGE, BENCH, PAGE, MATCH])
    for number in range(int(seconds * HONEST_EACH_SECOND)):
        due = began + number / HONEST_EACH_SECOND
        await asyncio.sleep(max(0.0, due - perf_counter()))
        caller = people[number % len(people)]
        asking.append(asyncio.create_task(one(caller, next(kinds), due)))
    await asyncio.gather(*asking)


async def _health(place: str, phase: Phase, took: list[float], seconds: float) -> None:
    for _ in range(int(seconds * HEALTH_EACH_SECOND)):
        began = perf_counter()
        try:
            async with asyncio.timeout(HEALTH_PATIENCE_SECONDS):
                phase.failed += not await _is_alive(place)
        except (OSError, TimeoutError):
            phase.failed += 1
        took.append((perf_counter() - began) * 1000)
        await asyncio.sleep(max(0.0, 1 / HEALTH_EACH_SECOND - (perf_counter() - began)))


async def _is_alive(place: str) -> bool:
    """Ask in as few words as can be: a client library costs more than the answer."""
    host, _, port = place.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(f"GET /health HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n".encode())
        return (await reader.readline()).split()[1:2] == [b"200"]
    finally:
        writer.close()


async def _watched(server: Server, phase: Phase) -> None:
    while True:
        phase.peak_mib = max(phase.peak_mib, _memory(server))
        await asyncio.sleep(0.25)


def _memory(server: Server) -> float:
    return psutil.Process(server.pid).memory_info().rss / (1 << 20)
