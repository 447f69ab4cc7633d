"""How long an answer waits for what does not answer, whatever else the machine has to do.

A wait for a dependency that is silent ends with its timer. So the waits are the timers that ran
out, each as long as it was set for: a busy machine makes an answer late, not its waits longer, and
a wait that somebody forgot to bound, or that is set too long, is seen on any machine.
"""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import Context, ContextVar
from dataclasses import dataclass, field

_WAITS: ContextVar["Waits | None"] = ContextVar("waits", default=None)


@dataclass(slots=True)
class Waits:
    """From when to when timers ran that ran out, by the clock of the loop."""

    spans: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])

    @property
    def seconds(self) -> float:
        """Give how long somebody waited: waits beside each other count once."""
        total, end = 0.0, 0.0
        for start, until in sorted(self.spans):
            total += max(0.0, until - max(start, end))
            end = max(end, until)
        return total


@contextmanager
def waited() -> Generator[Waits]:
    """Give the waits of what the block does, and of nothing that goes on beside it."""
    loop, found = asyncio.get_running_loop(), Waits()
    real, mark = loop.call_at, _WAITS.set(found)

    def call_at(
        when: float, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.TimerHandle:
        mine, since = _WAITS.get(), loop.time()

        def ran_out(*args: object) -> object:
            if mine is not None:
                mine.spans.append((since, when))
            return callback(*args)

        return real(when, ran_out, *args, context=context)

    loop.call_at = call_at  # pyright: ignore[reportAttributeAccessIssue]
    try:
        yield found
    finally:
        del loop.call_at  # pyright: ignore[reportAttributeAccessIssue]
        _WAITS.reset(mark)
