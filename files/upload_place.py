"""Where bytes come in before anybody has looked at them."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.files import StoredFile
from domain.ids import FileId


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadAddress:
    """Where the bytes of one file go, and with which headers; whoever has it needs no token.

    Attributes:
        resumable: `HEAD` says in `Upload-Offset` how many bytes came, and the rest may follow.
    """

    url: str
    headers: Mapping[str, str]
    expires_at: datetime
    resumable: bool
    method: str = "PUT"


class UploadPlace(Protocol):
    """Our own door, or a bucket that takes what we signed."""

    def address(self, file: StoredFile, now: datetime) -> UploadAddress:
        """Give an address that takes this file alone: its type, its length, for a while."""
        ...

    async def received(self, id: FileId, length: int) -> int:
        """Say how many bytes came of so many."""
        ...

    def read(self, id: FileId) -> AsyncGenerator[bytes]:
        """Give what came.

        Raises:
            NotFound: nothing came.
            Unavailable: the store does not answer.
        """
        ...

    async def discard(self, id: FileId) -> None:
        """Let go of what came; nothing is there of one that is not."""
        ...

    def waiting(self) -> AsyncGenerator[tuple[FileId, datetime]]:
        """Give what came and was not taken yet, with when its last byte did."""
        ...
