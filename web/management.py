"""The port for operators alone: health, readiness and metrics of `serve` and of `work`."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from web.health import Parts, Probe, Readiness, health
from web.metrics import Metrics
from web.operators import LOOPBACK, Operators
from web.settings import Settings

PATIENCE_SECONDS = 1


def management_app(
    probes: Mapping[str, Probe], parts: Parts, metrics: Metrics, operators: Operators
) -> Starlette:
    """Build what answers on the port."""
    return Starlette(
        routes=[
            Route("/health", health),
            Route("/ready", Readiness(probes, parts, operators).endpoint),
            Route("/metrics", metrics.guarded(operators)),
        ]
    )


def operators_of(settings: Settings) -> Operators:
    """Give who may see the inside at the public port."""
    return Operators(token=settings.operator_token, everyone=not settings.production)


@asynccontextmanager
async def serve_management(
    settings: Settings, probes: Mapping[str, Probe], parts: Parts, metrics: Metrics
) -> AsyncGenerator[None]:
    """Answer on the port that the settings name, if they name one, beside the block.

    On the loopback whoever reaches it is an operator; on another address the token is asked for.
    """
    if settings.management_port is None:
        yield
        return
    here = settings.management_host in LOOPBACK
    operators = Operators(token=settings.operator_token, everyone=here or not settings.production)
    server = uvicorn.Server(
        uvicorn.Config(
            management_app(probes, parts, metrics, operators),
            host=settings.management_host,
            port=settings.management_port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=PATIENCE_SECONDS,
        )
    )
    # `serve` would take the signals, which belong to whoever opened this port.
    serving = asyncio.create_task(server._serve())  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    try:
        yield
    finally:
        server.should_exit = True
        with suppress(SystemExit):
            await serving
