"""How much a request may carry, and from where a browser may send it."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from strawberry.http.websocket_origin import is_same_origin, normalize_origin

from web.caps import Caps
from web.headers import read_header
from web.paths import UPLOADS

# A header that no page can send to another origin without being asked first (CORS preflight).
PREFLIGHTED = ("authorization", "graphql-require-preflight", "apollo-require-preflight")
OWN = frozenset({"same-origin", "none"})
# So much of a body is taken however many large ones come in: else a few senders of large bodies
# would keep everybody out. Connections are counted, so all of these together are bounded too.
SMALL_BYTES = 16_384


def is_upload(scope: Mapping[str, Any]) -> bool:
    """Say whether a request brings a file: its door counts the bytes by what it signed itself."""
    return scope.get("method") == "PUT" and scope["path"].startswith(UPLOADS)


class BodyRefused(Exception):
    """The body does not come in as it may; the status and the words say why."""

    def __init__(self, status: int, code: str, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.code = code
        self.said = said


class BodyLimit:
    """Reads bodies within their caps: bytes of one, bytes of all at one time, seconds until whole.

    `scope["state"]["most"]` may lower the cap for a request whose caller is known by then.
    """

    def __init__(self, app: ASGIApp, caps: Caps) -> None:
        self._app = app
        self._caps = caps
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_upload(scope):
            await self._app(scope, receive, send)
            return
        announced = read_header(scope, b"content-length")
        announced = "0" if announced is None else announced
        size = int(announced[:20]) if announced.isascii() and announced.isdecimal() else -1
        body = Body(self, self._caps, scope.setdefault("state", {}))
        try:
            if not 0 <= size <= self._caps.body_bytes:
                raise _too_large(self._caps.body_bytes)
            await self._app(scope, body.reader(receive), send)
        except BodyRefused as wrong:
            error = {"message": wrong.said, "extensions": {"code": wrong.code}}
            answer = JSONResponse({"errors": [error]}, status_code=wrong.status)
            await answer(scope, receive, send)
        finally:
            self._held -= body.shared

    def hold(self, size: int) -> bool:
        """Count bytes that came in; False when all bodies together are too many."""
        self._held += size
        return size == 0 or self._held <= self._caps.bodies_bytes


@dataclass(slots=True)
class Body:
    """One request's body while it comes in."""

    all: BodyLimit
    caps: Caps
    state: Mapping[str, Any]
    size: int = 0
    whole: bool = False

    @property
    def shared(self) -> int:
        """The bytes that count among all bodies; a small one is nobody else's matter."""
        return max(0, self.size - SMALL_BYTES)

    def reader(self, receive: Receive) -> Receive:
        until = asyncio.get_running_loop().time() + self.caps.body_seconds

        async def counted() -> Message:
            if self.whole:
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError as late:
                said = f"The body was not whole after {self.caps.body_seconds} seconds."
                raise BodyRefused(408, "TOO_SLOW", said) from late
            self._count(len(message.get("body", b"")))
            self.whole = not message.get("more_body", False)
            return message

        return counted

    def _count(self, size: int) -> None:
        before = self.shared
        self.size += size
        most = self.state.get("most", self.caps.body_bytes)
        if not self.all.hold(self.shared - before):
            said = "Too many requests come in at once. Try again in a second."
            raise BodyRefused(503, "BUSY", said)
        if self.size > most:
            raise _too_large(most)


def _too_large(most: int) -> BodyRefused:
    return BodyRefused(413, "TOO_LARGE", f"The body is over {most} bytes.")


def is_forged(headers: Headers, origins: Collection[str]) -> bool:
    """Say whether this may be a page of another site using its visitor's browser (CSRF).

    Clients that are no browsers send neither `Origin` nor `Sec-Fetch-Site`; a page of another site
    cannot set the headers that would have been preflighted.
    """
    if any(name in headers for name in PREFLIGHTED):
        return False
    if headers.get("sec-fetch-site", "none") not in OWN:
        return True
    origin = headers.get("origin")
    if origin is None or is_same_origin(origin, headers.get("host")):
        return False
    return normalize_origin(origin) not in origins
