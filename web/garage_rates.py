"""What a garage may ask in a minute, counted by all processes together (GW-1, SV-1).

There are two windows: requests, and points, which tell how much they may give (`resolvers.points`).
Redis counts both, in one script and one trip for each request (`garage_rates.lua`). What operations
turned out not to have used goes back with the garage's next request, or a second later by itself;
what events of subscriptions cost is added the same way. While Redis is silent, each process lets in
what it may alone, and nobody waits: a request that finds Redis silent is counted here, and a try
beside it, at most one a second, finds out whether Redis is back. What was let in while Redis
answered counts here too, so that its silence gives nobody a fresh minute.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha1
from math import ceil
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from domain.access import Actor
from domain.circuit_breaker import CircuitBreaker
from domain.errors import Unavailable
from resolvers.points import PointAccount
from sync.cancellation import is_cancelled
from web.caps import Caps
from web.rates import Rate
from web.redis_connection import RedisConnection

SCRIPT = Path(__file__).with_suffix(".lua").read_text(encoding="utf-8")
# Only names the script; nothing is kept secret by it.
SCRIPT_HASH = sha1(SCRIPT.encode(), usedforsecurity=False).hexdigest()
UNKNOWN_SCRIPT = "NOSCRIPT"
MINUTE = 60
# So long the first requests wait that find Redis silent; those after them do not.
REDIS_SECONDS = 0.05
REST_SECONDS = 1.0
# How soon points come back that no further request of the garage takes along.
RETURN_SECONDS = 1.0
# The count of a try that is nobody's.
NOBODY = "nobody"
REQUESTS, POINTS = "requests", "points"
# What the script says of a request: let in, or which of both does not fit.
VERDICTS = None, REQUESTS, POINTS
# The second of what is counted when it is told.
NOW = 0


@dataclass(frozen=True, slots=True)
class Window:
    """What a garage has left of the most that it may have in a minute."""

    most: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GarageShare:
    """What a garage has left of its minute.

    Attributes:
        reset_s: seconds until some of it comes back.
        refused: `requests` or `points` do not fit in; there is room for them after `reset_s`.
        counted_at: the second that Redis counted in; None: it was silent.
    """

    requests: Window
    points: Window
    reset_s: int
    refused: str | None = None
    counted_at: int | None = None

    def headers(self, account: PointAccount | None = None) -> Mapping[str, str]:
        """Tell both windows as draft-ietf-httpapi-ratelimit-headers-10, requests as 03 too.

        An account knows what is left of the points after an operation.
        """
        requests, points, reset = self.requests, self.points, self.reset_s
        left = points.left if account is None else account.left
        return {
            "ratelimit-policy": (
                f'"{REQUESTS}";q={requests.most};w={MINUTE}, "{POINTS}";q={points.most};w={MINUTE}'
            ),
            "ratelimit": f'"{REQUESTS}";r={requests.left};t={reset}, "{POINTS}";r={left};t={reset}',
            "ratelimit-limit": str(requests.most),
            "ratelimit-remaining": str(requests.left),
            "ratelimit-reset": str(reset),
        }


class GarageRates:
    """One for each process; `breaker` tells whether Redis is asked at all."""

    def __init__(self, redis: Redis, caps: Caps, breaker: CircuitBreaker | None = None) -> None:
        self._line = RedisConnection(redis, REDIS_SECONDS)
        self._requests = MinuteWindow(caps.garage_requests, caps.garage_requests_alone)
        self._points = MinuteWindow(caps.garage_points, caps.garage_points_alone)
        self.breaker = breaker or CircuitBreaker(failures=1, rest_s=REST_SECONDS)
        self._trying: asyncio.Task[None] | None = None
        self._changes: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._changed = asyncio.Event()

    async def spend(self, name: str, requests: int, points: int = 0) -> GarageShare:
        """Count requests of a garage and reserve its points, and say what is left for it.

        What is refused costs nothing. A document that asks for more than a whole minute holds is
        let in by itself.
        """
        if self.breaker.silent is None:
            with suppress(Unavailable):
                share = await self._counted(name, requests, points)
                if share.refused is None:
                    self._requests.here.spend(name, requests)
                    self._points.here.spend(name, points)
                return share
        self._look()
        return self._counted_here(name, requests, points)

    def change(self, name: str, share: GarageShare, more: int) -> None:
        """Count what an operation used more than was reserved; below 0 is given back.

        Given back is no more than was counted in that second, so that nobody gains points.
        """
        self._points.here.spend(name, more)
        if share.counted_at is not None:
            self._changes[name][share.counted_at if more < 0 else NOW] += more
            self._changed.set()

    async def run(self) -> None:
        """Tell Redis what no request took along, once a second while there is something."""
        while not is_cancelled():
            await self._changed.wait()
            await asyncio.sleep(RETURN_SECONDS)
            await self.settle()

    async def settle(self) -> None:
        """Tell Redis at once what operations used; what cannot be told is forgotten, as it ages."""
        names = list(self._changes)
        self._changed.clear()
        if self.breaker.silent is not None:
            self._changes.clear()
            return
        with suppress(Unavailable):
            for name in names:
                await self._counted(name, 0, 0)

    async def _counted(self, name: str, requests: int, points: int) -> GarageShare:
        most = self._requests.most, self._points.most
        asked = min(requests, most[0]), min(points, most[1])
        changes = [one for pair in self._changes.pop(name, Counter()).items() for one in pair]
        with self.breaker.pass_through():
            verdict, left, left_points, seconds, now = await self._ask(
                name, [MINUTE, *most, *asked, *changes]
            )
        return GarageShare(
            requests=Window(most[0], left),
            points=Window(most[1], left_points),
            reset_s=seconds,
            refused=VERDICTS[verdict],
            counted_at=now,
        )

    async def _ask(self, name: str, numbers: list[int]) -> list[int]:
        try:
            return await self._run_script(f"requests:{name}", numbers)
        except (RedisError, OSError, TimeoutError) as error:
            raise Unavailable("redis", type(error).__name__) from error

    async def _run_script(self, key: str, numbers: list[int]) -> list[int]:
        try:
            return await self._line.ask("EVALSHA", SCRIPT_HASH, 1, key, *numbers)
        except ResponseError as error:
            if not str(error).startswith(UNKNOWN_SCRIPT):
                raise
            return await self._line.ask("EVAL", SCRIPT, 1, key, *numbers)

    def _counted_here(self, name: str, requests: int, points: int) -> GarageShare:
        waits = {
            REQUESTS: self._requests.seconds_until(name, requests),
            POINTS: self._points.seconds_until(name, points),
        }
        refused = max(waits, key=waits.__getitem__)
        if waits[refused] <= 0:
            self._requests.spend_here(name, requests)
            self._points.spend_here(name, points)
            refused = None
        return GarageShare(
            requests=self._requests.window_here(name),
            points=self._points.window_here(name),
            reset_s=max(1, *waits.values()),
            refused=refused,
        )

    def _look(self) -> None:
        """Find out beside the requests whether Redis is back."""
        if self._trying is None or self._trying.done():
            self._trying = asyncio.create_task(self._try())

    async def _try(self) -> None:
        with suppress(Unavailable):
            await self._counted(NOBODY, 0, 0)


class MinuteWindow:
    """The most of a minute with Redis, and the rate that is kept here for when it is silent."""

    def __init__(self, most: int, alone: int) -> None:
        self.most = most
        self._alone = min(alone, most)
        self.here = Rate(self._alone / MINUTE, self._alone)

    def seconds_until(self, name: str, asked: int) -> int:
        """Give the seconds until there is room, 0 if there is."""
        missing = min(asked, self._alone) - self.here.left(name)
        return ceil(missing * MINUTE / self._alone) if missing > 0 else 0

    def spend_here(self, name: str, asked: int) -> None:
        self.here.spend(name, min(asked, self._alone))

    def window_here(self, name: str) -> Window:
        return Window(self._alone, max(0, int(self.here.left(name))))


def garage_name(actor: Actor | None, caller: str) -> str:
    """Give the name that requests are counted under: the garage, else whoever asks."""
    return caller if actor is None or actor.garage is None else f"garage:{actor.garage}"
