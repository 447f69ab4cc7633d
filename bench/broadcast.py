"""Ten thousand subscribers on real sockets hear of each change, and slow ones hold up nobody.

`battwheels serve --no-work` on real stores, beside a `battwheels serve` that takes the changes and
relays them, as in `bench.fan_out`: each change's clock starts when the verifying mutation is sent.
The sockets are WebSockets of their own persons, technicians of twenty garages (twenty executions of
each change), from sixteen addresses of this machine. In the second half every hundredth stops
reading for good while its garage's changes go on.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from uuid import uuid4

import httpx
import numpy as np

from bench.bars import Bar, Better
from bench.fan_out import FOLLOW
from bench.push import JARS, VERIFY, A, Caller, draft, served
from domain.access import Actor, Role
from domain.ids import GarageId, PersonId
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.tokens import build_tokens

FOLLOWERS = 10_000
GARAGES = 20
ADDRESSES = 16
# Of so many followers one stops reading.
SLOW = 100
CHANGES = 20
WARM_UP = 3
PAUSE_SECONDS = 3.0
GOAL_MS = 5_000.0
SLOW_GOAL = 1.5
OPEN_SECONDS = 240.0
CAPS = {"BATTWHEELS_CONNECTIONS": str(FOLLOWERS + 1_000)}


async def run() -> list[Bar]:
    """Open the sockets, change cards, slow some down, change more."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        stores.start_stores(home)
        try:
            quick, beside = await _reached(home)
        finally:
            stores.stop_stores(home)
    everything = np.concatenate([quick, beside])
    ratio = _p99(beside) / _p99(quick)
    print(
        f"{FOLLOWERS} sockets, {CHANGES} changes: p50 {np.median(everything):.0f}, "
        f"p99 {_p99(everything):.0f} ms; p99 of the others {_p99(quick):.0f} ms while all read, "
        f"{_p99(beside):.0f} ms beside {FOLLOWERS // SLOW} that do not"
    )
    return [
        Bar(
            name="broadcast_p99_ms",
            measured=_p99(everything),
            goal=GOAL_MS,
            better=Better.LOWER,
        ),
        Bar(name="broadcast_slow_ratio", measured=ratio, goal=SLOW_GOAL, better=Better.LOWER),
    ]


def _p99(delays: np.ndarray) -> float:
    return float(np.percentile(delays, 99))


async def _reached(home: StoreHome) -> tuple[np.ndarray, np.ndarray]:
    """Give the milliseconds to each socket: while all read, and beside those that do not."""
    signer, now = build_tokens(Settings(home=home.root)), datetime.now(UTC)

    def token(person: str, role: Role, garage: str) -> str:
        actor = Actor(id=PersonId(person), role=role, garage=GarageId(garage))
        return signer.mint(actor, now, timedelta(hours=1))

    lines = [token(f"tech_{n}", Role.TECHNICIAN, f"garage_{n % GARAGES}") for n in range(FOLLOWERS)]
    file = home.root / "tokens"
    file.write_text("\n".join(lines))
    async with (
        served(home) as worker,
        served(home, "--no-work", **CAPS) as server,
        httpx.AsyncClient(timeout=60, base_url=f"http://{worker.place}") as client,
    ):
        author = Caller(client, token("tech_a", Role.TECHNICIAN, A))
        second = Caller(client, token("manager_a", Role.MANAGER, A))
        keys = [await draft(author, f"Change {n}", []) for n in range(CHANGES + WARM_UP)]
        async with _load(server.place, file) as load:
            sent = dict[int, float]()
            for number, key in enumerate(keys):
                if number == WARM_UP + CHANGES // 2:
                    await _say(load, "slow")
                sent[number] = monotonic()
                await second.ask(VERIFY, {"id": key, "op": str(uuid4())})
                await asyncio.sleep(PAUSE_SECONDS)
            await asyncio.sleep(GOAL_MS / 1000)
            arrivals = json.loads(await _say(load, ""))
    middle = WARM_UP + CHANGES // 2
    reading = FOLLOWERS - -(-FOLLOWERS // SLOW)
    return (
        _delays(sent, arrivals, range(WARM_UP, middle), FOLLOWERS),
        _delays(sent, arrivals, range(middle, len(keys)), reading),
    )


def _delays(
    sent: Mapping[int, float], arrivals: Mapping[str, list[float]], numbers: range, followers: int
) -> np.ndarray:
    """Give the delays; a message that never came counts as one that is late beyond all bounds."""
    found = [(np.asarray(arrivals.get(str(n), [])) - sent[n]) * 1000 for n in numbers]
    missing = sum(max(0, followers - len(each)) for each in found)
    print(f"  {sum(map(len, found))} messages, {missing} missing", flush=True)
    return np.concatenate([*found, np.full(missing, np.inf)])


@asynccontextmanager
async def _load(place: str, file: Path) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Open the sockets from a process of their own."""
    load = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.follow_load", place, str(file), str(ADDRESSES), str(SLOW)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 28,
    )
    try:
        async with asyncio.timeout(OPEN_SECONDS):
            assert await _say(load, FOLLOW) == "ready\n"  # noqa: S101 - what it measures
        print(f"  {FOLLOWERS} follow {place}", flush=True)
        await asyncio.sleep(1)
        yield load
    finally:
        if load.returncode is None:
            load.terminate()
        await load.wait()


async def _say(load: asyncio.subprocess.Process, line: str) -> str:
    """Send a line to the sockets' process and give its answer."""
    assert load.stdin is not None  # noqa: S101
    assert load.stdout is not None  # noqa: S101
    load.stdin.write(f"{line}\n".encode())
    return (await load.stdout.readline()).decode()
