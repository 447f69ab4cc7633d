"""How a garage's client hears that there is something to fetch: it follows `syncRequired`.

A hint says when to look, not what there is: the cursor of the replica says that. So one that comes
twice, or never, costs nothing but a look, and the client looks by itself every five seconds.
"""

import asyncio
from contextlib import suppress

import httpx

from web.garage.client import POLL_SECONDS, TIMEOUT, RemoteService

STREAM = "/v1/graphql/stream"
FOLLOW = "subscription { syncRequired { __typename } }"
NEWS = "event: next"
# Hints that come together are one look.
GATHER_SECONDS = 0.5


class SyncHints:
    """The stream of hints of one service, for as long as `listen` runs."""

    def __init__(self, remote: RemoteService) -> None:
        self._remote = remote
        self._told = asyncio.Event()

    async def listen(self) -> None:
        """Follow until cancelled; where the service has no such stream, tries go on."""
        while True:
            with suppress(httpx.TransportError):
                await self._follow()
            await asyncio.sleep(POLL_SECONDS)

    async def wait(self, seconds: float) -> None:
        """Wait for a hint, so many seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._told.wait()
                await asyncio.sleep(GATHER_SECONDS)
        self._told.clear()

    async def _follow(self) -> None:
        headers = {
            "authorization": f"Bearer {self._remote.token}",
            "accept": "text/event-stream",
        }
        async with self._remote.http.stream(
            "POST", STREAM, json={"query": FOLLOW}, headers=headers, timeout=TIMEOUT
        ) as answer:
            if not answer.is_success:
                return
            # What was hinted at while nobody listened.
            self._told.set()
            async for line in answer.aiter_lines():
                if line == NEWS:
                    self._told.set()
