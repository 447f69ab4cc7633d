"""How the application listens: one configuration of uvicorn, and connections that can let go."""

from starlette.types import ASGIApp
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from web.caps import Caps
from web.connections import Connections
from web.http_connection import CUT_SECONDS, HttpConnection, Listening

PATIENCE_SECONDS = 5
BACKLOG = 512


class ClosableWebSockets(WebSocketsSansIOProtocol):
    """uvicorn's socket, which also lets go of a peer that takes nothing any more.

    Closing waits for the peer to take what lies in the buffer; one that never does would hold the
    connection for as long as its machine answers.
    """

    def connection_lost(self, exc: Exception | None) -> None:
        if isinstance(self.config, Listening) and self.client is not None:
            self.config.connections.leave(self.client[0], self)
        super().connection_lost(exc)

    async def run_asgi(self) -> None:
        await super().run_asgi()
        if self.transport.get_write_buffer_size() > 0:
            self.loop.call_later(CUT_SECONDS, self.transport.abort)

    def cut(self) -> None:
        self.transport.abort()


def uvicorn_config(
    app: ASGIApp,
    host: str,
    port: int,
    *,
    patience: int = PATIENCE_SECONDS,
    caps: Caps | None = None,
) -> Listening:
    caps = caps or Caps()
    config = Listening(
        app,
        host=host,
        port=port,
        log_config=None,
        # Our own line for each request says more.
        access_log=False,
        # What serves is nobody's matter, least of all in which version.
        server_header=False,
        http=HttpConnection,
        ws=ClosableWebSockets,
        ws_max_size=caps.body_bytes,
        # Frames are small and the same for many: packing each costs more than it saves.
        ws_per_message_deflate=False,
        # graphql-transport-ws has pings of its own, and ours are not left unanswered.
        ws_ping_interval=None,
        timeout_keep_alive=caps.idle_seconds,
        timeout_graceful_shutdown=patience,
        backlog=BACKLOG,
        # Whoever may name an address may be as many callers as it likes.
        proxy_headers=bool(caps.proxies),
        forwarded_allow_ips=list(caps.proxies),
    )
    config.caps = caps
    config.connections = Connections(
        caps.connections, caps.connections_per_address, frozenset(caps.proxies)
    )
    return config
