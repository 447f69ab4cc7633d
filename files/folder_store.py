"""Objects in a folder of this machine: where no bucket is named, and for tests.

A key is a path below the folder. What is removed moves to a folder beside, from which it can be
brought back; a put is a new file that takes the old one's place in one step.
"""

import asyncio
import os
import re
import secrets
from collections.abc import AsyncGenerator, AsyncIterable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import RawIOBase
from pathlib import Path

from domain.errors import NotFound, Unavailable
from files.object_store import ObjectFacts

KEY = re.compile(r"[a-z0-9_]+(?:/[a-z0-9_]+)*")
READ_AT_ONCE = 1 << 20
STORE = "files"


@dataclass(frozen=True, slots=True)
class FolderStore:
    """`root` is for its owner alone."""

    root: Path

    async def put(self, key: str, content: AsyncIterable[bytes]) -> None:
        path = self._path("kept", key)
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        try:
            with disk_faults():
                await asyncio.to_thread(make_closed, self.root, path.parent)
            await _write(part, content)
            with disk_faults():
                await asyncio.to_thread(part.replace, path)
        finally:
            part.unlink(missing_ok=True)

    async def read(self, key: str, start: int = 0) -> AsyncGenerator[bytes]:
        path = self._path("kept", key)
        try:
            stream = await asyncio.to_thread(path.open, "rb")
        except FileNotFoundError as error:
            raise NotFound("object", key) from error
        except OSError as error:
            raise Unavailable(STORE, f"the folder gives no file ({error.strerror})") from error
        with stream:
            stream.seek(start)
            while piece := await asyncio.to_thread(stream.read, READ_AT_ONCE):
                yield piece

    async def facts(self, key: str) -> ObjectFacts | None:
        return await asyncio.to_thread(_facts_of, key, self._path("kept", key))

    async def remove(self, key: str) -> None:
        await self._moved(key, "kept", "removed")

    async def restore(self, key: str) -> bool:
        return await self._moved(key, "removed", "kept")

    async def forget(self, key: str) -> None:
        for place in ("kept", "removed"):
            self._path(place, key).unlink(missing_ok=True)
        with suppress(OSError):
            self._path("kept", key).parent.rmdir()

    async def objects(self, prefix: str) -> AsyncGenerator[ObjectFacts]:
        root = self.root / "kept"
        for path in await asyncio.to_thread(lambda: [*_files_below(root)]):
            key = path.relative_to(root).as_posix()
            if key.startswith(prefix) and KEY.fullmatch(key):
                found = _facts_of(key, path)
                if found is not None:
                    yield found

    async def _moved(self, key: str, place: str, to: str) -> bool:
        path, there = self._path(place, key), self._path(to, key)
        await asyncio.to_thread(make_closed, self.root, there.parent)
        return await asyncio.to_thread(_move, path, there)

    def _path(self, place: str, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise NotFound("object", key)
        return self.root / place / key


@contextmanager
def disk_faults() -> Generator[None]:
    """Tell of a disk that is full or broken by our name for it; not of whoever sends."""
    try:
        yield
    except OSError as error:
        raise Unavailable(STORE, f"the folder takes no file ({error.strerror})") from error


def make_closed(root: Path, *folders: Path) -> None:
    """Make folders that nobody else may open."""
    for folder in (root, *folders):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


async def _write(path: Path, content: AsyncIterable[bytes]) -> None:
    with disk_faults():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb", 0) as stream:
        async for piece in content:
            await asyncio.to_thread(_add, stream, piece)
        with disk_faults():
            await asyncio.to_thread(os.fsync, stream.fileno())


def _add(stream: RawIOBase, piece: bytes) -> None:
    rest = memoryview(piece)
    with disk_faults():
        while rest:
            rest = rest[stream.write(rest) :]


def _facts_of(key: str, path: Path) -> ObjectFacts | None:
    try:
        found = path.stat()
    except OSError:
        return None
    at = datetime.fromtimestamp(found.st_mtime, UTC)
    return ObjectFacts(key=key, length=found.st_size, at=at)


def _move(path: Path, to: Path) -> bool:
    try:
        path.replace(to)
    except FileNotFoundError:
        return False
    return True


def _files_below(root: Path) -> Iterator[Path]:
    yield from sorted(path for path in root.rglob("*") if path.is_file())
