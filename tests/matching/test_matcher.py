"""The match from report to answer: stages, short circuit, trust, every fall to a lower level."""

from collections.abc import Sequence
from dataclasses import replace
from math import hypot

import pytest

from domain.access import Viewer
from domain.cards import CardStatus
from domain.codes import CodeKey
from domain.ids import CardId, GarageId
from domain.matches import Level, UnderstoodReport
from domain.reasons import Standing
from domain.reports import FailureReport
from domain.usage import Usage
from domain.vehicles import UNKNOWN
from matching.answers import MatchAnswer
from matching.fallback_levels import MANUAL
from matching.matcher import NO_MATCH, Matcher
from matching.rankers import FormulaRanker, FusedRanker
from tests.journeys.waits import waited
from tests.matching.fakes import Faults, Memory, Shelf, Shelved
from tests.matching.samples import ATHER, E401, IN_PUNE, P0A80, PUNE, REPORT, SYMPTOM, facts

EVERY_SEARCH = frozenset(
    {"by_codes", "by_vehicle", "by_meaning", "by_words_and_vehicle", "by_neighbours", "facts"}
)
ALL_STAGES = {"code", "vehicle", "meaning", "words", "neighbour", "facts"}
DRIFT = {"title": "x", "text": "", "causes": ("drift",)}
EXACT = Shelved(facts=facts("exact", codes=(E401,), **DRIFT), vehicle=ATHER)
HALF = Shelved(facts=facts("half", codes=(E401, P0A80), **DRIFT), vehicle=ATHER)
ALIKE = Shelved(facts=facts("alike", title="Pack rests", text=""), vector=(0.9, 0.1))
WORDY = Shelved(facts=facts("wordy", title="Charging stops", text=""))
NEAR = Shelved(facts=facts("near", **DRIFT))
SHOWING = Shelved(facts=facts("showing", title="x", text="", symptoms=(SYMPTOM,)), vehicle=ATHER)
SHELF = [HALF, ALIKE, WORDY, NEAR, SHOWING]


def _matcher(
    shelf: Sequence[Shelved] = SHELF, faults: Faults | None = None, memory: Memory | None = None
) -> Matcher:
    return Matcher(Shelf(shelf, faults or Faults()), FusedRanker(), memory or Memory())


def _cards(answer: MatchAnswer) -> list[str]:
    return [match.card.id for match in answer.matches]


def _stages(answer: MatchAnswer) -> set[str]:
    return {stage.name for stage in answer.trace}


@pytest.mark.row("MA-1")
async def test_all_codes_equal_come_first() -> None:
    answer = await _matcher([*SHELF, EXACT]).match(REPORT, IN_PUNE)
    assert answer.matches[0].card.id == "fc_exact"


@pytest.mark.row("MA-2")
async def test_exact_match_ends_the_search() -> None:
    answer = await _matcher([*SHELF, EXACT]).match(REPORT, IN_PUNE)
    assert (_cards(answer), _stages(answer)) == (["fc_exact"], {"code", "facts"})


@pytest.mark.row("MA-2")
@pytest.mark.parametrize(("shared", "of", "ends"), [(19, 20, False), (20, 21, True), (1, 1, True)])
async def test_search_ends_above_the_limit(shared: int, of: int, ends: bool) -> None:
    codes = tuple(CodeKey(f"ather:E{n:03}") for n in range(of))
    report = replace(REPORT, codes=codes[:shared])
    shelf = [Shelved(facts=facts("exact", codes=codes), vehicle=ATHER)]
    answer = await _matcher(shelf).match(report, IN_PUNE)
    assert _stages(answer) == ({"code", "facts"} if ends else ALL_STAGES)


@pytest.mark.row("MA-2")
async def test_useless_exact_match_ends_nothing() -> None:
    failing = Usage(matched=10, used=10, failures=10)
    shelf = [*SHELF, replace(EXACT, facts=replace(EXACT.facts, usage=failing))]
    answer = await _matcher(shelf).match(REPORT, IN_PUNE)
    assert _stages(answer) == ALL_STAGES
    assert "fc_exact" not in _cards(answer)


@pytest.mark.row("MA-2")
async def test_code_of_another_make_ends_nothing() -> None:
    shelf = [Shelved(facts=facts("far", codes=(P0A80,)))]
    answer = await _matcher(shelf).match(replace(REPORT, codes=(P0A80,)), IN_PUNE)
    assert _stages(answer) == ALL_STAGES


