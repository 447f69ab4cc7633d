"""Settings as they were read lately, kept in Redis for a quarter of an hour (CC-9).

What is kept is good while its version key says what it said before it was read: whoever changes a
setting closes that key before the change and gives it a new value after, so that what was read
meanwhile is neither kept nor believed. Every process reads the same keys, so a change is seen by
all at once. Redis may be silent at any moment: then settings are read from the records, and a
change that could not be told to it is seen when what is kept has run out.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.errors import Unavailable

SECONDS = 900
# A version key outlives what was kept under it.
VERSION_SECONDS = 2 * SECONDS
# A key that is closed stays so for the longest change, where nobody opens it again.
CLOSED_SECONDS = 60
REDIS_SECONDS = 0.2
CLOSED = b"-"
Values = dict[str, Any]


class SettingsCache:
    def __init__(self, redis: Redis | None) -> None:
        """Without `redis` nothing is kept: a command reads the records."""
        self._redis = redis

    async def read(self, name: str, origin: Callable[[], Awaitable[Values]]) -> Values:
        """Give what is kept by a name, or what its origin says, which is kept then.

        Raises:
            Unavailable, NotFound: it has to be read, and the origin says so.
        """
        if self._redis is None:
            return await origin()
        version, kept = await _recalled(self._redis, name)
        if kept is not None:
            return kept
        found = await origin()
        if version not in {None, CLOSED}:
            with suppress(Unavailable):
                body = b"%s\n%s" % (version, orjson.dumps(found))
                await _answered(self._redis.set(_body_key(name), body, ex=SECONDS))
        return found

    @asynccontextmanager
    async def changing(self, name: str) -> AsyncGenerator[None]:
        """Believe nothing that is kept by a name while it changes, and read it anew after."""
        await self._mark(name, CLOSED, CLOSED_SECONDS)
        try:
            yield
        finally:
            await self._mark(name, _fresh_version(), VERSION_SECONDS)

    async def _mark(self, name: str, version: bytes, seconds: int) -> None:
        if self._redis is not None:
            with suppress(Unavailable):
                await _answered(self._redis.set(_version_key(name), version, ex=seconds))


async def _recalled(redis: Redis, name: str) -> tuple[bytes | None, Values | None]:
    """Give the version of now, and what is kept under it."""
    key = _version_key(name)
    try:
        version, body = await _answered(redis.mget([key, _body_key(name)]))
        if version is None:
            await _answered(redis.set(key, _fresh_version(), ex=VERSION_SECONDS, nx=True))
            return await _answered(redis.get(key)), None
    except Unavailable:
        return None, None
    if body is None or version == CLOSED or not body.startswith(version + b"\n"):
        return version, None
    return version, orjson.loads(body[len(version) + 1 :])


async def _answered(asked: Awaitable[Any]) -> Any:  # noqa: ANN401 - what Redis says
    """Give what Redis answers, in time or not at all."""
    try:
        async with asyncio.timeout(REDIS_SECONDS):
            return await asked
    except (RedisError, OSError, TimeoutError) as error:
        raise Unavailable("redis", type(error).__name__) from error


def _body_key(name: str) -> str:
    return f"settings:{name}"


def _version_key(name: str) -> str:
    return f"settings:{name}:version"


def _fresh_version() -> bytes:
    return secrets.token_hex(8).encode()
