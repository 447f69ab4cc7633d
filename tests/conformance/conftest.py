"""Installs the clients by their lock, once, and runs a script of theirs."""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.waits import sure_to_end
from web.npm import run_npm_ci

HERE = Path(__file__).parent
FOLDER = HERE.parent.parent / ".battwheels" / "conformance"

Run = Callable[..., Awaitable[list[dict[str, Any]]]]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "conformance: independent clients from npm")


@pytest.fixture(scope="session")
def clients() -> Path:
    """The folder with the clients and our scripts."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    lock = (HERE / "package-lock.json").read_bytes()
    stamp = FOLDER / "installed.lock"
    if not stamp.is_file() or stamp.read_bytes() != lock:
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(HERE / name, FOLDER / name)
        run_npm_ci(FOLDER)
        stamp.write_bytes(lock)
    for script in HERE.glob("*.mjs"):
        shutil.copyfile(script, FOLDER / script.name)
    return FOLDER


@pytest.fixture
def run(clients: Path) -> Run:
    """Run a script with Node and give its lines of JSON."""

    async def _run(script: str, *words: str) -> list[dict[str, Any]]:
        process = await asyncio.create_subprocess_exec(
            find_node(),
            str(clients / script),
            *words,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with sure_to_end("the clients"):
                out, err = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        assert process.returncode == 0, err.decode()
        return [orjson.loads(line) for line in out.splitlines()]

    return _run


def find_node() -> str:
    beside = Path(sys.executable).parent / "node"
    return str(beside) if beside.is_file() else shutil.which("node") or "node"
