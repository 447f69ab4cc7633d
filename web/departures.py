"""A caller who leaves before the answer: what is done for them ends (docs/limits.md).

Most requests are over before anybody could leave, so the watch begins only after a moment: it costs
a task. Whoever left meanwhile is found by its first look.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress

from starlette.types import Receive

FIRST_LOOK_SECONDS = 0.01


class Departure:
    """Ends the task that made it once its caller has gone; one for each request."""

    __slots__ = ("_over", "_receive", "_task", "_watch", "gone")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._task = asyncio.current_task()
        self._watch: asyncio.Task[None] | None = None
        self._over = self.gone = False

    async def unless_gone(self, work: Awaitable[None]) -> None:
        """Await some work; it is cancelled, and nothing is raised, when the caller goes."""
        first = asyncio.get_running_loop().call_later(FIRST_LOOK_SECONDS, self._begin)
        try:
            await work
        except asyncio.CancelledError:
            if not self.gone or self._task is None or self._task.uncancel() > 0:
                raise
        finally:
            self._over = True
            first.cancel()
            await self._end()

    def _begin(self) -> None:
        self._watch = asyncio.create_task(_until_disconnected(self._receive))
        self._watch.add_done_callback(self._cancel)

    def _cancel(self, watch: asyncio.Task[None]) -> None:
        if not self._over and not watch.cancelled() and self._task is not None:
            self.gone = True
            self._task.cancel()

    async def _end(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch


async def _until_disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
