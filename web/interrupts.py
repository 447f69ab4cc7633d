"""Ctrl-C and SIGTERM: an orderly end where that is quick, and an end in any case.

A cancelled task waits for what it awaits, and Python for its threads: a store that is starting, a
model that is loading. Nothing of ours needs them to end well: what was acknowledged is in
the stores, and whoever starts next takes over. So the process ends when its time is over.
"""

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Coroutine
from types import FrameType

import uvicorn
import uvloop

# A person waits at the screen; a supervisor gives ten seconds and wants requests to be finished.
END_SECONDS = {signal.SIGINT: 2.5, signal.SIGTERM: 9.0}
# Of that, for requests that are being answered.
GRACE_SECONDS = {signal.SIGINT: 1, signal.SIGTERM: 5}
# Who speaks of requests that are cut and of connections that are let go in the middle: on Ctrl-C
# that is what was asked for.
TALKATIVE = ("uvicorn.error", "psycopg.pool", "neo4j", "battwheels.bus", "battwheels.serving")


def run(work: Coroutine[object, object, None]) -> None:
    """Run until the work or the process is ended; told by a signal, exit as shells expect it."""

    async def guarded() -> None:
        interrupt = Interrupt()
        interrupt.listen()
        try:
            await work
        except asyncio.CancelledError:
            if interrupt.signal is None:
                raise
            raise SystemExit(interrupt.code) from None

    # Half of what a request costs with asyncio's own loop is that loop.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(guarded())


class Interrupt:
    """Cancels the task that made it when a signal comes."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self.signal: signal.Signals | None = None

    @property
    def code(self) -> int:
        return 128 + (self.signal or 0)

    def listen(self) -> None:
        for each in END_SECONDS:
            signal.signal(each, self._told)

    def _told(self, number: int, _: FrameType | None) -> None:
        if self.signal is None:
            self.signal = signal.Signals(number)
            end_soon(self.signal)
        if self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)


class PromptServer(uvicorn.Server):
    """uvicorn's server, which gives requests their grace and then ends with the process."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        told = signal.Signals(sig)
        self.config.timeout_graceful_shutdown = GRACE_SECONDS[told]
        end_soon(told)
        super().handle_exit(sig, frame)


def end_soon(told: signal.Signals) -> None:
    """End the process in so many seconds, if it has not ended by itself."""
    if told is signal.SIGINT:
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.CRITICAL)

    def end() -> None:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(128 + told)

    timer = threading.Timer(END_SECONDS[told], end)
    timer.daemon = True
    timer.start()
