"""Liveness, which asks nobody, and readiness, which asks every store and says how well we answer.

Without Postgres nothing is written: not ready. Without Neo4j or Redis the next level answers
(FB-1): ready, and degraded. Before matches are whole for the first time: not ready. Which part is
missing is told to operators alone.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from web.operators import Operators

Probe = Callable[[], Awaitable[object]]

PATIENCE = 2.0
# The store without which there is no service; the others' work is done otherwise.
NEEDED = "postgres"

log = logging.getLogger("battwheels.health")


class ReadyStatus(StrEnum):
    READY = "ready"
    DEGRADED = "degraded"
    STARTING = "starting"
    UNAVAILABLE = "unavailable"


SERVES = frozenset({ReadyStatus.READY, ReadyStatus.DEGRADED})


class Parts:
    """What runs beside the stores and may be less than whole, with the way out; kept by whoever
    runs it.
    """

    def __init__(self) -> None:
        self.started = True
        self.matches = True
        self.notes: dict[str, str] = {}

    def note(self, part: str, said: str | None) -> bool:
        """Say what is wrong with a part, None when nothing is; True when that is news."""
        known = self.notes.get(part)
        if said is None:
            self.notes.pop(part, None)
        else:
            self.notes[part] = said
        return said != known


async def health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


class Readiness:
    """Asks all probes at once; one that raises or takes over two seconds is missing."""

    def __init__(
        self,
        probes: Mapping[str, Probe],
        parts: Parts,
        operators: Operators,
        patience: float = PATIENCE,
    ) -> None:
        self._probes = dict(probes)
        self._parts = parts
        self._operators = operators
        self._patience = patience
        self._last: ReadyStatus | None = None

    async def endpoint(self, request: Request) -> Response:
        found = await asyncio.gather(*(self._answers(probe) for probe in self._probes.values()))
        stores = dict(zip(self._probes, found, strict=True))
        status = self._status(stores)
        answer: dict[str, object] = {"status": status}
        if self._operators.admits(request):
            answer |= {
                "stores": stores,
                "matches": "whole" if self._parts.matches else "partial",
                "notes": self._parts.notes,
            }
        return JSONResponse(answer, status_code=200 if status in SERVES else 503)

    def _status(self, stores: Mapping[str, bool]) -> ReadyStatus:
        if not stores.get("neo4j", True):
            # It comes back with cold plans and pages: whole is what was seen to be whole.
            self._parts.matches = False
        status = _ready_status(stores, self._parts)
        if status is not self._last:
            missing = [name for name, answers in stores.items() if not answers]
            level = logging.INFO if status is ReadyStatus.READY else logging.WARNING
            log.log(level, status.value, extra={"missing": missing})
        self._last = status
        return status

    async def _answers(self, probe: Probe) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                await probe()
        except Exception:  # noqa: BLE001 - whatever a store's client raises, it is not there
            return False
        return True


def _ready_status(stores: Mapping[str, bool], parts: Parts) -> ReadyStatus:
    if not stores.get(NEEDED, True):
        return ReadyStatus.UNAVAILABLE
    if not parts.started:
        return ReadyStatus.STARTING
    whole = all(stores.values()) and parts.matches
    return ReadyStatus.READY if whole else ReadyStatus.DEGRADED
