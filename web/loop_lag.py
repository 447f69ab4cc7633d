"""How late the event loop is: what everybody waits then, whatever they asked for."""

import asyncio

from sync.cancellation import is_cancelled

EACH_SECONDS = 0.1
# A late loop is called late for a while: the next look may come in a moment of rest.
KEEPS = 0.8


class LoopLag:
    """`seconds` that the loop was late of late; 0 while nobody watches."""

    def __init__(self) -> None:
        self.seconds = 0.0

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        clock = asyncio.get_running_loop().time
        while not is_cancelled():
            due = clock() + EACH_SECONDS
            await asyncio.sleep(EACH_SECONDS)
            self.seconds = max(clock() - due, KEEPS * self.seconds)
