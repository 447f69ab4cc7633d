"""A match with a trained ranker: its order is taken, and where it is silent the evidence ranks."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest

from domain.access import Viewer
from domain.errors import Unavailable
from domain.ids import CardId
from domain.matches import Level, UnderstoodReport
from domain.reasons import Reason
from matching.answers import MatchAnswer
from matching.fusion import CardCandidate
from matching.list_chance import ListChance
from matching.matcher import LEARNED_SECONDS, Matcher
from matching.rankers import FusedRanker, Marks, Ranking
from matching.reasons import path_reason
from tests.matching.fakes import Memory, Shelf
from tests.matching.samples import IN_PUNE, REPORT
from tests.matching.test_matcher import SHELF

PATH = path_reason("code:sae:P0A80", 7, 9)


def _matcher() -> Matcher:
    return Matcher(Shelf(SHELF), FusedRanker(), Memory())


def _cards(answer: MatchAnswer) -> list[str]:
    return [match.card.id for match in answer.matches]


@dataclass(frozen=True, slots=True)
class Backwards:
    """A trained ranker that gives the order of fusion from its end, or does as it is told."""

    fails: Unavailable | None = None
    hangs: bool = False
    off: bool = False
    chance: ListChance | None = None
    pathless: bool = False

    async def rank(
        self,
        understood: UnderstoodReport,
        candidates: Sequence[CardCandidate],
        marks: Marks,
        viewer: Viewer,
    ) -> Ranking | None:
        assert viewer == IN_PUNE
        if self.hangs:
            await asyncio.Event().wait()
        if self.fails is not None:
            raise self.fails
        if self.off:
            return None
        ranked = FusedRanker().rank(understood, candidates, marks)
        return Ranking(ranked[::-1], "ranker:1", chance=self.chance)

    async def paths(
        self, understood: UnderstoodReport, cards: Sequence[CardId]
    ) -> Mapping[CardId, Sequence[Reason]]:
        del understood
        if self.pathless:
            raise Unavailable("the learned ranker", "no way")
        return {cards[0]: [PATH]}


async def test_trained_order_is_taken() -> None:
    matcher = _matcher()
    before = _cards(await matcher.match(REPORT, IN_PUNE))
    matcher.learned = Backwards()
    answer = await matcher.match(REPORT, IN_PUNE)
    assert (answer.ranker, answer.degraded, answer.level) == ("ranker:1", None, Level.AI)
    assert _cards(answer) == before[::-1]
    assert [PATH in match.reasons for match in answer.matches] == [True, *[False] * 4][
        : len(before)
    ]


async def test_cards_come_without_their_paths() -> None:
    matcher = _matcher()
    matcher.learned = Backwards(pathless=True)
    answer = await matcher.match(REPORT, IN_PUNE)
    assert (answer.ranker, answer.degraded) == ("ranker:1", None)
    assert not any(PATH in match.reasons for match in answer.matches)


async def test_no_model_leaves_the_evidence() -> None:
    matcher = _matcher()
    before = await matcher.match(REPORT, IN_PUNE)
    matcher.learned = Backwards(off=True)
    answer = await matcher.match(REPORT, IN_PUNE)
    assert (answer.ranker, answer.degraded) == (before.ranker, None)
    assert _cards(answer) == _cards(before)


@pytest.mark.parametrize(
    ("learned", "why"),
    [
        (Backwards(fails=Unavailable("redis", "ConnectionError")), "redis does not answer"),
        (Backwards(hangs=True), f"no answer within {LEARNED_SECONDS:g} s"),
    ],
)
async def test_silent_ranker_is_told(learned: Backwards, why: str) -> None:
    matcher = _matcher()
    before = await matcher.match(REPORT, IN_PUNE)
    matcher.learned = learned
    answer = await matcher.match(REPORT, IN_PUNE)
    assert answer.degraded is not None
    assert answer.degraded.startswith("the learned ranker is silent (")
    assert why in answer.degraded
    assert answer.degraded.endswith("); the evidence ranks")
    assert (answer.ranker, answer.level) == (before.ranker, Level.AI)
    assert _cards(answer) == _cards(before)


async def test_cards_are_cut_by_the_rankers_own_chance() -> None:
    matcher = _matcher()
    matcher.learned = Backwards()
    first, second, *_ = [m.card.id for m in (await matcher.match(REPORT, IN_PUNE)).matches]
    told = {first: 0.6, second: 0.3}
    chance = ListChance(fits=None, shown=True, cards=told, worth=0.0, enough=0.5)
    matcher.learned = Backwards(chance=chance)
    answer = await matcher.match(REPORT, IN_PUNE)
    assert [(m.card.id, m.chance) for m in answer.matches] == [(first, 0.6)]
    assert answer.chance == 0.6
    matcher.learned = Backwards(chance=replace(chance, enough=0.7))
    answer = await matcher.match(REPORT, IN_PUNE)
    assert (_cards(answer), answer.chance) == ([first, second], pytest.approx(0.9))
    # A part of the search is away, or a code speaks for itself: else nothing would be shown.
    matcher.learned = Backwards(chance=replace(chance, shown=False))
    wordy = replace(REPORT, codes=())
    answer = await matcher.match(wordy, IN_PUNE)
    assert (answer.matches, answer.chance) == ((), None)
