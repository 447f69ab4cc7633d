"""How many requests a garage may send in a minute, counted by all processes together (GW-1, SV-1).

Redis counts, in one script and one trip for each request (`garage_rates.lua`). While it is silent,
each process lets in what it may alone, and nobody waits: a request that finds Redis silent is
counted here, and a try beside it, at most one a second, finds out whether Redis is back. What was
let in while Redis answered counts here too, so that its silence gives nobody a fresh minute.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.access import Actor
from domain.errors import Unavailable
from repair.circuit_breaker import CircuitBreaker
from web.caps import Caps
from web.rates import Rate

SCRIPT = Path(__file__).with_suffix(".lua").read_text(encoding="utf-8")
MINUTE = 60
# So long the first requests wait that find Redis silent; those after them do not.
REDIS_SECONDS = 0.05
REST_SECONDS = 1.0
# The count of a try that is nobody's.
NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class GarageShare:
    """What a garage has left of its minute.

    Attributes:
        reset_s: seconds until some of it comes back.
        refused: the request does not fit in; there is room for it after `reset_s`.
    """

    most: int
    left: int
    reset_s: int
    refused: bool = False

    @property
    def headers(self) -> Mapping[str, str]:
        return {
            "ratelimit-limit": str(self.most),
            "ratelimit-remaining": str(self.left),
            "ratelimit-reset": str(self.reset_s),
        }


class GarageRates:
    """One for each application; `breaker` tells whether Redis is asked at all."""

    def __init__(self, redis: Redis, caps: Caps, breaker: CircuitBreaker | None = None) -> None:
        self._most = caps.garage_requests
        self._alone = min(caps.garage_requests_alone, self._most)
        self._script = redis.register_script(SCRIPT)
        self._here = Rate(self._alone / MINUTE, self._alone)
        self.breaker = breaker or CircuitBreaker(failures=1, rest_s=REST_SECONDS)
        self._trying: asyncio.Task[None] | None = None

    async def spend(self, name: str, requests: int) -> GarageShare:
        """Count requests of a garage, and say what is left for it; what is refused costs nothing.

        A document that asks for more than a whole minute holds is let in by itself.
        """
        if self.breaker.silent is None:
            with suppress(Unavailable):
                share = await self._counted(name, min(requests, self._most))
                if not share.refused:
                    self._here.spend(name, requests)
                return share
        self._look()
        return self._counted_here(name, requests)

    async def _counted(self, name: str, requests: int) -> GarageShare:
        with self.breaker.pass_through():
            fits, left, seconds = await self._ask(name, requests)
        return GarageShare(most=self._most, left=left, reset_s=seconds, refused=not fits)

    async def _ask(self, name: str, requests: int) -> tuple[int, int, int]:
        asked = self._script(keys=[f"requests:{name}"], args=[self._most, requests, MINUTE])
        try:
            async with asyncio.timeout(REDIS_SECONDS):
                fits, left, seconds = await cast("Awaitable[list[int]]", asked)
        except (RedisError, OSError, TimeoutError) as error:
            raise Unavailable("redis", type(error).__name__) from error
        return fits, left, seconds

    def _counted_here(self, name: str, requests: int) -> GarageShare:
        asked = min(requests, self._alone)
        missing = asked - self._here.left(name)
        if missing > 0:
            wait = ceil(missing * MINUTE / self._alone)
            return GarageShare(most=self._alone, left=0, reset_s=wait, refused=True)
        self._here.spend(name, asked)
        return GarageShare(most=self._alone, left=int(self._here.left(name)), reset_s=1)

    def _look(self) -> None:
        """Find out beside the requests whether Redis is back."""
        if self._trying is None or self._trying.done():
            self._trying = asyncio.create_task(self._try())

    async def _try(self) -> None:
        with suppress(Unavailable):
            await self._counted(NOBODY, 0)


def garage_name(actor: Actor | None, caller: str) -> str:
    """Give the name that requests are counted under: the garage, else whoever asks."""
    return caller if actor is None or actor.garage is None else f"garage:{actor.garage}"
