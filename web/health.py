"""Liveness, which asks nobody, and readiness, which asks every store and says which is missing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Probe = Callable[[], Awaitable[object]]

PATIENCE = 2.0

log = logging.getLogger("battwheels.health")


async def health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


class Readiness:
    """Asks all probes at once; one that raises or takes over two seconds is not ready."""

    def __init__(self, probes: Mapping[str, Probe], patience: float = PATIENCE) -> None:
        self._probes = dict(probes)
        self._patience = patience

    async def endpoint(self, _: Request) -> Response:
        found = await asyncio.gather(*(self._ready(probe) for probe in self._probes.values()))
        stores = dict(zip(self._probes, found, strict=True))
        missing = [name for name, ready in stores.items() if not ready]
        if missing:
            log.warning("not ready", extra={"missing": missing})
        answer = {"status": "unavailable" if missing else "ready", "stores": stores}
        return JSONResponse(answer, status_code=503 if missing else 200)

    async def _ready(self, probe: Probe) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                await probe()
        except Exception:  # noqa: BLE001 - whatever a store's client raises, it is not ready
            return False
        return True
