"""A line to Redis that requests share: a command is written where it is asked.

Redis answers each line in the order that it was asked in, so nobody waits for a connection of a
pool, and nothing is done for a command but to write it and to read its answer: a third of what the
client spends on one. The client makes the connection (its address, password, encryption and
database), and closes it with its pool. Whoever has a time limit of their own has a line of their
own: one that is given up for one command is given up for all.

It is for short commands that everybody needs. One that blocks would keep all others waiting.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, cast

import hiredis
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as LineLost
from redis.exceptions import ResponseError

Word = str | bytes | int
# What is waited for, and until when by the loop's clock.
Answers = deque[tuple[asyncio.Future[Any], float]]
NOTHING_YET = object()
# Whoever asks waits less; a server that is back is found out soon.
OPENING_SECONDS = 0.5
# It is typed as if a command had one word.
pack_command: Callable[[tuple[Word, ...]], bytes] = cast("Any", hiredis).pack_command


class RedisConnection(asyncio.Protocol):
    """Opened by its first command, and again by the next one after it was lost."""

    def __init__(self, redis: Redis, seconds: float) -> None:
        """Each command may take `seconds`, with the opening of the line if it comes to that."""
        self._seconds = seconds
        self._pool = redis.connection_pool
        self._line: asyncio.Transport | None = None
        self._held: AbstractConnection | None = None
        self._before: asyncio.BaseProtocol | None = None
        self._opening: asyncio.Task[None] | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._waiting: Answers = deque()
        self._clock: asyncio.TimerHandle | None = None
        self._reader = hiredis.Reader(notEnoughData=NOTHING_YET)

    async def ask(self, *command: Word) -> Any:  # noqa: ANN401 - whatever Redis says
        """Give what Redis answers to a command in time; after a silence the line is let go.

        Raises:
            ResponseError: it refuses the command.
            TimeoutError: it does not answer in time.
            RedisError, OSError: there is no line, or it was lost before the answer.
        """
        until = asyncio.get_running_loop().time() + self._seconds
        line = self._line
        if line is None:
            line = await self._opened_by(until)
        return await self._write(line, command, until)

    def _write(
        self, line: asyncio.Transport, command: tuple[Word, ...], until: float
    ) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        self._waiting.append((answer, until))
        if self._clock is None:
            self._clock = loop.call_at(until, self._look)
        line.write(pack_command(command))
        return answer

    def _look(self) -> None:
        """End what waits too long, and the line with it.

        One timer serves all who wait: who asked first is answered first, and late first.
        """
        self._clock = None
        if not self._waiting:
            return
        loop = asyncio.get_running_loop()
        answer, until = self._waiting[0]
        if until > loop.time():
            self._clock = loop.call_at(until, self._look)
            return
        if not answer.done():
            answer.set_exception(TimeoutError())
        self.drop()

    def drop(self) -> None:
        """Let go of a line that nobody answers on; the next command opens another.

        One that is still being opened ends by itself (`OPENING_SECONDS`).
        """
        if self._line is not None:
            self._line.abort()
            self._lose(None)

    async def _opened_by(self, until: float) -> asyncio.Transport:
        """Give the line once it is open; it may be lost again before whoever waited goes on."""
        async with asyncio.timeout_at(until):
            while (line := self._line) is None:
                await self._opened()
        return line

    async def _opened(self) -> None:
        """Open the line once for all who ask meanwhile."""
        if self._opening is None or self._opening.done():
            self._opening = asyncio.create_task(self._open())
            self._opening.add_done_callback(_hear_failure)
        await asyncio.shield(self._opening)

    async def _open(self) -> None:
        try:
            async with asyncio.timeout(OPENING_SECONDS):
                held = await self._pool.get_connection()
        except TimeoutError as error:
            raise LineLost("nobody answers") from error
        writer = held._writer  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - it has no other door
        if writer is None:
            raise LineLost("closed before it was used")
        line = cast("asyncio.Transport", writer.transport)
        self._held, self._line, self._before = held, line, line.get_protocol()
        self._reader = hiredis.Reader(notEnoughData=NOTHING_YET)
        line.set_protocol(self)

    # What the line tells.

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (answer := self._reader.gets()) is not NOTHING_YET and self._waiting:
            asked, _ = self._waiting.popleft()
            if asked.done():
                # Whoever asked waits no longer.
                continue
            if isinstance(answer, hiredis.ReplyError):
                asked.set_exception(ResponseError(str(answer)))
            else:
                asked.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._before is not None:
            # The client waits for it when it closes.
            self._before.connection_lost(exc)
        self._lose(exc)

    def _lose(self, why: Exception | None) -> None:
        waiting: Answers = self._waiting
        self._waiting = deque()
        for one, _ in waiting:
            if not one.done():
                one.set_exception(LineLost(f"the line was lost: {why}"))
        held, self._held, self._line = self._held, None, None
        if held is not None:
            self._leaving = asyncio.create_task(self._given_back(held))

    async def _given_back(self, held: AbstractConnection) -> None:
        await held.disconnect(nowait=True)
        await self._pool.release(held)


def _hear_failure(opening: asyncio.Task[None]) -> None:
    """Hear why a line could not be opened, also when nobody waits for it any longer."""
    if not opening.cancelled():
        opening.exception()
