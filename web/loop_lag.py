"""How late the event loop is: what everybody waits then, whatever they asked for."""

import asyncio
from time import monotonic

from sync.cancellation import is_cancelled

EACH_SECONDS = 0.1
# A late loop is called late for a while: the next look may come in a moment of rest.
KEEPS = 0.8


class LoopLag:
    """`seconds` that the loop was late of late; 0 while nobody watches."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._looked: float | None = None

    @property
    def silent_seconds(self) -> float:
        """How long ago the loop last did anything, as another thread may ask; 0 before it began."""
        return 0.0 if self._looked is None else monotonic() - self._looked

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        clock = asyncio.get_running_loop().time
        while not is_cancelled():
            due = clock() + EACH_SECONDS
            await asyncio.sleep(EACH_SECONDS)
            self._looked = monotonic()
            self.seconds = max(clock() - due, KEEPS * self.seconds)