@pytest.mark.row("MA-3")
async def test_vehicle_and_symptom_find_a_card() -> None:
    report = replace(REPORT, codes=(), embedding=None)
    answer = await _matcher([SHOWING]).match(report, IN_PUNE)
    assert _cards(answer) == ["fc_showing"]


@pytest.mark.row("MA-4")
async def test_paraphrase_finds_a_card() -> None:
    report = replace(REPORT, codes=(), symptoms=())
    answer = await _matcher([ALIKE]).match(report, IN_PUNE)
    assert (_cards(answer), answer.level) == (["fc_alike"], Level.AI)
    assert answer.matches[0].card.cosine == pytest.approx(0.9 / hypot(0.9, 0.1))


async def test_shared_cause_leads_to_neighbours() -> None:
    answer = await _matcher([HALF, NEAR]).match(REPORT, IN_PUNE)
    assert _cards(answer) == ["fc_half", "fc_near"]


@pytest.mark.row("MA-5")
async def test_formula_can_serve() -> None:
    matcher = Matcher(Shelf(SHELF), FormulaRanker(), Memory())
    answer = await matcher.match(REPORT, IN_PUNE)
    assert answer.ranker == "formula"
    assert [(m.card.id, m.score) for m in answer.matches] == [
        ("fc_half", pytest.approx(0.4 + 0.3 / 2)),
        ("fc_showing", pytest.approx(0.3)),
        ("fc_alike", pytest.approx(0.3)),
    ]


@pytest.mark.row("MA-6")
async def test_failed_fix_is_left_out() -> None:
    poor = replace(HALF.facts, usage=Usage(matched=40, used=7, successes=7))
    answer = await _matcher([replace(HALF, facts=poor), WORDY]).match(REPORT, IN_PUNE)
    assert "fc_half" not in _cards(answer)


@pytest.mark.row("MA-6", "MA-7")
async def test_one_new_card_among_five() -> None:
    shelf = [
        Shelved(
            facts=facts(f"{n}", symptoms=(SYMPTOM,), usage=Usage() if n < 3 else facts("x").usage)
        )
        for n in range(9)
    ]
    answer = await _matcher(shelf).match(REPORT, IN_PUNE)
    assert [m.standing for m in answer.matches] == [Standing.UNPROVEN, *[Standing.PROVEN] * 4]
    assert [m.rank for m in answer.matches] == [1, 2, 3, 4, 5]


@pytest.mark.row("MA-7", "IX-11")
@pytest.mark.parametrize(("limit", "found"), [(1, 1), (5, 5), (8, 8)])
async def test_limit_is_kept(limit: int, found: int) -> None:
    shelf = [Shelved(facts=facts(f"{n}", symptoms=(SYMPTOM,))) for n in range(20)]
    answer = await _matcher(shelf).match(REPORT, IN_PUNE, limit)
    assert len(answer.matches) == found


@pytest.mark.row("MA-7")
async def test_five_unless_asked() -> None:
    shelf = [Shelved(facts=facts(f"{n}", symptoms=(SYMPTOM,))) for n in range(20)]
    assert len((await _matcher(shelf).match(REPORT, IN_PUNE)).matches) == 5


@pytest.mark.row("MA-6", "MA-7")
@pytest.mark.parametrize(
    ("useless", "read"), [(0, [6]), (4, [6]), (5, [6, 6]), (17, [6, 6, 6, 2]), (20, [6, 6, 6, 2])]
)
async def test_facts_are_read_until_places_fill(useless: int, read: list[int]) -> None:
    failing = Usage(matched=10, used=10, failures=10)
    shelf = [
        Shelved(
            facts=facts(
                f"{n:02}", symptoms=(SYMPTOM,), usage=failing if n < useless else facts("x").usage
            )
        )
        for n in range(20)
    ]
    answer = await _matcher(shelf).match(REPORT, IN_PUNE, 2)
    assert _cards(answer) == [f"fc_{n:02}" for n in range(20)][useless : useless + 2]
    assert [stage.found for stage in answer.trace if stage.name == "facts"] == read


@pytest.mark.row("FB-1", "FB-4")
async def test_words_and_vehicle_fall_silent_together() -> None:
    answer = await _matcher(faults=Faults(down=frozenset({"by_words_and_vehicle"}))).match(
        REPORT, IN_PUNE
    )
    why = "store does not answer: refused"
    assert (answer.level, answer.degraded) == (Level.KEYWORD, f"words: {why}; vehicle: {why}")
    assert _cards(answer) == ["fc_half", "fc_alike"]


