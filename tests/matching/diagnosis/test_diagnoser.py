"""A diagnosis whose cards are not to be had: the matches tell the cause, and what is missing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from domain.access import Viewer
from domain.cards import FailureCard
from domain.errors import Unavailable
from domain.ids import CardId
from domain.matches import Level, UnderstoodReport
from matching.answers import MatchAnswer
from matching.diagnosis.diagnoser import Diagnoser
from tests.matching.diagnosis.precedents import CHARGER, DRIFT, precedent
from tests.matching.samples import E401, IN_PUNE, REPORT

FOUND = precedent("a", DRIFT, CHARGER, score=24.0, codes=(E401,)).match


@dataclass(frozen=True, slots=True)
class Shelf:
    """Matches at once; its cards never come, or are refused."""

    hangs: bool

    async def match(
        self, understood: UnderstoodReport, viewer: Viewer, limit: int = 5
    ) -> MatchAnswer:
        del understood, viewer, limit
        return MatchAnswer(matches=(FOUND,), level=Level.AI, ranker="any")

    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]:
        del ids, viewer
        if self.hangs:
            await asyncio.Event().wait()
        raise Unavailable("neo4j", "gone")


@pytest.mark.parametrize(
    ("hangs", "why"),
    [(True, "the cards do not come in time"), (False, "neo4j does not answer: gone")],
)
async def test_the_matches_tell_the_cause_alone(hangs: bool, why: str) -> None:
    shelf = Shelf(hangs)
    found = await Diagnoser(matcher=shelf, cards=shelf, patience_s=0.01).diagnose(REPORT, IN_PUNE)
    assert found.cause is not None
    assert (found.cause.text, found.cause.cites) == (DRIFT, (FOUND.card.id,))
    assert [one.text for one in found.suspects] == [CHARGER]
    assert (found.checks, found.degraded) == ((), why)
