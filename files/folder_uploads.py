"""Uploads in a folder of this machine, sealed as they come; one that was cut off goes on.

What came is whole chunks, and behind them what ends the file: a chunk that was cut off is not
kept, so its sender begins there again. Bytes are sealed by a key that follows from the file's id:
the door that takes them asks no database.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from hmac import digest
from pathlib import Path
from typing import BinaryIO

from domain.errors import IllegalTransition, NotFound, Occupied
from domain.files import StoredFile
from domain.ids import FileId
from files.folder_store import READ_AT_ONCE, disk_faults, make_closed
from files.sealed_chunks import (
    CHUNK,
    SEALED_CHUNK,
    in_chunks,
    seal_chunk,
    sealed_length,
    unseal,
)
from files.upload_place import UploadAddress


@dataclass(frozen=True, slots=True)
class FolderUploads:
    """`key` is the one that all others follow from; `sign` gives the address of our own door."""

    root: Path
    key: bytes = field(repr=False)
    sign: Callable[[StoredFile, datetime], UploadAddress]

    def address(self, file: StoredFile, now: datetime) -> UploadAddress:
        return self.sign(file, now)

    async def received(self, id: FileId, length: int) -> int:
        return await asyncio.to_thread(_received, self._path(id), length)

    async def receive(
        self, id: FileId, start: int, length: int, came: AsyncIterable[bytes]
    ) -> None:
        """Keep what comes from a byte on, until there are `length` bytes; from 0 on it begins anew.

        Raises:
            IllegalTransition: the bytes before do not end there.
            Occupied: another sender of the same file is at work.
            Unavailable: the folder has no room.
        """
        with _held(self._path(id)) as stream:
            if start not in {0, _whole_bytes(os.fstat(stream.fileno()).st_size, length)}:
                raise IllegalTransition(
                    id, "asked", "stored", f"The bytes of {id} that came do not end at {start}."
                )
            await self._append(stream, id, start, length, came)

    async def read(self, id: FileId) -> AsyncGenerator[bytes]:
        async for plain in unseal(_sealed(self._path(id), id), self._key(id), id):
            yield plain

    async def discard(self, id: FileId) -> None:
        await asyncio.to_thread(self._path(id).unlink, missing_ok=True)

    async def waiting(self) -> AsyncGenerator[tuple[FileId, datetime]]:
        for path in await asyncio.to_thread(lambda: sorted(self.root.glob("fil_*"))):
            at = await asyncio.to_thread(_last_byte, path)
            if at is not None:
                yield FileId(path.name), at

    async def _append(
        self, stream: BinaryIO, id: FileId, start: int, length: int, came: AsyncIterable[bytes]
    ) -> None:
        place, have = start // CHUNK, start
        stream.seek(sealed_length(start))
        stream.truncate()
        async for chunk in in_chunks(came, CHUNK):
            have += len(chunk)
            if len(chunk) < CHUNK and have != length:
                return
            sealed = seal_chunk(self._key(id), id, place, chunk)
            await asyncio.to_thread(_write, stream, sealed)
            place += 1

    def _path(self, id: FileId) -> Path:
        return self.root / id

    def _key(self, id: FileId) -> bytes:
        return digest(self.key, f"upload\n{id}".encode(), sha256)


@contextmanager
def _held(path: Path) -> Generator[BinaryIO]:
    """Open a file for one sender."""
    with disk_faults():
        make_closed(path.parent.parent, path.parent)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Occupied("file", path.name) from error
        yield stream


def _write(stream: BinaryIO, sealed: bytes) -> None:
    with disk_faults():
        stream.write(sealed)
        stream.flush()


def _whole_bytes(sealed: int, length: int) -> int:
    """Say how many bytes came: whole chunks, and the last one where it ends the file."""
    if sealed == sealed_length(length):
        return length
    return sealed // SEALED_CHUNK * CHUNK


def _last_byte(path: Path) -> datetime | None:
    """Say when the last byte came; None: it was taken, or let go of, meanwhile."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def _received(path: Path, length: int) -> int:
    try:
        return _whole_bytes(path.stat().st_size, length)
    except FileNotFoundError:
        return 0


async def _sealed(path: Path, id: FileId) -> AsyncGenerator[bytes]:
    try:
        stream = await asyncio.to_thread(path.open, "rb")
    except FileNotFoundError as error:
        raise NotFound("file", id) from error
    with stream:
        while piece := await asyncio.to_thread(stream.read, READ_AT_ONCE):
            yield piece