@pytest.mark.row("PI-7")
async def test_answer_explains_itself() -> None:
    answer = await _matcher([HALF]).match(REPORT, IN_PUNE)
    match = answer.matches[0]
    assert (match.rank, match.score) == (1, pytest.approx(2 / 61 + 0.25 / 61 + 0.5 / 61))
    assert [c.source for c in match.candidate.contributions] == ["code", "vehicle", "neighbour"]
    assert [reason.kind for reason in match.reasons] == ["code", "vehicle", "neighbour", "outcomes"]


@pytest.mark.row("IX-10")
@pytest.mark.parametrize("status", ["draft", "deprecated", "rejected", "merged"])
async def test_unpublished_card_is_not_offered(status: str) -> None:
    card = replace(EXACT, facts=replace(EXACT.facts, status=CardStatus(status)))
    answer = await _matcher([card]).match(REPORT, IN_PUNE)
    assert answer.matches == ()


@pytest.mark.row("CA-33")
async def test_limited_card_stays_home() -> None:
    shelf = [replace(EXACT, only=GarageId("garage_delhi"))]
    assert (await _matcher(shelf).match(REPORT, IN_PUNE)).matches == ()


async def test_nothing_alike_is_no_match() -> None:
    stranger = Shelved(facts=facts("stranger"), vector=(0.2, 0.98))
    report = replace(REPORT, codes=(), symptoms=())
    answer = await _matcher([stranger]).match(report, IN_PUNE)
    assert (answer.matches, answer.level, answer.prompt) == ((), Level.AI, NO_MATCH)


async def test_empty_shelf_is_no_match() -> None:
    answer = await _matcher([]).match(REPORT, IN_PUNE)
    assert (answer.matches, answer.degraded, answer.prompt) == ((), None, NO_MATCH)


@pytest.mark.row("FB-1", "FB-4")
@pytest.mark.parametrize("fault", ["down", "hang"])
async def test_meaning_silent_falls_to_keywords(fault: str) -> None:
    faults = Faults(**{fault: frozenset({"by_meaning"})})
    answer = await _matcher(faults=faults).match(REPORT, IN_PUNE)
    reason = {"down": "store does not answer: refused", "hang": "no answer within 0.4 s"}[fault]
    assert (answer.level, answer.degraded) == (Level.KEYWORD, f"meaning: {reason}")
    assert _cards(answer) == ["fc_half", "fc_wordy", "fc_showing"]


@pytest.mark.row("FB-1", "FB-4")
async def test_no_embedding_falls_to_keywords() -> None:
    report = replace(REPORT, embedding=None, codes=(), symptoms=())
    answer = await _matcher().match(report, IN_PUNE)
    assert (answer.level, answer.degraded) == (Level.KEYWORD, "the embedder does not answer")
    assert _cards(answer) == ["fc_wordy"]


async def test_codes_alone_need_no_embedder() -> None:
    report = UnderstoodReport(report=FailureReport(text=""), codes=(E401,), vehicle=UNKNOWN)
    answer = await _matcher().match(report, IN_PUNE)
    assert (answer.level, answer.degraded, _cards(answer)) == (
        Level.AI,
        None,
        ["fc_half", "fc_near"],
    )


@pytest.mark.row("FB-1", "FB-3", "FB-4")
@pytest.mark.parametrize("fault", ["down", "hang"])
async def test_graph_silent_falls_to_recent(fault: str) -> None:
    memory, faults = Memory(), Faults()
    matcher = _matcher(faults=faults, memory=memory)
    before = await matcher.match(REPORT, IN_PUNE)
    setattr(faults, fault, EVERY_SEARCH)
    answer = await matcher.match(REPORT, IN_PUNE)
    assert (answer.level, answer.ranker) == (Level.RECENT, "recent")
    assert _cards(answer) == [
        c for c in _cards(before) if c in {"fc_half", "fc_wordy", "fc_showing"}
    ]
    assert answer.degraded is not None


@pytest.mark.row("FB-1", "FB-3", "FB-4")
@pytest.mark.parametrize("fault", ["down", "hang"])
async def test_nothing_left_is_manual(fault: str) -> None:
    faults = Faults(**{fault: EVERY_SEARCH | {"recall", "remember"}})
    answer = await _matcher(faults=faults, memory=Memory(faults)).match(REPORT, IN_PUNE)
    assert (answer.matches, answer.level, answer.ranker, answer.prompt) == (
        (),
        Level.MANUAL,
        "none",
        MANUAL,
    )


