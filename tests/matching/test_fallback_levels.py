"""The levels below the graph, as a table: what each state of the memory is answered with."""

from dataclasses import replace

import pytest

from domain.access import Viewer
from domain.ids import GarageId
from domain.matches import LEVELS, Level, UnderstoodReport
from domain.reports import FailureReport
from domain.vehicles import UNKNOWN
from matching.answers import MatchAnswer
from matching.fallback_levels import MANUAL, RecentLevel, UnansweredReport, build_levels
from matching.matcher import Matcher
from matching.rankers import FusedRanker
from tests.matching.fakes import Faults, Memory, Shelf, Shelved
from tests.matching.samples import ATHER, E401, IN_PUNE, PUNE, REPORT, facts

SHOWN = Shelved(facts=facts("shown", codes=(E401,)), vehicle=ATHER)
HORN = UnderstoodReport(report=FailureReport(text="horn is silent"), vehicle=UNKNOWN)
WHY = "neo4j does not answer in time"


async def _memory_of_pune() -> Memory:
    memory = Memory()
    answer = await Matcher(Shelf([SHOWN]), FusedRanker(), Memory()).match(REPORT, IN_PUNE)
    await memory.remember(PUNE, answer.matches)
    return memory


def _asked(said: UnderstoodReport = REPORT, viewer: Viewer = IN_PUNE) -> UnansweredReport:
    return UnansweredReport(said=said, viewer=viewer, limit=5, reason=WHY)


async def _first_answer(asked: UnansweredReport, memory: Memory) -> MatchAnswer:
    answers = [await level.answer(asked) for level in build_levels(memory)]
    return next(answer for answer in answers if answer is not None)


def test_every_level_says_what_it_is_worth() -> None:
    """Only what the whole graph answered is whole; what is remembered is not of the graph."""
    assert {
        level: (one.whole, one.from_graph, one.remembered) for level, one in LEVELS.items()
    } == {
        Level.AI: (True, True, False),
        Level.KEYWORD: (False, True, False),
        Level.RECENT: (False, False, True),
        Level.MANUAL: (False, False, False),
    }


def test_every_level_below_the_graph_is_asked_in_its_order() -> None:
    below = [level for level in Level if not LEVELS[level].from_graph]
    assert [one.level for one in build_levels(Memory())] == below


@pytest.mark.parametrize(
    ("asked", "level", "cards", "prompt"),
    [
        (_asked(), Level.RECENT, ["fc_shown"], None),
        (_asked(HORN), Level.MANUAL, [], MANUAL),
        (_asked(viewer=Viewer(garage=GarageId("garage_agra"))), Level.MANUAL, [], MANUAL),
        (_asked(viewer=Viewer(region="west")), Level.MANUAL, [], MANUAL),
        (replace(_asked(), limit=0), Level.MANUAL, [], MANUAL),
    ],
    ids=["it fits", "another failure", "another garage", "no garage", "no place"],
)
async def test_a_level_answers_or_passes_on(
    asked: UnansweredReport, level: Level, cards: list[str], prompt: str | None
) -> None:
    answer = await _first_answer(asked, await _memory_of_pune())
    assert (answer.level, [m.card.id for m in answer.matches]) == (level, cards)
    assert (answer.prompt, answer.degraded) == (prompt, WHY)


@pytest.mark.parametrize(
    "faults",
    [Faults(down=frozenset({"recall"})), Faults(hang=frozenset({"recall"}))],
    ids=["away", "silent"],
)
async def test_a_memory_that_fails_is_passed_over(faults: Faults) -> None:
    memory = replace(await _memory_of_pune(), faults=faults)
    assert await RecentLevel(memory, patience_s=0.01).answer(_asked()) is None


async def test_the_last_level_always_answers() -> None:
    answer = await build_levels(Memory())[-1].answer(_asked())
    assert answer == MatchAnswer(
        matches=(), level=Level.MANUAL, ranker="none", degraded=WHY, prompt=MANUAL
    )


async def test_what_is_remembered_is_explained_for_this_report() -> None:
    answer = await _first_answer(_asked(), await _memory_of_pune())
    (match,) = answer.matches
    assert match.card.cosine is None
    assert [reason.kind.value for reason in match.reasons][:1] == ["code"]
