"""How much a request may carry, and from where a browser may send it."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from strawberry.http.websocket_origin import is_same_origin, normalize_origin

BODY_BYTES = 1 << 20
# A header that no page can send to another origin without being asked first (CORS preflight).
PREFLIGHTED = ("authorization", "graphql-require-preflight", "apollo-require-preflight")
OWN = frozenset({"same-origin", "none"})


class TooLarge(Exception):
    """The body went over the limit while it was read."""


class Bodies:
    """Refuses a body over a mebibyte, by its announced length or while it streams in."""

    def __init__(self, app: ASGIApp, most: int = BODY_BYTES) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdecimal() or int(announced[:20]) > self._most:
            await self._refuse(scope, receive, send)
            return
        try:
            await self._app(scope, self._counted(receive), send)
        except TooLarge:
            await self._refuse(scope, receive, send)

    def _counted(self, receive: Receive) -> Receive:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._most:
                raise TooLarge
            return message

        return counted

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = f"The body is over {self._most} bytes."
        await JSONResponse(
            {"errors": [{"message": said, "extensions": {"code": "TOO_LARGE"}}]}, status_code=413
        )(scope, receive, send)


def forged(headers: Headers, origins: Collection[str]) -> bool:
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
