"""The port for operators alone: health, readiness and metrics of `serve` and of `work`.

It answers in a thread of its own: a supervisor hears that the process lives however much comes in
at the public port, and does not end it for being busy. Whether it is ready is asked on the loop of
the stores, since their connections belong to it.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from web.health import Parts, Probe, Readiness, ReadyStatus
from web.loop_lag import LoopLag
from web.metrics import Metrics
from web.middleware import SECURITY
from web.operators import LOOPBACK, Operators
from web.settings import Settings

PATIENCE_SECONDS = 1
# A loop that did nothing for so long does nothing any more; the slowest single step takes two.
STUCK_SECONDS = 30.0
# The stores have two seconds; the loop may be late beside.
READY_SECONDS = 5.0


class ManagementEndpoints:
    """What the port answers, from its own thread."""

    def __init__(self, readiness: Readiness, lag: LoopLag) -> None:
        self._readiness = readiness
        self._lag = lag
        self._loop = asyncio.get_running_loop()

    async def health(self, _: Request) -> Response:
        if self._lag.silent_seconds > STUCK_SECONDS:
            return JSONResponse({"status": "stuck"}, status_code=503)
        return JSONResponse({"status": "ok"})

    async def ready(self, request: Request) -> Response:
        if not self._loop.is_closed():
            asked = asyncio.run_coroutine_threadsafe(self._readiness.endpoint(request), self._loop)
            with suppress(TimeoutError):
                return await asyncio.wait_for(asyncio.wrap_future(asked), READY_SECONDS)
        return JSONResponse({"status": ReadyStatus.UNAVAILABLE}, status_code=503)


def operators_of(settings: Settings) -> Operators:
    """Give who may see the inside at the public port."""
    return Operators(token=settings.operator_token, everyone=not settings.production)


@asynccontextmanager
async def serve_management(
    settings: Settings,
    probes: Mapping[str, Probe],
    parts: Parts,
    metrics: Metrics,
    lag: LoopLag,
) -> AsyncGenerator[None]:
    """Answer on the port that the settings name, if they name one, beside the block.

    On the loopback whoever reaches it is an operator; on another address the token is asked for.
    """
    if settings.management_port is None:
        yield
        return
    here = settings.management_host in LOOPBACK
    operators = Operators(token=settings.operator_token, everyone=here or not settings.production)
    endpoints = ManagementEndpoints(Readiness(probes, parts, operators), lag)
    routes = [
        Route("/health", endpoints.health),
        Route("/ready", endpoints.ready),
        Route("/metrics", metrics.guarded(operators)),
    ]
    config = uvicorn.Config(
        Starlette(routes=routes),
        host=settings.management_host,
        port=settings.management_port,
        loop="asyncio",
        log_config=None,
        access_log=False,
        server_header=False,
        headers=[*SECURITY.items()],
        timeout_graceful_shutdown=PATIENCE_SECONDS,
    )
    server = uvicorn.Server(config)
    # Bound here, where a port that is taken ends the start.
    bound = [config.bind_socket()]
    thread = threading.Thread(target=server.run, args=(bound,), name="management", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.to_thread(thread.join, 2 * PATIENCE_SECONDS)
