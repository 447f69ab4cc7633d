"""What every request is wrapped in: a trace id, a line in the log, a count, security headers."""

import logging
from collections.abc import Collection, Mapping
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.api_versions import HEADER as VERSION
from web.api_versions import PREFIX, answering_version
from web.headers import RawHeaders, raw_headers, read_header, with_missing
from web.json_logs import TRACE, trace_id
from web.metrics import Metrics

log = logging.getLogger("battwheels.request")

# `base-uri` and `form-action` do not fall back to `default-src`.
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
SECURITY: Mapping[str, str] = {
    "cache-control": "no-store",
    "content-security-policy": NOTHING,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
RAW_VERSION = VERSION.encode()
ONE_YEAR = "max-age=31536000; includeSubDomains"


class RequestEnvelope:
    """The outermost layer; `routes` are the paths that logs and metrics may name."""

    def __init__(
        self, app: ASGIApp, metrics: Metrics, routes: Collection[str], *, secure: bool
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._routes = frozenset(routes)
        said = dict(SECURITY)
        if secure:
            said["strict-transport-security"] = ONE_YEAR
        self._headers = raw_headers(said)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        trace = trace_id(read_header(scope, b"traceparent"))
        scope.setdefault("state", {})["trace"] = trace
        token = TRACE.set(trace)
        try:
            await self._count_answer(scope, receive, send, trace)
        finally:
            TRACE.reset(token)

    async def _count_answer(self, scope: Scope, receive: Receive, send: Send, trace: str) -> None:
        status, opened, started = 0, False, perf_counter()

        async def outward(message: Message) -> None:
            nonlocal status, opened
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._dressed(message["headers"], trace)
                if scope["path"].startswith(PREFIX):
                    version = answering_version(read_header(scope, RAW_VERSION))
                    message["headers"].append((RAW_VERSION, version.encode()))
            elif message["type"] == "websocket.accept":
                opened = True
            elif message["type"] == "websocket.close" and not opened and _may_answer(scope):
                await self._turn_away(send, trace)
                return
            await send(message)

        try:
            await self._app(scope, receive, outward)
        finally:
            self._log_request(scope, status, perf_counter() - started)

    async def _turn_away(self, send: Send, trace: str) -> None:
        """Refuse a socket before it opens, in an answer that is dressed as all others are."""
        headers = self._dressed([(b"content-length", b"0")], trace)
        start = {"type": "websocket.http.response.start", "status": 403, "headers": headers}
        await send(start)
        await send({"type": "websocket.http.response.body", "body": b""})

    def _dressed(self, headers: RawHeaders, trace: str) -> RawHeaders:
        return [*with_missing(headers, self._headers), (b"x-trace-id", trace.encode())]

    def _log_request(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope["path"] if scope["path"] in self._routes else "other"
        kind = scope.get("method", "WEBSOCKET")
        fields = {"route": route, "method": kind, "status": status, "ms": round(1000 * seconds, 1)}
        log.info("request", extra=fields)
        if scope["type"] == "http":
            self._metrics.request(route, kind, status, seconds)


def _may_answer(scope: Scope) -> bool:
    """Say whether the server lets a refused socket be answered in HTTP's own words."""
    return "websocket.http.response" in scope.get("extensions", {})
