"""One HTTP connection that is bounded in everything its peer decides: bytes, headers, time.

uvicorn's own protocol keeps a header of any size, waits for ever for the end of one, and never lets
go of a peer that sends drop by drop. The bytes are handed on in slices no larger than the headers
may be, so that what a peer sends at once cannot be more work than one request's head; whoever is
late or over a cap hears why (431, 408, 503) and is cut.

The timer of a request covers its head, then its body; the time of the answer is the endpoint's.
"""

import asyncio
from asyncio import AbstractEventLoop, BaseTransport, Handle, TimerHandle, Transport
from collections.abc import Callable
from typing import Any, cast

import orjson
import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from web.body_limits import is_upload
from web.caps import Caps
from web.connections import Connections
from web.middleware import SECURITY

# How long a peer that was told to go may take its last words.
CUT_SECONDS = 5.0
# How long what a refused peer still sends is thrown away, so that it can read why.
LINGER_SECONDS = 2.0
# Beyond the time for a body: the application says it first, in the words of its API.
GRACE_SECONDS = 2
# Requests that a peer may send before it has read the answer to the first.
PIPELINED = 4
# What is around a header's name and value.
SEPARATORS = 4

REFUSALS = {
    400: ("BAD_REQUEST", "This does not read as HTTP."),
    408: ("TOO_SLOW", "The request did not arrive in time. Send it again, whole."),
    431: ("TOO_LARGE", "The headers are too many or too long. Send fewer."),
    503: ("BUSY", "Too many connections are open. Close some, or try again in a second."),
}
# What every answer carries, also one that no application gives.
DRESS = b"".join(f"{name}: {value}\r\n".encode() for name, value in SECURITY.items())


class Listening(uvicorn.Config):
    """uvicorn's configuration, and what all connections of the process share."""

    caps: Caps
    connections: Connections


class Over(Exception):
    """A cap was met while the parser called back."""


class Lingering:
    """The transport as an answer sees it: its head waits for its body, that one piece is sent of
    both, and closing it lets the peer read the answer first.
    """

    def __init__(
        self, transport: Transport, close: Callable[[], None], said: Callable[[], bool]
    ) -> None:
        self._transport = transport
        self._close = close
        self._said = said
        self._head: bytes | None = None
        self._turn: Handle | None = None
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        """Write, unless the peer was told its last words meanwhile."""
        if self._turn is None:
            # An answer that comes bit by bit may be long in coming: its head goes at the next turn.
            self._head = data
            self._turn = asyncio.get_running_loop().call_soon(self._send_head)
        elif self._head is not None:
            self._turn.cancel()
            data, self._head = self._head + data, None
            self._send(data)
        else:
            self._send(data)

    def close(self) -> None:
        self._send_head()
        self._close()

    def _send_head(self) -> None:
        if self._head is not None:
            data, self._head = self._head, None
            self._send(data)

    def _send(self, data: bytes) -> None:
        if not self._said():
            self._transport.write(data)


