"""What the service costs while nothing happens: its own CPU, and what it makes Neo4j do.

`battwheels serve` runs as a process of its own over stores of its own, with the knowledge base
loaded, beside a Neo4j that nobody asks. Once both are calm, their CPU times are read over the same
minutes, of whole families of processes.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from time import monotonic

import psutil

from bench.bars import Bar, Better
from bench.push import JARS, served
from ingest import knowledge
from ingest.imports import import_batch
from web.local import stores
from web.local.home import StoreHome
from web.local.stores import GivenUrls
from web.settings import Settings
from web.wiring import open_runtime

SERVICE_GOAL = 1.0
NEO4J_GOAL = 0.5
# Cards are embedded and learned from after they were loaded; compilers are busy for a while.
CALM_PERCENT = 5.0
CALM_WINDOW_SECONDS = 10
CALM_WITHIN_SECONDS = 600
WARM_SECONDS = 60
SECONDS = 120
NOWHERE = GivenUrls(postgres_url="postgresql://nowhere", redis_url="redis://nowhere")


async def run() -> list[Bar]:
    """Serve and wait; print what each process took."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        home, untouched = StoreHome.at(folder, JARS), StoreHome.at(other, JARS)
        try:
            stores.start_stores(untouched, NOWHERE)
            await _loaded(home)
            async with served(home) as server:
                service, ours, theirs = await _measured(server.pid, _neo4j(home), _neo4j(untouched))
        finally:
            stores.stop_stores(home)
            stores.stop_stores(untouched)
    print(
        f"idle for {SECONDS} s: service {service:.2f} %, Neo4j {ours:.2f} %, "
        f"Neo4j untouched {theirs:.2f} % of a core"
    )
    return [
        Bar(name="idle_service_percent", measured=service, goal=SERVICE_GOAL, better=Better.LOWER),
        Bar(
            name="idle_neo4j_extra_percent",
            measured=ours - theirs,
            goal=NEO4J_GOAL,
            better=Better.LOWER,
        ),
    ]


async def _loaded(home: StoreHome) -> None:
    async with open_runtime(Settings(home=home.root)) as house:
        await import_batch(knowledge.read_knowledge(knowledge.SHIPPED), house)


async def _measured(*pids: int) -> list[float]:
    """Give percents of a core, once the first process is calm."""
    deadline = monotonic() + CALM_WITHIN_SECONDS
    while monotonic() < deadline:
        [percent] = await _percents(pids[:1], CALM_WINDOW_SECONDS)
        if percent < CALM_PERCENT:
            break
    await asyncio.sleep(WARM_SECONDS)
    return await _percents(pids, SECONDS)


async def _percents(pids: Sequence[int], seconds: float) -> list[float]:
    before, began = [cpu_seconds(pid) for pid in pids], monotonic()
    await asyncio.sleep(seconds)
    after, took = [cpu_seconds(pid) for pid in pids], monotonic() - began
    return [100 * (b - a) / took for a, b in zip(before, after, strict=True)]


def _neo4j(home: StoreHome) -> int:
    [pid] = [status.pid for status in stores.store_statuses(home) if status.store == "neo4j"]
    if pid is None:
        raise RuntimeError(home.root)
    return pid


def cpu_seconds(pid: int) -> float:
    """CPU seconds of a process and its children, those that ended included."""
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    times = [member.cpu_times() for member in family]
    return sum(t.user + t.system + t.children_user + t.children_system for t in times)