@pytest.mark.row("FB-1")
async def test_nothing_remembered_is_manual() -> None:
    answer = await _matcher(faults=Faults(down=EVERY_SEARCH)).match(REPORT, IN_PUNE)
    assert (answer.level, answer.degraded) == (
        Level.MANUAL,
        "neo4j does not answer: store does not answer: refused",
    )


@pytest.mark.row("FB-1")
async def test_facts_silent_falls_to_recent() -> None:
    answer = await _matcher(faults=Faults(down=frozenset({"facts"}))).match(REPORT, IN_PUNE)
    assert (answer.level, answer.degraded) == (Level.MANUAL, "store does not answer: refused")


@pytest.mark.row("FB-3")
@pytest.mark.parametrize("fault", ["down", "hang"])
async def test_memory_silent_costs_nothing(fault: str) -> None:
    memory = Memory(Faults(**{fault: frozenset({"remember"})}))
    answer = await _matcher(memory=memory).match(REPORT, IN_PUNE)
    assert (answer.level, answer.degraded) == (Level.AI, None)
    assert memory.kept == {}


@pytest.mark.row("FB-3")
@pytest.mark.parametrize("silent", [{"by_codes"}, {"by_meaning"}, {"facts"}, EVERY_SEARCH])
async def test_answer_within_a_second(silent: frozenset[str]) -> None:
    faults = Faults(hang=frozenset(silent) | {"recall", "remember"})
    with waited() as waits:
        await _matcher(faults=faults, memory=Memory(faults)).match(REPORT, IN_PUNE)
    assert waits.seconds < 1.0


@pytest.mark.row("CA-33")
async def test_admins_view_is_not_remembered() -> None:
    memory = Memory()
    admin = Viewer(garage=PUNE, sees_all=True)
    shelf = [replace(EXACT, only=GarageId("garage_delhi"))]
    answer = await _matcher(shelf, memory=memory).match(REPORT, admin)
    assert (_cards(answer), memory.kept) == (["fc_exact"], {})


async def test_nowhere_remembers_nothing() -> None:
    memory = Memory()
    await _matcher(memory=memory).match(REPORT, Viewer())
    assert memory.kept == {}


@pytest.mark.row("FB-1", "MA-6")
async def test_recent_cards_meet_the_trust_rule() -> None:
    faults = Faults()
    new = [
        Shelved(facts=facts(f"new{n}", codes=(E401,), usage=Usage()), vehicle=ATHER) for n in (1, 2)
    ]
    matcher = _matcher(new, faults, memory := Memory())
    for shelved in new:
        matches = (await _matcher([shelved]).match(REPORT, IN_PUNE)).matches
        await memory.remember(PUNE, matches)
    faults.down = EVERY_SEARCH
    answer = await matcher.match(REPORT, IN_PUNE)
    assert [(m.rank, m.card.id) for m in answer.matches] == [(1, CardId("fc_new1"))]


@pytest.mark.parametrize(("alike", "asked"), [(19, True), (20, False)])
async def test_neighbours_fill_open_places(alike: int, asked: bool) -> None:
    showing = [
        replace(SHOWING, facts=replace(SHOWING.facts, id=CardId(f"s{n}"))) for n in range(40)
    ]
    near = [replace(ALIKE, facts=replace(ALIKE.facts, id=CardId(f"a{n}"))) for n in range(alike)]
    answer = await _matcher([*showing, *near]).match(REPORT, IN_PUNE)
    assert ("neighbour" in {stage.name for stage in answer.trace}) is asked


UNREAD = replace(
    REPORT,
    report=FailureReport.parse("电池充不进电"),
    codes=(),
    symptoms=(),
    embedding=None,
    language="und",
    in_english="",
    unread="We could not read it.",
)


async def test_a_text_that_was_not_read_finds_nothing_and_is_asked_for_otherwise() -> None:
    answer = await _matcher().match(UNREAD, IN_PUNE)
    assert (answer.matches, answer.prompt, answer.degraded) == ((), "We could not read it.", None)
    assert answer.level is Level.AI


async def test_a_code_counts_in_a_text_that_was_not_read() -> None:
    answer = await _matcher([EXACT]).match(replace(UNREAD, codes=REPORT.codes), IN_PUNE)
    assert (_cards(answer), answer.prompt) == (["fc_exact"], None)


async def test_words_are_those_of_what_a_text_tells_in_english() -> None:
    told = replace(UNREAD, in_english="Charging stops", unread=None)
    answer = await _matcher([WORDY]).match(told, IN_PUNE)
    assert _cards(answer) == ["fc_wordy"]