class HttpConnection(HttpToolsProtocol):
    """uvicorn's protocol with caps and timers."""

    def __init__(
        self,
        config: Listening,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._caps = config.caps
        self._counted = config.connections
        self._address = ""
        self._status = 400
        self._in_head = True
        self._upgraded = self._lingering = self._uploads = False
        # Bytes of the message: of its headers, of its body, and as they came.
        self._head = self._body = self._came = 0
        self._timer: TimerHandle | None = None
        self._taking: TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(cast("Transport", transport))
        self._address = self.client[0] if self.client else ""
        if self._counted.admit(self._address, self):
            self._within(self._caps.header_seconds)
        else:
            self._refuse(503)

    def connection_lost(self, exc: Exception | None) -> None:
        self._counted.leave(self._address, self)
        self._in_time()
        self._taken()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._lingering:
            self._came += len(data)
            if self._came > 2 * self._caps.body_bytes:
                self.cut()
            return
        if self._in_head and self._timer is None:
            self._within(self._caps.header_seconds)
        size = self._caps.header_bytes
        for start in range(0, len(data), size):
            if self.transport.is_closing() or self._upgraded or self._lingering:
                return
            self._came += len(data[start : start + size])
            super().data_received(data[start : start + size])
            self._weigh()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head, self._body, self._came = True, 0, 0, 0
        if self._timer is None:
            self._within(self._caps.header_seconds)

    def on_url(self, url: bytes) -> None:
        self._head_grows(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_grows(len(name) + len(value) + SEPARATORS)
        if len(self.headers) >= self._caps.header_count:
            self._over(431)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if len(self.pipeline) >= PIPELINED:
            self._over(400)
        super().on_headers_complete()
        if self.cycle is not None:  # pyright: ignore[reportUnnecessaryComparison] - a socket has none
            lingering = Lingering(self.transport, self._linger, lambda: self._lingering)
            self.cycle.transport = cast("Transport", lingering)
        self._in_head, self._came = False, 0
        self._uploads = is_upload(self.scope)
        seconds = self._caps.upload_seconds if self._uploads else self._caps.body_seconds
        self._within(seconds + GRACE_SECONDS)

    def on_body(self, body: bytes) -> None:
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_head, self._came = True, 0
        self._in_time()

    def send_400_response(self, msg: str) -> None:
        del msg
        self._refuse(self._status)

    def handle_websocket_upgrade(self) -> None:
        super().handle_websocket_upgrade()
        self._upgraded = True
        self._in_time()
        self._taken()
        socket = self.transport.get_protocol()
        self._counted.hand_over(self._address, self, cast("HttpConnection", socket))

    def timeout_keep_alive_handler(self) -> None:
        self._close()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._taken()
        self._taking = self.loop.call_later(self._caps.write_seconds, self.cut)

    def resume_writing(self) -> None:
        self._taken()
        super().resume_writing()

    def cut(self) -> None:
        """Let go of the peer, whatever it still has to take."""
        self.transport.abort()

    # Caps.

    def _head_grows(self, size: int) -> None:
        self._head += size
        if self._head > self._caps.header_bytes:
            self._over(431)

    def _over(self, status: int) -> None:
        self._status = status
        raise Over

    def _weigh(self) -> None:
        """Refuse what the parser holds or drops without calling back: half a header, padding."""
        if self.transport.is_closing() or self._upgraded or self._lingering:
            return
        if self._in_head and self._came > self._caps.header_bytes:
            self._refuse(431)
        elif self._came - self._body > 2 * self._caps.header_bytes + self._body:
            self._refuse(400)
        elif self._body > 2 * self._caps.body_bytes and not self._uploads:
            self.cut()

    # Time.

    def _within(self, seconds: float) -> None:
        self._in_time()
        self._timer = self.loop.call_later(seconds, self._late)

    def _in_time(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _taken(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def _late(self) -> None:
        self._timer = None
        answering = self.cycle is not None and not self.cycle.response_complete  # pyright: ignore[reportUnnecessaryComparison]
        if answering or not self._in_head:
            self.cut()
        else:
            self._refuse(408)

    # The end.

    def _refuse(self, status: int) -> None:
        if self.transport.is_closing() or self._lingering:
            return
        code, said = REFUSALS[status]
        error = {"message": said, "extensions": {"code": code}}
        body = orjson.dumps({"errors": [error]})
        lines = (
            STATUS_LINE[status],
            b"content-type: application/json\r\nconnection: close\r\nretry-after: 1\r\n",
            DRESS,
            b"content-length: %d\r\n\r\n" % len(body),
            body,
        )
        self.transport.write(b"".join(lines))
        self._in_head = False
        self._linger()

    def _linger(self) -> None:
        """Close once the peer has read what it was told: what it still sends would reset that."""
        if self._in_head:
            self._close()
            return
        self._lingering, self._came = True, 0
        self._in_time()
        if self.transport.can_write_eof() and not self.transport.is_closing():
            self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.cut)

    def _close(self) -> None:
        """Close, and let go of a peer that does not even take its last words."""
        if not self.transport.is_closing():
            self.transport.close()
        self.loop.call_later(CUT_SECONDS, self.cut)
