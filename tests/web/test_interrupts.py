"""Ctrl-C ends what lasts, whatever it is doing, and leaves no warning on the screen."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.commands import free_port, place
from tests.patience import PATIENT_SECONDS
from tests.waits import eventually
from web.interrupts import END_SECONDS
from web.local.stores import StoreUrls

# A house of its own does not start over customers that another one sealed, and complains of files
# that are shown by the cards of another.
pytestmark = pytest.mark.usefixtures("records", "graph")
STOPPED = 128 + signal.SIGINT
LAST_LINES = 20
# A line is printed before the command begins: nobody presses Ctrl-C while Python itself starts.
RUN = "from web.cli.main import main; print(flush=True); main()"
SLOW = b"POST /v1/graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Command:
    """A command that runs, and the file of its error stream.

    A file, since nobody reads while it runs: a pipe that is full would hold the command up.
    """

    process: Process
    errors: Path

    async def interrupted(self) -> tuple[str, str]:
        """Press Ctrl-C and give what was on the error stream, and what comes from there on."""
        before = self.errors.stat().st_size
        self.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(PATIENT_SECONDS):
            await self.process.communicate()
        assert self.process.returncode == STOPPED
        said = self.errors.read_bytes()
        return said[:before].decode(), said[before:].decode()

    async def answering(self, url: str) -> None:
        """Wait until it answers; if it never does, say what it said."""

        async def answers() -> bool:
            assert self.process.returncode is None
            try:
                return (await client.get(f"{url}/health")).is_success
            except httpx.TransportError:
                return False

        async with httpx.AsyncClient(timeout=PATIENT_SECONDS) as client:
            try:
                await eventually(answers)
            except AssertionError as error:
                error.add_note(self.last_words)
                raise

    @property
    def last_words(self) -> str:
        return "\n".join(self.errors.read_text(encoding="utf-8").splitlines()[-LAST_LINES:])


@asynccontextmanager
async def running(
    stores: StoreUrls, home: Path, *words: str, **more: str
) -> AsyncGenerator[Command]:
    errors = home / "errors.log"
    with errors.open("wb") as stream:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", RUN, *words),
            env=os.environ | place(stores, home) | more,
            stdout=PIPE,
            stderr=stream,
        )
    try:
        assert process.stdout is not None
        await process.stdout.readline()
        yield Command(process, errors)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def complaints(said: str) -> list[str]:
    """Give the lines that a person would take for a fault."""
    loud = ('"level":"warning"', '"level":"error"', '"level":"critical"', "Traceback", "Warning")
    return [line for line in said.splitlines() if any(word in line for word in loud)]


def unforeseen(said: str) -> list[str]:
    """Give the complaints of a start, but for those of a store that is slow or still empty."""
    foreseen = ('"for":', "no cards", '"logger":"psycopg.pool"')
    return [line for line in complaints(said) if not any(word in line for word in foreseen)]


def test_the_end_comes_within_three_seconds() -> None:
    assert END_SECONDS[signal.SIGINT] < 3


async def test_serving_ends_with_sockets_and_requests_open(
    stores: StoreUrls, tmp_path: Path
) -> None:
    port = free_port()
    async with running(stores, tmp_path, "serve", BATTWHEELS_PORT=str(port)) as command:
        await command.answering(f"http://127.0.0.1:{port}")
        url = f"ws://127.0.0.1:{port}/v1/graphql"
        async with connect(url, subprotocols=["graphql-transport-ws"]) as opened:  # pyright: ignore[reportArgumentType]
            await opened.send(json.dumps({"type": "connection_init"}))
            await opened.recv()
            _, half = await asyncio.open_connection("127.0.0.1", port)
            half.write(SLOW)
            await half.drain()
            before, said = await command.interrupted()
            half.close()
    assert (unforeseen(before), complaints(said)) == ([], [])


@pytest.mark.parametrize(
    ("command", "seconds"),
    [
        ("serve", 0.5),
        ("work", 0.5),
        ("demo", 0.5),
        ("serve", 3.0),
        pytest.param("work", 3.0, marks=pytest.mark.long),
        pytest.param("demo", 3.0, marks=pytest.mark.long),
    ],
)
async def test_a_start_is_ended(
    stores: StoreUrls, tmp_path: Path, command: str, seconds: float
) -> None:
    port = free_port()
    async with running(stores, tmp_path, command, BATTWHEELS_PORT=str(port)) as started:
        await asyncio.sleep(seconds)
        before, said = await started.interrupted()
    assert (unforeseen(before), complaints(said)) == ([], [])
