"""Vectors of cards' texts in a real Redis: asked of the model once, for six hours, by its name."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from redis.asyncio import Redis

from domain.errors import Unavailable
from domain.matches import Embedding
from web.card_vectors import SECONDS, CardVectors

NOWHERE = Redis.from_url("redis://127.0.0.1:1/0", protocol=2)


@dataclass(slots=True)
class CountedModel:
    """Gives the length of a text as its vector, and keeps what it was asked."""

    model: str = "mini-1"
    asked: list[str] = field(default_factory=list[str])
    down: bool = False

    async def embed(self, texts: Sequence[str]) -> list[Embedding]:
        if self.down:
            raise Unavailable("embedder", "down")
        self.asked += texts
        return [Embedding(model=self.model, vector=(float(len(text)), 0.5)) for text in texts]


@pytest.mark.row("CC-7")
async def test_text_is_embedded_once(redis: Redis) -> None:
    model = CountedModel()
    first = await CardVectors(model, redis).embed(["fuse", "brake pads"])
    again = await CardVectors(model, redis).embed(["brake pads", "fuse", "horn"])
    assert model.asked == ["fuse", "brake pads", "horn"]
    assert again == [first[1], first[0], Embedding(model="mini-1", vector=(4.0, 0.5))]
    assert await CardVectors(model, redis).embed([]) == []


@pytest.mark.row("CC-7")
async def test_vectors_end_after_six_hours(redis: Redis) -> None:
    await CardVectors(CountedModel(), redis).embed(["fuse"])
    [key] = await redis.keys("*")
    assert SECONDS == 21_600
    assert SECONDS - 60 < await redis.ttl(key) <= SECONDS
    assert "fuse" not in str(key)


@pytest.mark.row("CC-7")
async def test_another_model_finds_nothing_old(redis: Redis) -> None:
    await CardVectors(CountedModel(), redis).embed(["fuse"])
    newer = CountedModel(model="mini-2")
    [found] = await CardVectors(newer, redis).embed(["fuse"])
    assert (newer.asked, found.model) == (["fuse"], "mini-2")


async def test_silent_redis_leaves_the_model() -> None:
    model = CountedModel()
    assert len(await CardVectors(model, NOWHERE).embed(["fuse"])) == 1
    assert model.asked == ["fuse"]


async def test_kept_text_needs_no_model(redis: Redis) -> None:
    model = CountedModel()
    await CardVectors(model, redis).embed(["fuse"])
    model.down = True
    assert len(await CardVectors(model, redis).embed(["fuse"])) == 1
    with pytest.raises(Unavailable):
        await CardVectors(model, redis).embed(["fuse", "horn"])
