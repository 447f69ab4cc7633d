"""The last matches of a garage, kept in a real Redis."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from redis.asyncio import Redis

from domain.access import Viewer
from domain.errors import Unavailable
from domain.ids import GarageId
from domain.matches import Level, UnderstoodReport
from domain.reasons import Standing
from domain.reports import FailureReport
from domain.usage import Usage
from domain.vehicles import UNKNOWN
from matching.answers import Match
from matching.fallback_levels import MANUAL
from matching.fusion import CardCandidate
from matching.matcher import Matcher
from matching.rankers import FusedRanker
from tests.matching.fakes import Faults, Memory, Shelf, Shelved
from tests.matching.samples import ATHER, E401, IN_PUNE, PUNE, REPORT, SYMPTOM, facts
from tests.matching.test_matcher import EVERY_SEARCH
from web.recent_matches import KEPT, SECONDS, RecentMatches

USED = Usage(
    matched=9, used=9, successes=9, ratings=(5,), last_used=datetime(2026, 11, 1, tzinfo=UTC)
)
BY_CODE = Shelved(facts=facts("code", codes=(E401,), usage=USED), vehicle=ATHER, vector=(1.0, 0.0))
BY_SYMPTOM = Shelved(facts=facts("symptom", symptoms=(SYMPTOM,)), vehicle=ATHER)
NOWHERE = Redis.from_url("redis://127.0.0.1:1/0", protocol=2)


async def _matches(*shelf: Shelved) -> Sequence[Match]:
    answer = await Matcher(Shelf(shelf), FusedRanker(), Memory()).match(REPORT, IN_PUNE, 50)
    return answer.matches


def _bare(match: Match, score: float) -> Match:
    bare = CardCandidate(card=match.card.id, score=0.0)
    card = replace(match.card, cosine=None)
    return replace(match, card=card, score=score, candidate=bare, reasons=())


def _said(text: str) -> UnderstoodReport:
    return UnderstoodReport(report=FailureReport(text=text), vehicle=UNKNOWN)


@pytest.mark.row("FB-1")
async def test_kept_card_comes_back_without_what_was_said(redis: Redis) -> None:
    recent = RecentMatches(redis)
    kept = await _matches(BY_CODE)
    await recent.remember(PUNE, kept)
    assert await recent.recall(PUNE, REPORT) == [_bare(match, 12.0) for match in kept]


async def test_code_outweighs_symptom_outweighs_word(redis: Redis) -> None:
    recent = RecentMatches(redis)
    word = Shelved(facts=facts("aword", title="charging stops early"), vehicle=ATHER)
    await recent.remember(PUNE, [*await _matches(word, BY_SYMPTOM), *await _matches(BY_CODE)])
    found = await recent.recall(PUNE, REPORT)
    assert [(m.rank, m.card.id) for m in found] == [
        (1, "fc_code"),
        (2, "fc_symptom"),
        (3, "fc_aword"),
    ]


async def test_unrelated_match_is_left(redis: Redis) -> None:
    recent = RecentMatches(redis)
    await recent.remember(PUNE, await _matches(BY_CODE))
    assert await recent.recall(PUNE, _said("horn is silent")) == []


async def test_garages_do_not_mix(redis: Redis) -> None:
    recent = RecentMatches(redis)
    await recent.remember(PUNE, await _matches(BY_CODE))
    assert await recent.recall(GarageId("garage_delhi"), REPORT) == []


async def test_newest_match_of_a_card_stands(redis: Redis) -> None:
    recent = RecentMatches(redis)
    (old,) = await _matches(BY_CODE)
    new = replace(old, standing=Standing.UNPROVEN)
    await recent.remember(PUNE, [old])
    await recent.remember(PUNE, [new])
    assert await recent.recall(PUNE, REPORT) == [_bare(new, 12.0)]


async def test_only_the_newest_are_kept(redis: Redis) -> None:
    recent = RecentMatches(redis)
    (match,) = await _matches(BY_CODE)
    for n in range(KEPT + 10):
        await recent.remember(PUNE, [replace(match, card=facts(f"{n:03}", codes=(E401,)))])
    found = [m.card.id for m in await recent.recall(PUNE, REPORT)]
    assert found == [f"fc_{n:03}" for n in range(10, KEPT + 10)]


async def test_memory_ends_after_a_day(redis: Redis) -> None:
    await RecentMatches(redis).remember(PUNE, await _matches(BY_CODE))
    assert SECONDS - 5 <= await redis.ttl("recent:garage_pune") <= SECONDS


async def test_remembering_nothing_writes_nothing(redis: Redis) -> None:
    await RecentMatches(redis).remember(PUNE, [])
    assert await redis.keys("*") == []


async def test_older_form_is_passed_over(redis: Redis) -> None:
    recent = RecentMatches(redis)
    kept = await _matches(BY_CODE)
    await recent.remember(PUNE, kept)
    await redis.lpush("recent:garage_pune", b'{"card": "of another time"}', b"\xff")  # pyright: ignore[reportGeneralTypeIssues]
    assert await recent.recall(PUNE, REPORT) == [_bare(match, 12.0) for match in kept]


@pytest.mark.row("FB-1", "FB-3")
async def test_absent_redis_says_so() -> None:
    recent = RecentMatches(NOWHERE)
    with pytest.raises(Unavailable, match="redis does not answer"):
        await recent.recall(PUNE, REPORT)
    with pytest.raises(Unavailable, match="redis does not answer"):
        await recent.remember(PUNE, await _matches(BY_CODE))


@pytest.mark.row("FB-1", "FB-4")
async def test_graph_down_answers_from_redis(redis: Redis) -> None:
    faults = Faults()
    matcher = Matcher(Shelf([BY_CODE, BY_SYMPTOM], faults), FusedRanker(), RecentMatches(redis))
    before = await matcher.match(REPORT, IN_PUNE)
    faults.down = EVERY_SEARCH
    answer = await matcher.match(REPORT, IN_PUNE)
    assert answer.level is Level.RECENT
    assert [m.card.id for m in answer.matches] == [m.card.id for m in before.matches]
    assert answer.matches[0].reasons[0].subject == "ather:E401"


@pytest.mark.row("FB-1", "FB-3", "FB-4")
async def test_redis_down_too_is_manual() -> None:
    matcher = Matcher(
        Shelf([BY_CODE], Faults(down=EVERY_SEARCH)), FusedRanker(), RecentMatches(NOWHERE)
    )
    answer = await matcher.match(REPORT, Viewer(garage=PUNE))
    assert (answer.level, answer.matches, answer.prompt) == (Level.MANUAL, (), MANUAL)
