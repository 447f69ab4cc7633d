"""The minutes of `make test` in a fresh checkout: on two quiet cores, and beside four busy loops.

It takes the two bars' goals together, so it runs only when it is asked for by name.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from bench.bars import Bar, Better

ROOT = Path(__file__).resolve().parent.parent
JARS = Path(".battwheels") / "neo4j" / "jars"
CORES = 2
LOOPS = 4
QUIET_GOAL = 12.0
LOADED_GOAL = 25.0
BUSY = (sys.executable, "-c", "while True: pass")


async def run() -> list[Bar]:
    return await asyncio.to_thread(_bars)


def _bars() -> list[Bar]:
    # What this process starts runs on two cores, on whatever machine it is.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    print(f"load before: {os.getloadavg()[0]:.1f}")
    with _checkout() as fresh:
        quiet = _minutes(fresh, "quiet")
        with _busy():
            loaded = _minutes(fresh, f"beside {LOOPS} busy loops")
    return [
        Bar(name="suite_minutes", measured=quiet, goal=QUIET_GOAL, better=Better.LOWER),
        Bar(name="suite_loaded_minutes", measured=loaded, goal=LOADED_GOAL, better=Better.LOWER),
    ]


def _minutes(fresh: Path, how: str) -> float:
    """Run the tests and give the minutes they took; a run that is not green never ends."""
    began = perf_counter()
    ran = _make(fresh, "test")
    minutes = (perf_counter() - began) / 60
    said = ran.stdout.strip().splitlines()
    if ran.returncode != 0:
        print("\n".join(said[-40:]))
    print(f"{how}: {minutes:.1f} minutes, {said[-1] if said else ran.stderr}", flush=True)
    return minutes if ran.returncode == 0 else float("inf")


@contextmanager
def _checkout() -> Generator[Path]:
    """Give a checkout of what is committed, with its own environment and the jars of this one."""
    with tempfile.TemporaryDirectory(prefix="battwheels-suite-") as folder:
        fresh = Path(folder) / "battwheels"
        _git("worktree", "add", "--detach", str(fresh), "HEAD")
        try:
            if (ROOT / JARS).is_dir():
                shutil.copytree(ROOT / JARS, fresh / JARS)
            if (ROOT.parent / "shared").is_dir():
                (Path(folder) / "shared").symlink_to(ROOT.parent / "shared")
            _make(fresh, ".venv/.ready").check_returncode()
            yield fresh
        finally:
            _git("worktree", "remove", "--force", str(fresh))


@contextmanager
def _busy() -> Generator[None]:
    loops = [subprocess.Popen(BUSY) for _ in range(LOOPS)]  # noqa: S603 - this interpreter
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def _git(*words: str) -> None:
    subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True)  # noqa: S603, S607 - our own checkout


def _make(where: Path, target: str) -> subprocess.CompletedProcess[str]:
    command = ["make", target]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)  # noqa: S603 - our own Makefile
