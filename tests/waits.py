"""How tests wait: for a state, as long as a busy machine needs; no clock decides.

What never comes meets the ceiling and says what was there instead. A product's own limit is tested
by its timers (`tests/journeys/waits.py`) or by a clock that the test moves; figures of speed are
bars of the benchmarks.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

T = TypeVar("T")

# Below the limit of a whole test (pyproject.toml), so that the test says what it waited for.
CEILING_SECONDS = 240.0
PAUSE_SECONDS = 0.02


@asynccontextmanager
async def sure_to_end(what: str) -> AsyncGenerator[None]:
    """Let the block take as long as it needs, and fail with words if it never ends."""
    try:
        async with asyncio.timeout(CEILING_SECONDS):
            yield
    except TimeoutError as error:
        message = f"{what}: still waiting after {CEILING_SECONDS:.0f} s"
        raise AssertionError(message) from error


async def eventually(
    ask: Callable[[], Awaitable[T]],
    holds: Callable[[T], bool] = bool,
    *,
    pause: float = PAUSE_SECONDS,
) -> T:
    """Ask until the answer is what is waited for, and give it."""
    found: list[T] = []
    try:
        async with asyncio.timeout(CEILING_SECONDS):
            while not holds(last := await ask()):
                found[:] = [last]
                await asyncio.sleep(pause)
            return last
    except TimeoutError as error:
        message = f"after {CEILING_SECONDS:.0f} s the answer is still {found}"
        raise AssertionError(message) from error
