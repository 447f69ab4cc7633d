"""Finding as a serving process does it: the read model beside the house, whole and current."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from time import perf_counter

import psutil

from graph.read_model.cards import CardSnapshot
from graph.read_model.follower import IndexState
from web.wiring import Runtime

DROP = "MATCH (e:Event) CALL (e) { DELETE e } IN TRANSACTIONS OF 10000 ROWS"
LOOK_SECONDS = 0.1
MIB = 1 << 20


@asynccontextmanager
async def with_read_model(house: Runtime) -> AsyncGenerator[None]:
    """Have the cards in memory during the block.

    The events of what was loaded are dropped: who listens to them has no part in finding.
    """
    await house.graph.batched(DROP, seconds=600.0)
    process = psutil.Process()
    before, began, cpu = process.memory_info().rss, perf_counter(), process.cpu_times().user
    loops = [asyncio.create_task(run()) for run in (house.feed.run, house.read_model.run)]
    try:
        cards, held = len(await _current(house, loops)), house.read_model.bytes_held
        grown = (process.memory_info().rss - before) / MIB
        print(
            f"  read model: {cards} cards in {perf_counter() - began:.1f} s "
            f"({process.cpu_times().user - cpu:.1f} s of CPU), it says "
            f"{held / MIB:.0f} MiB, the process grew by {grown:.0f} MiB"
        )
        yield
    finally:
        for one in loops:
            one.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


async def _current(house: Runtime, loops: Sequence[asyncio.Task[None]]) -> CardSnapshot:
    """Wait for the cards."""
    while (found := await house.read_model.current()) is None:
        if house.read_model.state is IndexState.TOO_LARGE or any(one.done() for one in loops):
            raise RuntimeError(house.read_model.state)
        await asyncio.sleep(LOOK_SECONDS)
    return found
