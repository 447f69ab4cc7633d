"""A peer that runs on Node: installed by its lock, once, and served as long as a block lasts."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from web.npm import run_npm_ci

HERE = Path(__file__).parent
KEPT = Path(".bench")
FILES = ("package.json", "package-lock.json", "server.mjs")


@asynccontextmanager
async def node_peer(
    name: str, *arguments: str, **environment: str
) -> AsyncGenerator[tuple[str, int]]:
    """Give the place and the process id of `bench/NAME/server.mjs`, as it prints them."""
    node = Path(sys.executable).parent / "node"
    process = await asyncio.create_subprocess_exec(
        str(node),
        "server.mjs",
        *arguments,
        cwd=_installed(name),
        env=os.environ | environment,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None  # noqa: S101
    try:
        # The command is a small Python program that starts node itself.
        port, pid = map(int, (await process.stdout.readline()).split())
        try:
            yield f"127.0.0.1:{port}", pid
        finally:
            # It holds the pipe that the wait below waits for.
            psutil.Process(pid).terminate()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _installed(name: str) -> Path:
    folder, source = KEPT / name, HERE / name
    folder.mkdir(parents=True, exist_ok=True)
    stamp, lock = folder / "installed.lock", (source / "package-lock.json").read_bytes()
    for file in FILES:
        shutil.copyfile(source / file, folder / file)
    if not stamp.is_file() or stamp.read_bytes() != lock:
        run_npm_ci(folder)
        stamp.write_bytes(lock)
    return folder
