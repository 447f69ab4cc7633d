"""What keeps bytes by a key, with the few verbs of S3 that are needed; one contract for all.

What is removed can be brought back until it is forgotten, or until its store lets go of it.
"""

from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectFacts:
    """An object that is there: its key, its bytes as they are stored, and since when."""

    key: str
    length: int
    at: datetime


class ObjectStore(Protocol):
    """A folder of this machine, or a bucket behind the S3 interface."""

    async def put(self, key: str, content: AsyncIterable[bytes]) -> None:
        """Keep an object, whole or not at all, in place of one of the same key.

        Raises:
            Unavailable: the store does not answer, or has no room.
        """
        ...

    def read(self, key: str, start: int = 0) -> AsyncGenerator[bytes]:
        """Give an object's bytes from one of them on.

        Raises:
            NotFound: there is none.
            Unavailable: the store does not answer.
        """
        ...

    async def facts(self, key: str) -> ObjectFacts | None:
        """Say what stands there; None: nothing."""
        ...

    async def remove(self, key: str) -> None:
        """Take an object away, so that it can be brought back; one that is not there stays so."""
        ...

    async def restore(self, key: str) -> bool:
        """Bring back what was removed last; False: there is nothing to bring back."""
        ...

    async def forget(self, key: str) -> None:
        """Let go of an object for good, with all that was there before it."""
        ...

    def objects(self, prefix: str) -> AsyncGenerator[ObjectFacts]:
        """Give all objects whose keys begin so, in the order of their keys."""
        ...
