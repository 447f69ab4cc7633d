"""The Redis Stream that carries the change log: fast, trimmed, free to be lost at any moment."""

from collections.abc import Sequence
from typing import Any

import orjson
from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.errors import Unavailable
from domain.events import Event
from sync.envelope import Envelope, event_envelope

STREAM = "events"
FIELD = b"event"
KEPT = 100_000
BLOCK_MILLISECONDS = 2_000
BATCH = 500

Logged = tuple[int, Event]


class Stream:
    """Entry ids are `<seq>-0`: the number in the change log is the place in the stream.

    The connection speaks protocol 2, whose XREAD answers are lists of (stream, entries).
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def publish(self, logged: Sequence[Logged]) -> None:
        """Add entries; one that is there already is left alone.

        Raises:
            Unavailable: Redis does not answer.
        """
        try:
            async with self._redis.pipeline(transaction=False) as batch:
                for seq, event in logged:
                    fields: dict[Any, Any] = {FIELD: orjson.dumps(event_envelope(event))}
                    batch.xadd(STREAM, fields, id=f"{seq}-0", maxlen=KEPT, approximate=True)
                _check_answers(await batch.execute(raise_on_error=False))
        except (RedisError, OSError) as error:
            raise Unavailable("redis", type(error).__name__) from error

    async def after(self, seq: int) -> list[Logged]:
        """Wait up to two seconds for entries above `seq`, oldest first; unreadable ones are a gap.

        Raises:
            Unavailable: Redis does not answer.
        """
        try:
            answer: Any = await self._redis.xread(
                {STREAM: f"{seq}-0"}, count=BATCH, block=BLOCK_MILLISECONDS
            )
        except (RedisError, OSError) as error:
            raise Unavailable("redis", type(error).__name__) from error
        entries = [_read_entry(entry) for _, entries in answer or () for entry in entries]
        return [entry for entry in entries if entry is not None]

    async def bounds(self) -> tuple[int, int] | None:
        """Give the numbers of the oldest and the newest entry, or None when there is none."""
        try:
            oldest: Any = await self._redis.xrange(STREAM, count=1)
            newest: Any = await self._redis.xrevrange(STREAM, count=1)
        except (RedisError, OSError) as error:
            raise Unavailable("redis", type(error).__name__) from error
        if not oldest or not newest:
            return None
        return _sequence_of(oldest[0][0]), _sequence_of(newest[0][0])


def _check_answers(answers: Sequence[object]) -> None:
    """Raise what Redis refused, but for an id that is not above the newest: it was published."""
    for answer in answers:
        if isinstance(answer, Exception) and "equal or smaller" not in str(answer):
            raise answer


def _read_entry(entry: tuple[bytes, dict[bytes, bytes]]) -> Logged | None:
    try:
        return _sequence_of(entry[0]), Envelope.validate_json(entry[1][FIELD])
    except (ValidationError, KeyError):
        return None


def _sequence_of(entry: bytes | str) -> int:
    text = entry.decode() if isinstance(entry, bytes) else entry
    return int(text.partition("-")[0])
