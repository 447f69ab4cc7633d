"""Server-sent events of a followed subscription: numbered, so that a client resumes by itself."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

import orjson
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from domain.errors import NotAuthenticated
from resolvers.subscriptions.audience import Broadcast, RunEnded, RunRefused
from resolvers.subscriptions.changes import parse_cursor
from resolvers.subscriptions.requests import SubscriptionRequest
from sync.backlog import BufferedChange

PING_SECONDS = 15.0
# A client that takes nothing for so long is let go.
TAKEN_SECONDS = 40.0
KEY_REVOKED = "the key was revoked"
PING = ": ping\r\n\r\n"
COMPLETE = "event: complete\r\ndata: \r\n\r\n"
HEADERS: Mapping[str, str] = {
    "cache-control": "no-store, no-transform",
    "x-accel-buffering": "no",
}


def resume_after(asked: SubscriptionRequest, last_event_id: str | None) -> SubscriptionRequest:
    """Go on behind the event that the client had last: it says more than the document it repeats.

    Raises:
        InvalidInput: we never sent such an id.
    """
    return asked if not last_event_id else replace(asked, after=parse_cursor(last_event_id))


class EventStream(Response):
    media_type = "text/event-stream"

    def __init__(
        self,
        news: AsyncGenerator[Broadcast],
        seconds: float | None,
        revoked: asyncio.Event | None = None,
        why: str = KEY_REVOKED,
    ) -> None:
        """End after so many seconds, or when the word for the caller is `revoked`, and say why."""
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._news = news
        self._seconds = seconds
        self._revoked = revoked
        self._why = why

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        async with aclosing(self._news):
            try:
                async with asyncio.timeout(self._seconds), until_set(self._revoked):
                    await self._told(send)
            except TimeoutError:
                await _send_text(send, _event_text(_ended_text(self._end())))
        await _send_text(send, COMPLETE)
        await send({"type": "http.response.body", "body": b""})

    def _end(self) -> str:
        gone = self._revoked is not None and self._revoked.is_set()
        return self._why if gone else "the token has expired"

    async def _told(self, send: Send) -> None:
        async for news in _with_pings(self._news):
            if news is None:
                await _send_text(send, PING)
            elif isinstance(news, RunRefused):
                said = {"data": None, "errors": [error.formatted for error in news.errors]}
                await _send_text(send, _event_text(orjson.dumps(said).decode()))
                return
            else:
                seq = news.seq if isinstance(news, BufferedChange) else None
                await _send_text(send, _event_text(news.payload, seq))
                if isinstance(news, RunEnded):
                    return


async def _with_pings(news: AsyncIterator[Broadcast]) -> AsyncGenerator[Broadcast | None]:
    """Give the news, and None whenever there was none for a while."""
    coming = asyncio.ensure_future(anext(news, None))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=PING_SECONDS)
            if not done:
                yield None
                continue
            if (told := coming.result()) is None:
                return
            yield told
            coming = asyncio.ensure_future(anext(news, None))
    finally:
        coming.cancel()
        await asyncio.wait({coming})


async def _send_text(send: Send, text: str) -> None:
    try:
        async with asyncio.timeout(TAKEN_SECONDS):
            await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
    except TimeoutError as error:
        raise ClientDisconnect from error


def _event_text(payload: str, seq: int | None = None) -> str:
    numbered = "" if seq is None else f"id: {seq}\r\n"
    return f"{numbered}event: next\r\ndata: {payload}\r\n\r\n"


@asynccontextmanager
async def until_set(event: asyncio.Event | None) -> AsyncGenerator[None]:
    """Run the block until an event is set.

    Raises:
        TimeoutError: it was set before the block ended.
    """
    if event is None:
        yield
        return
    async with asyncio.timeout(None) as until:
        waiting = asyncio.create_task(event.wait())

        def end(_: asyncio.Task[bool]) -> None:
            until.reschedule(asyncio.get_running_loop().time())

        waiting.add_done_callback(end)
        try:
            yield
        finally:
            waiting.remove_done_callback(end)
            waiting.cancel()


def _ended_text(why: str) -> str:
    said = {
        "message": str(NotAuthenticated(why)),
        "extensions": {"code": "NOT_AUTHENTICATED"},
    }
    return orjson.dumps({"data": None, "errors": [said]}).decode()
