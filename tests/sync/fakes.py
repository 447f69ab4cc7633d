"""An outbox in memory, and a Redis of a test's own that may be stopped and started."""

import asyncio
import socket
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Sequence
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as NotConnected

from domain.events import Event
from domain.ids import EventId
from web.local.redis import redis_executable


class Outbox:
    """Events in the order they were left; they stay until they are forgotten."""

    def __init__(self, events: Sequence[Event] = ()) -> None:
        self.events = {event.id: event for event in events}
        self.forgets = True

    async def pending(self, limit: int) -> list[Event]:
        return list(self.events.values())[:limit]

    async def forget(self, ids: Sequence[EventId]) -> None:
        if not self.forgets:
            raise asyncio.CancelledError
        for gone in ids:
            self.events.pop(gone, None)

    def leave(self, *events: Event) -> None:
        self.events |= {event.id: event for event in events}


class RedisServer:
    """A server without a memory of its own: what it held is gone when it stops."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: Process | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.client = Redis.from_url(f"redis://127.0.0.1:{self.port}/0", protocol=2)

    async def start(self) -> None:
        options = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "")
        self._process = await asyncio.create_subprocess_exec(
            redis_executable(), *options, "--dir", str(self._folder), stdout=DEVNULL
        )
        while not await self._answers():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)

    async def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None

    async def _answers(self) -> bool:
        try:
            return bool(await self.client.ping())  # pyright: ignore[reportGeneralTypeIssues]
        except NotConnected:
            return False
