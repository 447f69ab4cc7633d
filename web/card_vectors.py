"""Vectors of cards' texts, kept in Redis for six hours for all processes (CC-7).

A text that one process embedded is embedded by no other meanwhile. The key names the model and
hashes the text: another model's vectors are never found, and no text stands in Redis. When Redis is
silent the model is asked, as if nothing were kept.
"""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Protocol

import numpy as np
from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.matches import Embedding

SECONDS = 21_600
REDIS_SECONDS = 0.2


class NamedEmbedder(Protocol):
    @property
    def model(self) -> str: ...

    async def embed(self, texts: Sequence[str]) -> list[Embedding]: ...


class CardVectors:
    """An embedder that remembers in Redis what it was asked."""

    def __init__(self, embedder: NamedEmbedder, redis: Redis) -> None:
        self._embedder = embedder
        self._redis = redis

    async def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Give one embedding a text, in order.

        Raises:
            Unavailable: the model has to be asked, and does not answer in time.
        """
        model = self._embedder.model
        keys = [_key(model, text) for text in texts]
        kept = await self._kept(keys)
        missing = [text for key, text in zip(keys, texts, strict=True) if key not in kept]
        if missing:
            made = await self._embedder.embed(missing)
            fresh = {_key(model, t): m for t, m in zip(missing, made, strict=True)}
            await self._keep(fresh)
            kept |= fresh
        return [kept[key] for key in keys]

    async def _kept(self, keys: Sequence[str]) -> dict[str, Embedding]:
        if not keys:
            return {}
        try:
            async with asyncio.timeout(REDIS_SECONDS):
                found: list[Any] = await self._redis.mget(keys)
        except (RedisError, OSError, TimeoutError):
            return {}
        return {
            key: Embedding(
                model=self._embedder.model,
                vector=tuple(np.frombuffer(vector, dtype=np.float32).tolist()),
            )
            for key, vector in zip(keys, found, strict=True)
            if vector
        }

    async def _keep(self, made: dict[str, Embedding]) -> None:
        try:
            async with (
                asyncio.timeout(REDIS_SECONDS),
                self._redis.pipeline(transaction=False) as pipe,
            ):
                for key, one in made.items():
                    pipe.set(key, np.array(one.vector, dtype=np.float32).tobytes(), ex=SECONDS)
                await pipe.execute()
        except (RedisError, OSError, TimeoutError):
            return


def _key(model: str, text: str) -> str:
    return f"vector:{model}:{sha256(text.encode(errors='replace')).hexdigest()}"
