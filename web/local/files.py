"""Files that are either whole or absent, and a lock that one process holds at a time."""

import fcntl
import os
import secrets
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

PAUSE = 0.05


def write_whole(path: Path, text: str, mode: int = 0o600) -> None:
    """Put `text` at `path` in one step, so that a crash leaves the old file or the new one."""
    part = path.with_name(path.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w") as stream:
        stream.write(text)
    part.chmod(mode)
    part.replace(path)


def read_or_create(path: Path, make: Callable[[], str]) -> str:
    """Give what stands at `path`, for its owner alone; where nothing does, what `make` gives.

    Of several processes that find nothing at once all get what the first one put there.
    """
    if not path.exists():
        own = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        write_whole(own, make())
        with suppress(FileExistsError):
            os.link(own, path)
        own.unlink()
    return path.read_text()


@contextmanager
def private() -> Generator[None]:
    """Let nobody else read what is made in here, also by the processes that are started in here."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def hold_lock(path: Path, patience: float) -> Generator[None]:
    """Hold `path` alone; raises TimeoutError when another holds it for `patience` seconds."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _acquire_lock(handle, time.monotonic() + patience)
        yield
    finally:
        # Closing gives the lock back, as does the death of this process.
        os.close(handle)


def _acquire_lock(handle: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TimeoutError from None
            time.sleep(PAUSE)
        else:
            return
