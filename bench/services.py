"""The three stores as local processes: time of a second start, memory with the knowledge loaded."""

import tempfile
from pathlib import Path
from time import perf_counter

from bench.bars import Bar, Better
from ingest import knowledge
from ingest.imports import import_batch
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.wiring import open_runtime

JARS = Path(".battwheels/neo4j/jars")
START_GOAL_S = 20.0
MEMORY_GOAL_MIB = 1536.0


async def run() -> list[Bar]:
    """Start with nothing, load the knowledge base, stop, start again; print every figure."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        try:
            first = _started(home)
            memory = await _loaded_memory(home)
            stores.stop_stores(home)
            second = _started(home)
        finally:
            stores.stop_stores(home)
    print(f"first start {first:.1f} s, second start {second:.1f} s, memory {memory} MiB")
    return [
        Bar(name="second_start_s", measured=second, goal=START_GOAL_S, better=Better.LOWER),
        Bar(
            name="stores_memory_mib",
            measured=memory,
            goal=MEMORY_GOAL_MIB,
            better=Better.LOWER,
        ),
    ]


def _started(home: StoreHome) -> float:
    began = perf_counter()
    stores.start_stores(home)
    return perf_counter() - began


async def _loaded_memory(home: StoreHome) -> int:
    async with open_runtime(Settings(home=home.root)) as house:
        await import_batch(knowledge.read_knowledge(knowledge.SHIPPED), house)
    statuses = stores.store_statuses(home)
    print(", ".join(f"{s.store} {s.memory_mb} MiB" for s in statuses))
    return sum(s.memory_mb or 0 for s in statuses)
