"""The last matches given in each garage, kept in Redis for the time the graph does not answer."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.errors import Unavailable
from domain.ids import CardId, GarageId
from domain.matches import UnderstoodReport
from matching import fit
from matching.answers import Match
from matching.fusion import CardCandidate
from matching.reasons import shared_words

SECONDS = 86_400
KEPT = 200
CODE_POINTS = 10
SYMPTOM_POINTS = 5
MATCH = TypeAdapter(Match)


class RecentMatches:
    """One list a garage, the newest match first; it ends a day after the last."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def remember(self, garage: GarageId, matches: Sequence[Match]) -> None:
        """Keep these matches.

        Raises:
            Unavailable: Redis does not answer.
        """
        if not matches:
            return
        entries = [MATCH.dump_json(_without_reasons(match)) for match in reversed(matches)]
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.lpush(_garage_key(garage), *entries)
                pipe.ltrim(_garage_key(garage), 0, KEPT - 1)
                pipe.expire(_garage_key(garage), SECONDS)
                await pipe.execute()
        except (RedisError, OSError) as error:
            raise Unavailable("redis", type(error).__name__) from error

    async def recall(self, garage: GarageId, understood: UnderstoodReport) -> list[Match]:
        """Give the kept cards that fit the report, best first, without what was said of others.

        Raises:
            Unavailable: Redis does not answer.
        """
        try:
            kept: Any = await self._redis.lrange(_garage_key(garage), 0, -1)  # pyright: ignore[reportGeneralTypeIssues]
        except (RedisError, OSError) as error:
            raise Unavailable("redis", type(error).__name__) from error
        newest: dict[CardId, Match] = {}
        for match in filter(None, map(_read_entry, kept)):
            newest.setdefault(match.card.id, match)
        scored = [(_match_points(understood, match), match) for match in newest.values()]
        best = sorted((s for s in scored if s[0] > 0), key=lambda s: (-s[0], s[1].card.id))
        return [
            replace(match, rank=rank, score=float(points))
            for rank, (points, match) in enumerate(best, start=1)
        ]


def _garage_key(garage: GarageId) -> str:
    return f"recent:{garage}"


def _read_entry(entry: bytes) -> Match | None:
    """Give a kept match, or None when an older release wrote it in another form."""
    try:
        return MATCH.validate_json(entry)
    except ValidationError:
        return None


def _without_reasons(match: Match) -> Match:
    """Give the match without what holds for its own report alone: reasons and places."""
    card = match.card
    bare = CardCandidate(card=card.id, score=0.0)
    return replace(
        match,
        card=replace(card, cosine=None),
        candidate=bare,
        reasons=(),
        chance=None,
    )


def _match_points(understood: UnderstoodReport, match: Match) -> int:
    if not fit.fits_report(understood, replace(match.card, cosine=None)):
        return 0
    codes = len(set(understood.codes) & set(match.card.codes))
    symptoms = len({s.code for s in understood.symptoms} & set(match.card.symptoms))
    shared = shared_words(understood, match.card)
    return CODE_POINTS * codes + SYMPTOM_POINTS * symptoms + len(shared)
