"""The application on a real port of 127.0.0.1, for clients that need one."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from web.caps import Caps
from web.uvicorn_config import uvicorn_config


@asynccontextmanager
async def served(app: ASGIApp, caps: Caps | None = None) -> AsyncGenerator[str]:
    """Serve and give host and port; everything is closed at the end."""
    config = uvicorn_config(app, "127.0.0.1", 0, patience=1, caps=caps)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # pyright: ignore[reportAttributeAccessIssue]
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has a flag, no event
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running
