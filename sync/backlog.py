"""What a subscriber has been told but has not taken yet: bounded, whatever the reader does.

A reader that keeps up hears every change. One that is behind hears the newest of each thing alone,
and one that is far behind hears that it must read on from the log.
"""

import asyncio
from dataclasses import dataclass

BEHIND = 64
FAR_BEHIND = 1_000


@dataclass(frozen=True, slots=True)
class BufferedChange:
    """One change as it is sent: its place in the log, the thing it is about, and the words."""

    seq: int
    entity: str
    payload: str


class Backlog:
    """A queue for one reader; `overflown` says that changes above the last taken one are gone."""

    def __init__(self, behind: int = BEHIND, far_behind: int = FAR_BEHIND) -> None:
        self._behind = behind
        self._far_behind = far_behind
        self._told: dict[int, BufferedChange] = {}
        self._newest: dict[str, int] = {}
        self._something = asyncio.Event()
        self.overflown = False
        self.ended = False

    def __len__(self) -> int:
        return len(self._told)

    def put(self, told: BufferedChange) -> None:
        if self.overflown:
            return
        if len(self._told) >= self._behind:
            self._told.pop(self._newest.get(told.entity, -1), None)
        if len(self._told) >= self._far_behind:
            self._told.clear()
            self._newest.clear()
            self.overflown = True
        else:
            self._told[told.seq] = told
            self._newest[told.entity] = told.seq
        self._something.set()

    def withdraw(self, entity: str) -> None:
        """Forget what waits of a thing that the reader may no longer see."""
        if self._newest.pop(entity, None) is not None:
            self._told = {s: told for s, told in self._told.items() if told.entity != entity}

    def end(self) -> None:
        """Let the reader take what waits, and nothing after it."""
        self.ended = True
        self._something.set()

    async def take(self) -> list[BufferedChange]:
        """Wait for something and give all that waits, oldest first; nothing when it ended."""
        await self._something.wait()
        self._something.clear()
        taken = list(self._told.values())
        self._told.clear()
        self._newest.clear()
        if self.ended:
            self._something.set()
        return taken
