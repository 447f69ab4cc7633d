"""How the application listens: one configuration of uvicorn, and sockets that can let go."""

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from web.asgi import SOCKET_BYTES

PATIENCE_SECONDS = 5
# How long a socket that has ended may take its last words.
CUT_SECONDS = 5.0


class Sockets(WebSocketsSansIOProtocol):
    """uvicorn's socket, which also lets go of a peer that takes nothing any more.

    Closing waits for the peer to take what lies in the buffer; one that never does would hold the
    connection for as long as its machine answers.
    """

    async def run_asgi(self) -> None:
        await super().run_asgi()
        if self.transport.get_write_buffer_size() > 0:
            self.loop.call_later(CUT_SECONDS, self.transport.abort)


def listening(
    app: ASGIApp, host: str, port: int, *, patience: int = PATIENCE_SECONDS
) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        # Our own line for each request says more.
        access_log=False,
        ws=Sockets,
        ws_max_size=SOCKET_BYTES,
        # Frames are small and the same for many: packing each costs more than it saves.
        ws_per_message_deflate=False,
        # graphql-transport-ws has pings of its own, and ours are not left unanswered.
        ws_ping_interval=None,
        timeout_graceful_shutdown=patience,
    )
