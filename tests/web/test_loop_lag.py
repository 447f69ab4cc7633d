"""How late the loop is, and who waits when it is."""

import asyncio
import time

import pytest

from domain.errors import TooMany
from tests.waits import eventually
from web.caps import Caps
from web.gate import Gate
from web.loop_lag import LoopLag


async def test_a_loop_that_is_held_up_is_late_until_it_rests() -> None:
    lag = LoopLag()

    async def seconds() -> float:
        return lag.seconds

    watch = asyncio.create_task(lag.watch())
    try:
        await asyncio.sleep(0)
        time.sleep(0.4)  # noqa: ASYNC251 - this is what is measured
        await eventually(seconds, lambda found: found >= 0.25)
        await eventually(seconds, lambda found: found < 0.03)
    finally:
        watch.cancel()


def test_when_the_loop_is_late_the_greedy_wait_and_the_modest_do_not() -> None:
    lag = LoopLag()
    gate = Gate(Caps(units_at_once=100, units_per_second=1), lag)
    for _ in range(30):
        gate.enter("greedy")
    gate.enter("modest")
    lag.seconds = 0.04
    gate.enter("modest")
    with pytest.raises(TooMany):
        gate.enter("greedy")
    lag.seconds = 0.0
    gate.enter("greedy")
