"""A change reaches a thousand subscribers of one server process, beside a graphql-ws server.

Ours is `battwheels serve --no-work` on real stores, beside a `battwheels serve` that takes the
changes and relays them: cards are verified there by the mutation, and each change's clock starts
when that is sent. The peer's change is an object in memory, sent to it by HTTP; it has
no store, no token and no visibility, and runs graphql-js for every subscriber. The same document is
followed by the same client, in a process of its own; CPU is the server process's user and system
time over the messages that arrived.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from uuid import uuid4

import httpx
import numpy as np
import psutil

from bench.bars import Bar, Better
from bench.node import node_peer
from bench.push import JARS, VERIFY, A, B, Caller, draft, served
from domain.access import Actor, Role
from domain.ids import PersonId
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.tokens import build_tokens

FOLLOWERS = 1_000
CHANGES = 40
WARM_UP = 5
PAUSE_SECONDS = 0.3
QUIET_SECONDS = 10.0
GOAL_MS = 250.0
FOLLOW = (
    "subscription { cardChanged { __typename ... on CardChange { type cursor card { id key version "
    "status title category cause { primary } resolution { type steps { action minutes } } } } "
    "... on Resync { cursor } } }"
)

Tell = Callable[[int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Reached:
    """Milliseconds from each change to each follower, and CPU milliseconds of a message."""

    delays: np.ndarray
    cpu: float
    missing: int

    def __str__(self) -> str:
        p50, p95, p99 = np.percentile(self.delays, [50, 95, 99])
        return (
            f"p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f} ms; {self.cpu:.4f} CPU ms a message; "
            f"{len(self.delays)} messages, {self.missing} missing"
        )


async def run() -> list[Bar]:
    """Measure ours and the peer, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        stores.start_stores(home)
        try:
            ours = await _ours(home)
        finally:
            stores.stop_stores(home)
        print(f"  battwheels {ours}", flush=True)
        theirs = await _theirs(Path(folder))
        print(f"  graphql-ws {theirs}")
    p95 = float(np.percentile(ours.delays, 95)) if not ours.missing else float("inf")
    ratio = ours.cpu / theirs.cpu
    return [
        Bar(name="fan_out_p95_ms", measured=p95, goal=GOAL_MS, better=Better.LOWER),
        Bar(name="fan_out_cpu_to_peer", measured=ratio, goal=1.0, better=Better.LOWER),
    ]


async def _ours(home: StoreHome) -> Reached:
    signer, now = build_tokens(Settings(home=home.root)), datetime.now(UTC)

    def token(person: str, role: Role, garage: str) -> str:
        actor = Actor(id=PersonId(person), role=role, garage=garage)  # pyright: ignore[reportArgumentType]
        return signer.mint(actor, now, timedelta(hours=1))

    lines = [token(f"tech_{n}", Role.TECHNICIAN, B) for n in range(FOLLOWERS)]
    (home.root / "tokens").write_text("\n".join(lines))
    async with (
        served(home) as worker,
        served(home, "--no-work") as server,
        httpx.AsyncClient(timeout=30, base_url=f"http://{worker.place}") as client,
    ):
        author = Caller(client, token("tech_a", Role.TECHNICIAN, A))
        second = Caller(client, token("manager_a", Role.MANAGER, A))
        print("  serving; writing the cards", flush=True)
        keys = [await draft(author, f"Change {n}", []) for n in range(CHANGES + WARM_UP)]
        await asyncio.sleep(QUIET_SECONDS)

        async def verify(number: int) -> None:
            await second.ask(VERIFY, {"id": keys[number], "op": str(uuid4())})

        return await _reached(server.place, server.pid, home.root / "tokens", verify)


async def _theirs(folder: Path) -> Reached:
    lines = ["nobody"] * FOLLOWERS
    (folder / "tokens").write_text("\n".join(lines))
    async with node_peer("follow_peer") as (place, pid), httpx.AsyncClient(timeout=30) as client:

        async def change(number: int) -> None:
            await client.post(f"http://{place}/change", content=f"Change {number}")

        return await _reached(place, pid, folder / "tokens", change)


async def _reached(place: str, pid: int, file: Path, tell: Tell) -> Reached:
    """Tell changes to the followers of a place, one every so often, and measure the server."""
    load = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.follow_load",
        place,
        str(file),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 28,
    )
    assert load.stdin is not None  # noqa: S101
    assert load.stdout is not None  # noqa: S101
    load.stdin.write(f"{FOLLOW}\n".encode())
    async with asyncio.timeout(120):
        assert (await load.stdout.readline()) == b"ready\n"  # noqa: S101
    print(f"  {FOLLOWERS} follow {place}", flush=True)
    await asyncio.sleep(1)
    for number in range(WARM_UP):
        await tell(number)
        await asyncio.sleep(PAUSE_SECONDS)
    process, sent = psutil.Process(pid), dict[int, float]()
    before = _spent(process)
    for number in range(WARM_UP, WARM_UP + CHANGES):
        sent[number] = monotonic()
        await tell(number)
        await asyncio.sleep(PAUSE_SECONDS)
    await asyncio.sleep(1)
    spent = _spent(process) - before
    load.stdin.write(b"\n")
    arrivals = json.loads(await load.stdout.readline())
    await load.wait()
    return _read(sent, arrivals, spent)


def _read(sent: Mapping[int, float], arrivals: Mapping[str, list[float]], spent: float) -> Reached:
    delays = np.concatenate(
        [(np.asarray(arrivals.get(str(n), [])) - began) * 1000 for n, began in sent.items()]
    )
    missing = FOLLOWERS * len(sent) - len(delays)
    return Reached(delays=delays, cpu=1000 * spent / max(1, len(delays)), missing=missing)


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
