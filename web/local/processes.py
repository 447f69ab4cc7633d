"""Processes that outlive the one that started them, and how to find them again."""

import json
import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from web.local import files

# The kernel counts a start in ticks since boot, and the boot's own time may be corrected later.
SAME_START_S = 2.0
PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """A process written down: its id alone may by now belong to another process."""

    pid: int
    created: float
    port: int
    mark: str

    def save(self, path: Path) -> None:
        files.write_whole(path, json.dumps(asdict(self)) + "\n")

    @classmethod
    def load(cls, path: Path) -> "ProcessRecord | None":
        """The record at `path`; None when there is none that can be read."""
        try:
            return cls(**json.loads(path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def process(self) -> psutil.Process | None:
        """The process itself if it still runs and is the one that was written down."""
        reap_process(self.pid)
        try:
            found = psutil.Process(self.pid)
            alive = not is_over(found)
            same = abs(found.create_time() - self.created) < SAME_START_S
        except psutil.Error:
            return None
        # A clock that was set leaves the mark; a server that is just setting up its arguments
        # leaves the start.
        return found if alive and (same or carries_mark(found, self.mark)) else None


@dataclass(frozen=True, slots=True)
class ProcessCommand:
    """What to run; `mark` is the argument that tells this process from every other."""

    arguments: tuple[str, ...]
    mark: str
    environment: Mapping[str, str]
    log: Path


def spawn_process(command: ProcessCommand) -> int:
    """Start a process in a session of its own, so that it survives its parent and a Ctrl-C."""
    out = os.open(command.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        return os.posix_spawn(
            command.arguments[0],
            command.arguments,
            command.environment,
            setsid=True,
            # A parent that ignores or blocks signals must not hand that on.
            setsigdef=(signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE),
            setsigmask=(),
            file_actions=(
                (os.POSIX_SPAWN_DUP2, nothing, 0),
                (os.POSIX_SPAWN_DUP2, out, 1),
                (os.POSIX_SPAWN_DUP2, out, 2),
            ),
        )
    finally:
        os.close(out)
        os.close(nothing)


def created_at(pid: int) -> float:
    """When the process started; 0 when it has already ended."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return 0.0


def is_over(process: psutil.Process) -> bool:
    """Whether nothing of the process runs any more, though it may not be waited for yet.

    A killed server's first thread ends first; until the last one has, ports and locks stay taken.
    """
    return process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1


def reap_process(pid: int) -> None:
    """Let a child of ours that has ended go; a stranger's child is not ours to wait for."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def marked_processes(mark: str) -> list[psutil.Process]:
    """Every process that carries the mark, eldest first."""
    found = [process for process in psutil.process_iter() if carries_mark(process, mark)]
    return sorted(found, key=lambda process: process.create_time())


def carries_mark(process: psutil.Process, mark: str) -> bool:
    """Whether the process lives and has the mark among its arguments."""
    try:
        return not is_over(process) and mark in process.cmdline()
    except psutil.Error:
        return False


def end_process(process: psutil.Process, ask: signal.Signals, patience: float) -> None:
    """Ask a process to end, wait, and kill it if it does not."""
    with suppress(psutil.NoSuchProcess):
        process.send_signal(ask)
    if not is_gone(process, patience):
        with suppress(psutil.NoSuchProcess):
            process.kill()
        is_gone(process, patience)


def is_gone(process: psutil.Process, patience: float) -> bool:
    """Whether the process ends within `patience` seconds."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        reap_process(process.pid)
        try:
            if not process.is_running() or is_over(process):
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(PAUSE)
    return False
