"""How a loop waits for its next work: told by others, and looking by itself after a while."""

import asyncio
from typing import Protocol


class Wake(Protocol):
    async def wait(self, seconds: float) -> bool:
        """Wait until told that there may be work, `seconds` at most; say whether it was told."""
        ...


class Clock:
    """Wakes by time alone, for a loop that nobody tells."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def wait(self, seconds: float) -> bool:
        await asyncio.sleep(min(seconds, self._seconds))
        return False
