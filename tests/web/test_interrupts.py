"""Ctrl-C ends what lasts, whatever it is doing, and leaves no warning on the screen."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.commands import free_port, place
from tests.patience import PATIENT_SECONDS
from tests.waits import eventually
from web.interrupts import END_SECONDS
from web.local.stores import StoreUrls

STOPPED = 128 + signal.SIGINT
# A line is printed before the command begins: nobody presses Ctrl-C while Python itself starts.
RUN = "from web.cli.main import main; print(flush=True); main()"
SLOW = b"POST /v1/graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n"


@asynccontextmanager
async def running(
    stores: StoreUrls, home: Path, *words: str, **more: str
) -> AsyncGenerator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", RUN, *words),
        env=os.environ | place(stores, home) | more,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        assert process.stdout is not None
        await process.stdout.readline()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def interrupted(process: Process) -> str:
    """Press Ctrl-C and give what is on the error stream at the end."""
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(PATIENT_SECONDS):
        _, said = await process.communicate()
    assert process.returncode == STOPPED
    return said.decode()


def complaints(said: str) -> list[str]:
    """Give the lines that a person would take for a fault."""
    loud = ('"level":"warning"', '"level":"error"', '"level":"critical"', "Traceback", "Warning")
    return [line for line in said.splitlines() if any(word in line for word in loud)]


async def answering(url: str) -> None:
    async def answers() -> bool:
        try:
            return (await client.get(f"{url}/health")).is_success
        except httpx.TransportError:
            return False

    async with httpx.AsyncClient(timeout=PATIENT_SECONDS) as client:
        await eventually(answers)


def test_the_end_comes_within_three_seconds() -> None:
    assert END_SECONDS[signal.SIGINT] < 3


async def test_serving_ends_with_sockets_and_requests_open(
    stores: StoreUrls, tmp_path: Path
) -> None:
    port = free_port()
    async with running(stores, tmp_path, "serve", BATTWHEELS_PORT=str(port)) as process:
        await answering(f"http://127.0.0.1:{port}")
        url = f"ws://127.0.0.1:{port}/v1/graphql"
        async with connect(url, subprotocols=["graphql-transport-ws"]) as opened:  # pyright: ignore[reportArgumentType]
            await opened.send(json.dumps({"type": "connection_init"}))
            await opened.recv()
            _, half = await asyncio.open_connection("127.0.0.1", port)
            half.write(SLOW)
            await half.drain()
            said = await interrupted(process)
            half.close()
    before = [line for line in complaints(said) if '"for":' not in line and "no cards" not in line]
    assert before == []


@pytest.mark.parametrize("command", ["serve", "work", "demo"])
@pytest.mark.parametrize("seconds", [0.5, 3.0])
async def test_a_start_is_ended(
    stores: StoreUrls, tmp_path: Path, command: str, seconds: float
) -> None:
    port = free_port()
    async with running(stores, tmp_path, command, BATTWHEELS_PORT=str(port)) as process:
        await asyncio.sleep(seconds)
        said = await interrupted(process)
    assert [line for line in complaints(said) if "no cards" not in line] == []
