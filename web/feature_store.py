"""Features of cards as matches read them: hashes in Redis, one generation at a time (row ML-3).

A generation is written under a name of its own and named by one key when it is whole, so that a
match never reads half of one. Redis may lose it at any moment: then the evidence ranks, until the
features are written again (`battwheels train features`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.errors import InvalidInput, Unavailable
from domain.ids import CardId
from gnn.card_features import FeatureTable
from gnn.feature_rows import online_row, online_totals, read_online, read_totals, table_of

CURRENT = "features:current"
# Longer than from one weekly training to the next, with a week that was missed.
SECONDS = 21 * 86_400
AT_ONCE = 1_000


class FeatureStore:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def write(self, table: FeatureTable) -> int:
        """Have matches read this table from now on; give how many cards it has.

        Raises:
            Unavailable: Redis does not answer; what was read before is read on.
        """
        name = f"features:{table.at.timestamp():.6f}"
        rows = ((card, online_row(table.cards[card])) for card in table.cards)
        try:
            await self._redis.delete(f"{name}:cards", f"{name}:kinds")
            await self._fill(f"{name}:cards", rows)
            await self._fill(
                f"{name}:kinds", ((k, str(n).encode()) for k, n in table.kinds.items())
            )
            told = orjson.dumps({"name": name}) + b"\n" + online_totals(table)
            await self._redis.set(CURRENT, told, ex=SECONDS)
        except (RedisError, OSError) as error:
            raise Unavailable("redis", type(error).__name__) from error
        return len(table.cards)

    async def read(self, cards: Sequence[CardId], kinds: Sequence[str]) -> FeatureTable:
        """Give what is known of these cards, and of what a report says.

        Raises:
            Unavailable: Redis does not answer, has no features, or those of another release.
        """
        try:
            current: Any = await self._redis.get(CURRENT)
            if current is None:
                raise Unavailable("the feature store", "no features were written yet")
            named, totals = current.split(b"\n")
            name: str = orjson.loads(named)["name"]
            async with self._redis.pipeline(transaction=False) as pipe:
                for key, wanted in ((f"{name}:cards", cards), (f"{name}:kinds", kinds)):
                    # Nothing may be asked for of a hash; the empty field is never there.
                    pipe.hmget(key, [*wanted] or [""])
                rows, counts = await pipe.execute()
        except (RedisError, OSError) as error:
            raise Unavailable("redis", type(error).__name__) from error
        try:
            found = [read_online(row) for row in rows if row is not None]
        except InvalidInput as error:
            raise Unavailable("the feature store", error.reason) from error
        told = {k: int(n) for k, n in zip(kinds, counts, strict=False) if n is not None}
        return table_of(read_totals(orjson.loads(totals)), found, told)

    async def _fill(self, key: str, rows: Iterable[tuple[str, bytes]]) -> None:
        for some in _parts(rows):
            await self._redis.hset(key, mapping=dict(some))  # pyright: ignore[reportGeneralTypeIssues]
        await self._redis.expire(key, SECONDS)


def _parts(rows: Iterable[tuple[str, bytes]]) -> Iterable[Sequence[tuple[str, bytes]]]:
    held: list[tuple[str, bytes]] = []
    for row in rows:
        held.append(row)
        if len(held) == AT_ONCE:
            yield held
            held = []
    if held:
        yield held
